"""What passed by of an answer, for the journal: kept while it is sent on, read later in the
journal's own thread.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import parse_json, read_completion
from edge_router.remote.events import EventReader
from edge_router.server.proxy.body import Headers, Send

MAX_HEARD_BYTES = 1 << 17
"""Of an answer no more is kept. A call comes at its beginning, if one comes at all."""
_MAX_READ_BYTES = 1 << 20
"""Of what that unpacks to."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a language model answered, as far as a journal keeps it."""

    tool: str | None = None
    """The first tool that it calls, by its name in the request."""
    tokens_in: int = 0
    """Tokens sent, as the server counts them; 0 where it does not say."""
    tokens_out: int = 0
    """Tokens that it answered."""


class Heard:
    """The beginning of one answer."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self._headers: Headers = []
        self._body = bytearray()
        self._is_whole = True

    def listen(self, send: Send) -> Send:
        """``send``, with what is sent heard: not a byte of it is changed, none waits."""

        async def send_on(message: dict[str, Any]) -> None:
            self._hear(message)
            await send(message)

        return send_on

    def read(self) -> Said | None:
        """What was said; ``None`` where that cannot be read."""
        named = dict(self._headers)
        body = _unpack(bytes(self._body), named.get(b"content-encoding", b"identity").lower())
        if body is None:
            return None
        if named.get(b"content-type", b"").startswith(b"text/event-stream"):
            return _read_stream(body)
        return _read_whole(body) if self._is_whole else None

    def _hear(self, message: dict[str, Any]) -> None:
        self._headers = message.get("headers", self._headers)
        piece = message.get("body", b"")
        room = MAX_HEARD_BYTES - len(self._body)
        self._body += piece[:room]
        self._is_whole = self._is_whole and len(piece) <= room


def _unpack(body: bytes, encoding: bytes) -> bytes | None:
    if encoding == b"identity":
        return body
    if encoding not in (b"gzip", b"deflate"):
        return None
    try:
        # 47: the header says whether it is gzip or zlib
        return zlib.decompressobj(47).decompress(body, _MAX_READ_BYTES)
    except zlib.error:
        return None


def _read_whole(body: bytes) -> Said | None:
    try:
        found = read_completion(body)
    except RemoteMalformedError:
        return None
    return Said(found.calls[0].tool if found.calls else None, *_read_usage(found.usage))


def _read_stream(body: bytes) -> Said | None:
    """As many events as are whole; later ones add to what earlier ones said."""
    tool, usage = None, None
    try:
        for data in EventReader().feed(body):
            if data.strip() not in (b"", b"[DONE]"):
                chunk = parse_json(data)
                tool = tool or _find_called(chunk)
                usage = chunk.get("usage") or usage
    except (RemoteMalformedError, LookupError, TypeError, AttributeError):
        return None
    return Said(tool, *_read_usage(usage))


def _find_called(chunk: Any) -> str | None:
    """The tool whose call begins in a chunk; raises what follows from a chunk that is none."""
    for choice in chunk.get("choices") or ():
        for call in (choice.get("delta") or {}).get("tool_calls") or ():
            name = (call.get("function") or {}).get("name")
            if isinstance(name, str) and name:
                return name
    return None


def _read_usage(usage: Any) -> tuple[int, int]:
    named: Callable[[str], Any] = usage.get if isinstance(usage, dict) else lambda _: 0
    counts = [named(name) for name in ("prompt_tokens", "completion_tokens")]
    # a database has 63 bits for a number, a server may claim more
    fit = [n if type(n) is int and 0 <= n < 1 << 31 else 0 for n in counts]
    return fit[0], fit[1]
