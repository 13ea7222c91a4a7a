"""The texts that a command is given: as arguments, or on stdin, one a line."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from edge_router.errors import InputError

STDIN = "-"
_PIECE_BYTES = 2**16


def check_texts(texts: Sequence[str]) -> None:
    """Raises InputError where ``-`` stands among other texts: does it mean stdin, or itself?"""
    if STDIN in texts and len(texts) > 1:
        raise InputError(
            "- reads texts from stdin and cannot stand among other texts; give - alone, or give "
            "all texts on stdin"
        )


def read_texts(texts: Sequence[str], *, max_chars: int) -> Iterator[str]:
    """The texts themselves, or for ``-`` the lines of stdin as they come.

    Of a line of stdin no more is kept than a router with ``max_chars`` reads: its first
    ``max_chars`` characters after leading white space, and one more to show that it was longer.
    """
    if list(texts) != [STDIN]:
        yield from map(_decode, texts)
    elif sys.stdin is not None:  # None: the caller closed it
        yield from _read_lines(sys.stdin.buffer, max_chars)


def _decode(argument: str) -> str:
    """``argument`` as UTF-8, as stdin is read, whatever encoding the locale made Python assume."""
    try:
        return os.fsencode(argument).decode("utf-8", "replace")
    except UnicodeEncodeError:  # given by a program, not by a shell
        return argument


def _read_lines(stream: BinaryIO, max_chars: int) -> Iterator[str]:
    # the longest line that may be read whole: 4 bytes a character, and its end
    most_bytes = 4 * max_chars + 2
    while line := stream.readline(most_bytes):
        if line.endswith(b"\n") or len(line) < most_bytes:
            yield _without_end(line.decode("utf-8", "replace"))
        else:
            yield _read_long(stream, line, max_chars)


def _read_long(stream: BinaryIO, piece: bytes, max_chars: int) -> str:
    """The beginning of a line whose first ``piece`` has no end; reads on to the line's end."""
    # what is not UTF-8 becomes the replacement character: one bad line must not end a stream
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    kept, is_last = "", False
    while not is_last:
        is_last = not piece or piece.endswith(b"\n")
        if len(kept) < max_chars + 2:  # 2: the end of a line may be \r\n
            kept = (kept + decoder.decode(piece, is_last)).lstrip()
        piece = b"" if is_last else stream.readline(_PIECE_BYTES)
    return _without_end(kept)[: max_chars + 1]


def _without_end(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")
