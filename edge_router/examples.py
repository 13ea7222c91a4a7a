"""Reads files of examples; every complaint names file and line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import NAME_RULE, is_name

_EXAMPLE_KEYS = {"text", "tool", "label", "slots"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A marked span of an example."""

    start: int
    """First character."""
    end: int
    """One past the last character."""
    type: str
    """The parameter it fills."""
    value: str
    """The text there."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text and the tool that answers it."""

    text: str
    """The text as a user wrote it."""
    tool: str | None
    """The tool's name; ``None``: no tool fits."""
    slots: tuple[Slot, ...]
    """Marked spans, kept for the training of arguments."""
    file: str
    """Where the example stands."""
    line: int
    """Line in that file, from 1; for tools files the example's number within its tool."""


def read_examples(path: str | Path) -> list[Example]:
    """Examples of a ``.jsonl`` file (keys text, tool or label, slots) or a ``.csv`` file (columns
    text, tool).

    ``"tool": null`` or an empty CSV cell marks a text that fits no tool. Raises DataError with file
    and line.
    """
    text = read_text(Path(path))
    rows = (
        _csv_rows(text, str(path))
        if Path(path).suffix.lower() == ".csv"
        else _jsonl_rows(text, str(path))
    )
    return [_make_example(row, str(path), line) for line, row in rows]


def read_text(path: Path, *, max_bytes: int = -1) -> str:
    """A file's text; raises DataError where it cannot be read, is not UTF-8, or has more than
    ``max_bytes``.
    """
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
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            "is not UTF-8; save the file as UTF-8", file=str(path), line=line
        ) from error


def parse_json(text: str) -> Any:
    """Any JSON value; raises ValueError for a key that stands twice, NaN, infinity and an endless
    number.
    """
    return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)


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


def _jsonl_rows(text: str, file: str) -> Iterator[tuple[int, Any]]:
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            yield line, parse_json(raw)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"is not JSON ({error}); write one object a line", file=file, line=line
            ) from error


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    # StringIO, not splitlines: a text may hold U+2028 and its like, which end no CSV row
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if header is None:
                header = _check_header(cells, file)
            elif cells:
                if len(cells) != len(header):
                    problem = (
                        f"has {len(cells)} cells, the header {len(header)}; quote texts that hold "
                        "commas"
                    )
                    raise DataError(problem, file=file, line=line)
                row = dict(zip(header, cells, strict=True))
                yield (
                    line,
                    {key: cell if key == "text" else cell or None for key, cell in row.items()},
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"is not CSV ({error}); check the quotes there", file=file, line=line
        ) from error


def _check_header(cells: list[str], file: str) -> list[str]:
    if sorted(cells) not in (["text", "tool"], ["label", "text"]):
        raise DataError(
            f"has the columns {', '.join(cells)}; the first line must be: text,tool",
            file=file,
            line=1,
        )
    return cells


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _make_example(row: Any, file: str, line: int) -> Example:
    if not isinstance(row, dict):
        raise DataError('must be an object like {"text": ..., "tool": ...}', file=file, line=line)
    check_keys(row, _EXAMPLE_KEYS, file, line)
    if ("tool" in row) == ("label" in row):
        raise DataError(
            "needs the key 'tool' (or 'label', not both); null stands for no tool",
            file=file,
            line=line,
        )
    text, tool = row.get("text"), row.get("tool", row.get("label"))
    if not isinstance(text, str):
        raise DataError("needs a 'text' that is a string", file=file, line=line)
    check_text(text, file, line)
    if tool is not None and not is_name(tool):
        raise DataError(f"has the tool {tool!r}; {NAME_RULE}, or null", file=file, line=line)
    return Example(text, tool, _make_slots(row.get("slots"), text, file, line), file, line)


def _make_slots(value: Any, text: str, file: str, line: int) -> tuple[Slot, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_slot(slot, text) for slot in value):
        problem = (
            "has slots that are no list of {start, end, type, value} with text[start:end] == "
            "value; correct them"
        )
        raise DataError(problem, file=file, line=line)
    return tuple(Slot(**slot) for slot in value)


def _is_slot(slot: Any, text: str) -> bool:
    if not isinstance(slot, dict) or slot.keys() != {"start", "end", "type", "value"}:
        return False
    start, end = slot["start"], slot["end"]
    is_span = type(start) is int and type(end) is int and 0 <= start < end <= len(text)
    return is_span and text[start:end] == slot["value"] and is_name(slot["type"])
