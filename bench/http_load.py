"""HTTP as a bench speaks it: one connection with nothing around it, a server that always says the
same, and ``edge-router serve`` in a process of its own.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from bench.datasets import DatasetError

_DECISIONS = json.dumps(
    {"model": "large", "answers": {}, "usage": {"input_tokens": 1, "output_tokens": 0}}
).encode()
_WORD = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "large",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hello"},
                "finish_reason": "stop",
            }
        ],
    }
).encode()


class Connection:
    """A connection that is kept: a request's bytes go out, an answer's come back."""

    def __init__(self, port: int) -> None:
        """Connects to this device's ``port``."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer; raises ConnectionError."""
        self._socket.sendall(request)
        return read_message(self._socket)

    def close(self) -> None:
        """Hangs up."""
        self._socket.close()


class FixedServer:
    """A language model's server that answers every request with one word, or with no decisions
    where those are asked for; a thread a connection.
    """

    def __init__(self) -> None:
        """Listens on a free port of this device."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=_repeat, args=(connection,), daemon=True).start()


class ServedProxy:
    """``edge-router serve`` before a server, on one core where the system can say so."""

    def __init__(self, upstream: str | None, *, port: int = 0, options: Sequence[str] = ()) -> None:
        """``upstream`` is the server's address, where there is one; port 0 takes a free one."""
        command = [sys.executable, "-m", "edge_router", "serve", *options]
        if upstream is not None:
            command += ["--upstream", upstream]
        self._process = subprocess.Popen(
            [*command, "--port", str(port), "--json"],
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise DatasetError("edge-router serve did not start; its words are above")
        self.port: int = json.loads(line)["port"]
        if hasattr(os, "sched_setaffinity"):
            core = max(os.sched_getaffinity(0))
            for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)

    def kill(self) -> None:
        """Ends it without a word (SIGKILL)."""
        self._process.kill()
        self._process.communicate(timeout=30)

    def resident_mb(self) -> float:
        """Megabytes of memory that the process has now (Linux)."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        (line,) = [line for line in lines if line.startswith("VmRSS")]
        return int(line.split()[1]) * 1024 / 1e6


def make_post(port: int, value: Any) -> bytes:
    """The bytes of a chat request."""
    body = json.dumps(value).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def time_posts(
    port: int, posts: Sequence[bytes], requests: int, *, who: bytes, warm_up: int = 0
) -> list[float]:
    """Microseconds of each request over one connection; raises DatasetError where another answers
    than should.
    """
    connection, times_us = Connection(port), []
    try:
        for number in range(warm_up + requests):
            began_ns = time.perf_counter_ns()
            head, body = connection.ask(posts[number % len(posts)])
            took_ns = time.perf_counter_ns() - began_ns
            if b" 200 " not in head or who not in head:
                raise DatasetError(f"an answer that was not expected: {head!r} {body[:200]!r}")
            if number >= warm_up:
                times_us.append(took_ns / 1000)
    finally:
        connection.close()
    return times_us


def run_threads(work: Callable[[], None], count: int) -> None:
    """Has so many threads do the same."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def read_message(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of one message with a length; raises ConnectionError."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    _, _, rest = head.lower().partition(b"content-length:")
    length = int(rest.split(b"\r\n", 1)[0])
    while len(body) < length:
        body += _receive(connection)
    return head, body


def _receive(connection: socket.socket) -> bytes:
    piece = connection.recv(1 << 16)
    if not piece:
        raise ConnectionError("the connection ended in the middle of a message")
    return piece


def _repeat(connection: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    word, decisions = (head % len(body) + body for body in (_WORD, _DECISIONS))
    with connection, suppress(OSError):
        while True:
            asked, _ = read_message(connection)
            connection.sendall(decisions if b"/systemone " in asked[:200] else word)
