"""Reads files of examples; every complaint names file and line.

A ``.jsonl`` file may also be what a device was taught (``taught.py``): beside examples it then has
rows that correct a text, describe a tool or forget one. Each speaks of the rows before it, so that
such a file is the next training's input as it stands.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import MAX_DESCRIPTION_CHARS, NAME_RULE, Tool, is_name

_EXAMPLE_KEYS = {"text", "tool", "label", "slots", "corrects"}
_TOOL_KEYS = {"tool", "description", "parameters", "forgotten"}
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
    is_correction: bool = False
    """It takes the place of whatever was said of its text before."""


@dataclass(frozen=True, slots=True)
class ToolNote:
    """A row without a text: it describes a tool, or says that it is forgotten."""

    tool: Tool
    """The tool; its name alone where it is forgotten."""
    is_forgotten: bool = False
    """What was said of the tool before, its examples included, no longer holds."""


Row = Example | ToolNote


def read_examples(path: str | Path) -> list[Example]:
    """Examples of a ``.jsonl`` file (keys text, tool or label, slots) or a ``.csv`` file (columns
    text, tool).

    ``"tool": null`` or an empty CSV cell marks a text that fits no tool. Of what was taught on a
    device, the examples that still hold. Raises DataError with file and line.
    """
    if Path(path).suffix.lower() == ".csv":
        rows = _csv_rows(read_text(Path(path)), str(path))
        return [_make_example(row, str(path), line) for line, row in rows]
    return settle(parse_rows(read_bytes(Path(path)), str(path)))[1]


def parse_rows(data: bytes, file: str) -> list[Row]:
    """All rows of a ``.jsonl`` file's bytes, in their order; raises DataError with ``file`` and
    line. A last line that was cut off in writing is left out.
    """
    text = decode_text(without_torn_line(data), file)
    return [_make_row(row, file, line) for line, row in _jsonl_rows(text, file)]


def without_torn_line(data: bytes) -> bytes:
    """``data`` without what a process that was killed leaves of a line: a last one that neither
    ends nor is an object yet.
    """
    end = data.rfind(b"\n") + 1
    if not data.startswith(b"{", end):
        return data
    try:
        json.loads(data[end:])
    except (ValueError, RecursionError):
        return data[:end]
    return data


def settle(rows: Iterable[Row]) -> tuple[list[Tool], list[Example]]:
    """The described tools and the examples that hold after all ``rows``, in their order."""
    tools: dict[str, Tool] = {}
    examples: dict[int, Example] = {}
    by_text: dict[str, list[int]] = defaultdict(list)
    by_tool: dict[str | None, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        void: list[int] = []
        if isinstance(row, Example):
            key = normalize(row.text)
            if row.is_correction:
                void = by_text.pop(key, [])
            examples[number] = row
            by_text[key].append(number)
            by_tool[row.tool].append(number)
        elif row.is_forgotten:
            void = by_tool.pop(row.tool.name, [])
            tools.pop(row.tool.name, None)
        else:
            tools[row.tool.name] = row.tool
        for earlier in void:
            examples.pop(earlier, None)
    return list(tools.values()), list(examples.values())


def normalize(text: str) -> str:
    """The form in which two texts count as the same: case folded, white space collapsed."""
    return " ".join(text.casefold().split())


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


def _make_row(row: Any, file: str, line: int) -> Row:
    if isinstance(row, dict) and "text" not in row and row.keys() & _TOOL_KEYS - {"tool"}:
        return _make_note(row, file, line)
    return _make_example(row, file, line)


def _make_note(row: dict[str, Any], file: str, line: int) -> ToolNote:
    check_keys(row, _TOOL_KEYS, file, line)
    name: Any = row.get("tool")
    is_forgotten = row.get("forgotten", False)
    description, parameters = row.get("description", ""), row.get("parameters")
    if not is_name(name):
        raise DataError(f"has the tool {name!r}; {NAME_RULE}", file=file, line=line)
    if type(is_forgotten) is not bool or (is_forgotten and len(row) > 2):
        problem = "has a wrong 'forgotten'; write true beside 'tool' alone"
        raise DataError(problem, file=file, line=line)
    if not isinstance(description, str) or len(description) > MAX_DESCRIPTION_CHARS:
        problem = f"needs a text of at most {MAX_DESCRIPTION_CHARS} characters as 'description'"
        raise DataError(problem, file=file, line=line)
    check_text(description, file, line)
    if parameters is not None and not isinstance(parameters, dict):
        raise DataError("needs a JSON Schema object as 'parameters'", file=file, line=line)
    return ToolNote(Tool(name, description, parameters), is_forgotten)


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
    corrects = row.get("corrects", False)
    if type(corrects) is not bool:
        raise DataError("has a 'corrects' that is neither true nor false", file=file, line=line)
    slots = _make_slots(row.get("slots"), text, file, line)
    return Example(text, tool, slots, file, line, corrects)


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
