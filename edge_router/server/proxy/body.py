"""What goes to and comes from a client: bodies within bounds, answers in JSON, errors as OpenAI's
clients read them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

MAX_BODY_BYTES = 50_000_000
"""Of one request; pictures may be in it."""
SILENT_S = 20.0
"""So long a client may send nothing of its body, or take nothing of its answer."""
LOCAL, UPSTREAM, NOBODY = b"local", b"upstream", b"nobody"
"""Who answered: the values of the header :data:`WHO`."""
WHO, WHY = b"x-edge-router", b"x-edge-router-why"
"""The headers that say who answered, and why."""
RECORD = b"x-edge-router-record"
"""The header that says under which id the journal has it."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]
Headers = list[Header]


class HttpError(Exception):
    """A request that ends here; as an answer it is OpenAI's error object."""

    def __init__(
        self, status: int, message: str, *, code: str, more_headers: Sequence[Header] = ()
    ) -> None:
        """``code`` is for programs, ``message`` says what to do next."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.more_headers = more_headers

    def answer(self) -> tuple[int, bytes, Headers]:
        """Status, body and headers."""
        kind = "invalid_request_error" if self.status < 500 else "api_error"
        error = {"message": str(self), "type": kind, "param": None, "code": self.code}
        headers = [(WHO, NOBODY), *self.more_headers]
        if self.status in (408, 413):
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        if self.status == 401:
            headers.append((b"www-authenticate", b'Bearer, Basic realm="edge-router"'))
        return self.status, json.dumps({"error": error}).encode(), headers


class ClientGoneError(Exception):
    """Nobody waits for an answer any more."""


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body; raises HttpError for one that is too large or comes too slowly, and
    ClientGoneError.
    """
    announced = find_header(scope, b"content-length") or b"0"
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    pieces: list[bytes] = []
    left = MAX_BODY_BYTES
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                message = await receive()
        except TimeoutError:
            raise HttpError(
                408, f"nothing came for {SILENT_S:.0f} s; send it again", code="too_slow"
            ) from None
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece = message.get("body", b"")
        left -= len(piece)
        if left < 0:
            raise _too_large()
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


async def send_answer(
    send: Send,
    status: int,
    body: bytes,
    headers: Sequence[Header] = (),
    *,
    kind: bytes = b"application/json",
) -> None:
    """A whole answer."""
    whole = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body})


def find_header(scope: Scope, name: bytes) -> bytes | None:
    """A header's value, where there is one."""
    headers: Headers = scope["headers"]
    return next((value for key, value in headers if key == name), None)


def _too_large() -> HttpError:
    return HttpError(
        413,
        f"the body is larger than {MAX_BODY_BYTES // 1_000_000} MB; send less",
        code="too_large",
    )
