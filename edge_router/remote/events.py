"""Server-sent events out of pieces of bytes, cut anywhere: the ``text/event-stream`` format of the
WHATWG HTML standard (section 9.2.6), of which chat completions use ``data`` only.
"""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class EventReader:
    """Collects pieces into events; what no blank line has ended is no event, at the end either."""

    def __init__(self) -> None:
        """An empty stream."""
        self._rest = bytearray()
        # What was looked through once is not looked through again: one endless line in small
        # pieces costs no more than its length.
        self._searched = 0
        self._data: list[bytes] = []
        self._may_be_bom = True
        self._ended_in_cr = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of every event that ``piece`` completes."""
        if self._ended_in_cr and piece:
            piece, self._ended_in_cr = piece.removeprefix(b"\n"), False
        self._rest += piece
        if self._may_be_bom and not self._take_bom():
            return []
        events = []
        for line in self._take_lines():
            if line:
                self._take_field(line)
            elif self._data:
                events.append(b"\n".join(self._data))
                self._data = []
        return events

    def _take_bom(self) -> bool:
        """Drops a byte order mark; False while that is undecided."""
        if len(self._rest) < len(_BOM) and _BOM.startswith(self._rest):
            return False
        if self._rest.startswith(_BOM):
            del self._rest[: len(_BOM)]
        self._may_be_bom = False
        return True

    def _take_lines(self) -> list[bytes]:
        """Whole lines, without their ends."""
        lines, start = [], 0
        for end in _LINE_END.finditer(self._rest, self._searched):
            lines.append(bytes(self._rest[start : end.start()]))
            start = end.end()
            # it may be half of a CRLF whose other half has yet to come
            self._ended_in_cr = end.group() == b"\r" and start == len(self._rest)
        del self._rest[:start]
        self._searched = len(self._rest)
        return lines

    def _take_field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
