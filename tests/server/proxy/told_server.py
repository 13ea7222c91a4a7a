"""A language model's server that answers as it is told, also wrongly; it keeps what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[socket.socket], None]


@dataclass
class Received:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ToldServer:
    act: Act
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            received = read_request(connection)
            if received is not None:
                self.received.append(received)
                self.act(connection)


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
    pieces, left = [body], int(headers.get("content-length", 0)) - len(body)
    while left > 0:
        pieces.append(connection.recv(1 << 20))
        left -= len(pieces[-1])
    return Received(line, headers, b"".join(pieces))


def send(body: bytes, *, status: int = 200, headers: str = "", size: int | None = None) -> Act:
    """A whole reply; ``size`` is what its Content-Length claims."""
    claimed = len(body) if size is None else size
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        f"Content-Length: {claimed}\r\nConnection: close\r\n{headers}\r\n"
    )
    return lambda connection: connection.sendall(head.encode() + body)


def say(text: str) -> Act:
    """A well-formed answer."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "large"}
    return send(json.dumps({**head, "choices": [choice]}).encode())


def stream(*pieces: bytes, pause: Callable[[], Any] = lambda: None, end: bytes = b"") -> Act:
    """A streamed reply in ``pieces``, with a ``pause`` before each but the first."""

    def act(connection: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        for number, piece in enumerate(pieces):
            if number:
                pause()
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(end)

    return act
