"""One message of the Wyoming protocol from a stranger, read within bounds.

A line of JSON says what it is; as many bytes of JSON as it names may follow, and a payload of
sound, which nobody needs here.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

MAX_HEADER_BYTES = 1 << 16
MAX_DATA_BYTES = 1 << 18
MAX_PAYLOAD_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16


class MessageError(ValueError):
    """Bytes that are no message, or too many: nothing more can be read of that connection."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a client said."""

    type: str
    """What it is: ``transcript``."""
    data: dict[str, Any]
    """What it says, in whatever types the client chose."""


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next message, ``None`` where the client has gone between two; raises MessageError.

    ``reader`` was made with :data:`MAX_HEADER_BYTES` as its limit.
    """
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        if not end.partial:
            return None
        raise MessageError("it ends in the middle of a message") from None
    except asyncio.LimitOverrunError:
        raise MessageError(f"its first line is longer than {MAX_HEADER_BYTES} bytes") from None
    header = _parse(line)
    kind, data = header.get("type"), header.get("data")
    if not isinstance(kind, str):
        raise MessageError("it does not name its type")
    data = data if isinstance(data, dict) else {}
    data_bytes = _length(header, "data_length", MAX_DATA_BYTES)
    payload_bytes = _length(header, "payload_length", MAX_PAYLOAD_BYTES)
    try:
        if data_bytes:
            data |= _parse(await reader.readexactly(data_bytes))
        while payload_bytes:  # thrown away in pieces: it is not held
            piece = await reader.readexactly(min(payload_bytes, _PIECE_BYTES))
            payload_bytes -= len(piece)
    except asyncio.IncompleteReadError:
        raise MessageError("it ends in the middle of a message") from None
    return Message(kind, data)


def _parse(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
        # half a surrogate pair can be said in JSON, but not be sent back
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MessageError("it is no JSON object")
    return value


def _length(header: dict[str, Any], name: str, most: int) -> int:
    length = header.get(name)
    if length is None:
        return 0
    if type(length) is not int or not 0 <= length <= most:
        raise MessageError(f"its {name} is not from 0 to {most}")
    return length
