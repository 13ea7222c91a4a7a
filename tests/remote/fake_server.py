"""A server that answers as it is told, also wrongly: raw sockets, a thread a connection."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[socket.socket], None]
"""Writes a reply, or whatever it is, to a connection whose request was read."""


@dataclass
class Received:
    line: str
    headers: dict[str, str]
    body: Any


@dataclass
class FakeServer:
    """Plays ``acts`` in turn, the last one for ever; ``received`` are the requests."""

    acts: list[Act] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def play(self, *acts: Act) -> None:
        self.acts[:] = acts

    def close(self) -> None:
        with suppress(OSError):  # wakes the thread that accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            with self._lock:
                self._connections.add(connection)
            received = read_request(connection)
            if received is None:
                return
            with self._lock:
                self.received.append(received)
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
            act(connection)
        with self._lock:
            self._connections.discard(connection)


def read_request(connection: socket.socket) -> Received | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (entry.partition(": ") for entry in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65_536)
    return Received(line, headers, json.loads(body) if body else None)


def send(body: bytes, *, status: int = 200, headers: str = "", size: int | None = None) -> Act:
    """A whole reply; ``size`` is what its Content-Length claims."""
    claimed = len(body) if size is None else size
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        f"Content-Length: {claimed}\r\nConnection: close\r\n{headers}\r\n"
    )
    return lambda connection: connection.sendall(head.encode() + body)


def send_json(value: Any, *, status: int = 200, headers: str = "") -> Act:
    return send(json.dumps(value).encode(), status=status, headers=headers)


def say(text: str | None, *, usage: Any = None, finish: str = "stop", calls: Any = None) -> Act:
    """A well-formed answer."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls is not None:
        message["tool_calls"] = calls
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}
    return send_json(answer if usage is None else {**answer, "usage": usage})


def call(name: str, arguments: Any = "{}") -> dict[str, Any]:
    """One call of a tool."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": written}}


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(delta: dict[str, Any] | None, *, finish: str | None = None, **more: Any) -> bytes:
    """One event of a streamed answer; without a delta, without a choice."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return b"data: " + json.dumps({"choices": choices, **more}).encode() + b"\n\n"


def stream(*pieces: bytes, pause_s: float = 0.0) -> Act:
    """Pieces of a stream, one after the other."""

    def act(connection: socket.socket) -> None:
        connection.sendall(STREAM_HEAD)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause_s)

    return act


def stream_words(*words: str, usage: Any = None) -> Act:
    """A well-formed streamed answer."""
    return stream(
        event({"role": "assistant", "content": None}),
        *(event({"content": word}) for word in words),
        event({}, finish="stop"),
        *([] if usage is None else [event(None, usage=usage)]),
        b"data: [DONE]\n\n",
    )
