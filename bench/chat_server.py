"""A server that speaks chat completions on this device, as a bench tells it: an oracle that knows
the right tool, or one that fails in every way.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from bench.calls import Call
from edge_router.remote.menu import SHOW_ALL

Act = Callable[[socket.socket, dict[str, Any]], None]
"""Answers a request, given as JSON, on its connection: well, or in whatever way."""

_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
_LONGEST_S = 30.0
"""After that the slowest answers end by themselves, whatever the client does."""


class ChatServer(ThreadingHTTPServer):
    """One that answers every request by ``act``, a thread each; leaving its block ends it."""

    daemon_threads = True
    block_on_close = False  # a thread that still answers slowly is left behind
    request_queue_size = 128

    def __init__(self, act: Act) -> None:
        """Listens on a free port of 127.0.0.1."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.act = act
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        """The API's address."""
        self.requests = 0
        """How many came."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients leave while they are answered, as they should."""


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        self.server.requests += 1  # about: threads may count one twice or not at all
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.close_connection = True
        with suppress(OSError):
            self.server.act(self.connection, request)


def send(body: bytes, *, status: int = 200, headers: str = "", size: int | None = None) -> Act:
    """A whole reply; ``size`` is what its Content-Length claims."""
    claimed = len(body) if size is None else size
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {claimed}\r\n"
        f"Connection: close\r\n{headers}\r\n"
    )
    return lambda connection, _: connection.sendall(head.encode() + body)


def send_json(value: Any, *, status: int = 200, headers: str = "") -> Act:
    """A whole reply in JSON."""
    return send(json.dumps(value).encode(), status=status, headers=headers)


def say(text: str | None, *, calls: Any = None, usage: Any = None) -> Act:
    """A well-formed answer, streamed where it was asked for so."""
    message = {"role": "assistant", "content": text, **({"tool_calls": calls} if calls else {})}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    if usage is not None:
        whole["usage"] = usage

    def act(connection: socket.socket, request: dict[str, Any]) -> None:
        if request.get("stream"):
            words = [_event({"content": f"{word} "}) for word in (text or "").split()]
            ends = [] if usage is None else [_event(None, usage=usage)]
            pieces = [*words, _event({}, finish="stop"), *ends, b"data: [DONE]\n\n"]
            connection.sendall(_STREAM + b"".join(pieces))
        else:
            send_json(whole)(connection, request)

    return act


def call_tool(name: str, arguments: Any) -> dict[str, Any]:
    """One call of a tool, as an answer has it; ``arguments`` as they are where they are a str."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": written}}


def make_oracle(calls: Mapping[str, Call]) -> Act:
    """A model that knows the call of each query: where its tool is not shown it asks for all, and
    where it is not among these either, it calls none. A tool's result it tells in one sentence.
    """

    def act(connection: socket.socket, request: dict[str, Any]) -> None:
        offered = {tool["function"]["name"] for tool in request.get("tools", ())}
        if not offered:
            say("Here is what came of it.")(connection, request)
            return
        gold = calls[request["messages"][-1]["content"]]
        # a name goes over the wire without dots and spaces
        name = "".join(c if c.isalnum() or c in "_-" else "_" for c in gold.tool)
        if name in offered:
            answer = say(None, calls=[call_tool(name, gold.arguments)])
        elif SHOW_ALL in offered:
            answer = say(None, calls=[call_tool(SHOW_ALL, {})])
        else:
            answer = say("None of these tools fits.")
        answer(connection, request)

    return act


def _hang(connection: socket.socket, _: dict[str, Any]) -> None:
    connection.settimeout(_LONGEST_S)
    connection.recv(1)


def _dribble(connection: socket.socket, _: dict[str, Any]) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _second in range(int(_LONGEST_S * 20)):
        connection.sendall(b" ")
        time.sleep(0.05)


def _flood(connection: socket.socket, _: dict[str, Any]) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    for _million in range(1_000):
        connection.sendall(b"x" * 1_000_000)


def _reset(connection: socket.socket, _: dict[str, Any]) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _cut(connection: socket.socket, request: dict[str, Any]) -> None:
    """In the middle of a stream, or of a body."""
    if request.get("stream"):
        connection.sendall(_STREAM + _event({"content": "Here "}) + b'data: {"choices":[{"del')
    else:
        send(b'{"choices":[', size=500)(connection, request)


def _call_wrongly(connection: socket.socket, request: dict[str, Any]) -> None:
    shown = [tool["function"]["name"] for tool in request.get("tools", ())] or ["x"]
    say(None, calls=[call_tool(shown[0], '{"a": ')])(connection, request)


def _event(delta: dict[str, Any] | None, *, finish: str | None = None, **more: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return b"data: " + json.dumps({"choices": choices, **more}).encode() + b"\n\n"


FAULTS: dict[str, Act] = {
    "slow: no word": _hang,
    "slow: byte by byte": _dribble,
    "a body of 1 GB": _flood,
    "cut in the middle": _cut,
    "connection reset": _reset,
    "429 with Retry-After": send(b"", status=429, headers="Retry-After: 0.01\r\n"),
    "500": send(b"<html>", status=500),
    '{"detail"} errors': send_json({"detail": [{"loc": ["model"]}]}, status=422),
    "invalid JSON": send(b"junk"),
    "malformed tool call": _call_wrongly,
    "wrong usage figures": say("It is so.", usage={"prompt_tokens": -7, "completion_tokens": 1e12}),
}
"""Every way to fail, by what it is called."""
SLOW = tuple(list(FAULTS)[:3])
"""Those that take the whole time bound of a request."""


def make_faulty(seed: int) -> Act:
    """A server that fails by chance, the slow ways more rarely, so that a bench does not take an
    hour.
    """
    chance, lock = random.Random(seed), threading.Lock()
    acts = list(FAULTS.values())
    weights = [1 if name in SLOW else 6 for name in FAULTS]

    def act(connection: socket.socket, request: dict[str, Any]) -> None:
        with lock:
            [chosen] = chance.choices(acts, weights)
        chosen(connection, request)

    return act
