"""Text files and JSON that people write, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge_router.errors import DataError

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_text(path: Path, *, max_bytes: int = -1) -> str:
    """A file's text; raises DataError where it cannot be read, is not UTF-8, or has more than
    ``max_bytes``.
    """
    return decode_text(read_bytes(path, max_bytes=max_bytes), str(path))


def read_bytes(path: Path, *, max_bytes: int = -1) -> bytes:
    """A file's bytes; raises DataError where it cannot be read or has more than ``max_bytes``."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes if max_bytes < 0 else max_bytes + 1)
    except (OSError, ValueError) as error:  # a path with a zero byte in it is a ValueError
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(
            f"cannot be read ({reason}); give the path of a file", file=str(path)
        ) from error
    if 0 <= max_bytes < len(data):
        raise DataError(f"is larger than {max_bytes >> 20} MiB; split it", file=str(path))
    return data


def decode_text(data: bytes, file: str) -> str:
    """UTF-8 bytes as text, without a byte order mark; raises DataError with ``file`` and line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError("is not UTF-8; save the file as UTF-8", file=file, line=line) from error


def parse_json(text: str) -> Any:
    """Any JSON value; raises ValueError for a key that stands twice, NaN, infinity and an endless
    number.
    """
    return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)


def parse_lines(text: str, file: str) -> Iterator[tuple[int, Any]]:
    """The JSON values of a ``.jsonl`` file with the numbers of their lines; raises DataError with
    ``file`` and line.
    """
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            yield line, parse_json(raw)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"is not JSON ({error}); write one object a line", file=file, line=line
            ) from error


def check_keys(row: dict[str, Any], known: set[str], file: str, line: int | None) -> None:
    """Raises DataError where ``row`` has a key that is not ``known``."""
    if unknown := sorted(str(key) for key in row.keys() - known):
        problem = f"has the unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        raise DataError(problem, file=file, line=line)


def is_unicode(text: str) -> bool:
    """Whether ``text`` can be written as UTF-8: no half of a surrogate pair is in it."""
    return not _SURROGATE.search(text)


def check_text(text: str, file: str, line: int | None) -> None:
    """Raises DataError where ``text`` holds half a surrogate pair."""
    if not is_unicode(text):
        raise DataError(
            "has half a surrogate pair in a text; write the character itself", file=file, line=line
        )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
