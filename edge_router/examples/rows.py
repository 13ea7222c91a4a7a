"""Reads files of examples; every complaint names file and line."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from edge_router.errors import DataError
from edge_router.examples.example import (
    Example,
    Retraction,
    Row,
    Slot,
    ToolNote,
    normalize,
)
from edge_router.examples.text_file import (
    check_keys,
    check_text,
    decode_text,
    parse_lines,
    read_bytes,
    read_text,
)
from edge_router.tool import FREE, MAX_DESCRIPTION_CHARS, NAME_RULE, RISKS, Tool, is_name

_EXAMPLE_KEYS = {"text", "tool", "label", "slots", "corrects", "weak"}
_TOOL_KEYS = {"tool", "description", "parameters", "risk", "domain", "forgotten"}


def read_examples(path: str | Path, *, takes_weak: bool = False) -> list[Example]:
    """Examples of a ``.jsonl`` file (keys text, tool or label, slots) or a ``.csv`` file (columns
    text, tool).

    ``"tool": null`` or an empty CSV cell marks a text that fits no tool. Of what was taught on a
    device, the examples that still hold; weak ones only with ``takes_weak``. Raises DataError with
    file and line.
    """
    if Path(path).suffix.lower() == ".csv":
        rows = _csv_rows(read_text(Path(path)), str(path))
        return [_make_example(row, str(path), line) for line, row in rows]
    said = parse_rows(read_bytes(Path(path)), str(path))
    return settle(said, takes_weak=takes_weak)[1]


def parse_rows(data: bytes, file: str) -> list[Row]:
    """All rows of a ``.jsonl`` file's bytes, in their order; raises DataError with ``file`` and
    line. A last line that was cut off in writing is left out.
    """
    text = decode_text(without_torn_line(data), file)
    return [_make_row(row, file, line) for line, row in parse_lines(text, file)]


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


def settle(rows: Iterable[Row], *, takes_weak: bool = False) -> tuple[list[Tool], list[Example]]:
    """The described tools and the examples that hold after all ``rows``, in their order; weak ones
    only with ``takes_weak``.
    """
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
        elif isinstance(row, Retraction):
            void = by_text.pop(normalize(row.text), [])
        elif row.is_forgotten:
            void = by_tool.pop(row.tool.name, [])
            tools.pop(row.tool.name, None)
        else:
            tools[row.tool.name] = row.tool
        for earlier in void:
            examples.pop(earlier, None)
    found = list(examples.values())
    kept = drop_weak(found) if takes_weak else [e for e in found if not e.is_weak]
    return list(tools.values()), kept


def drop_weak(examples: Iterable[Example]) -> list[Example]:
    """``examples`` without the weak ones whose text another speaks of, or a later weak one."""
    listed = list(examples)
    said = {normalize(example.text) for example in listed if not example.is_weak}
    last = {normalize(example.text): example for example in listed if example.is_weak}
    kept = {id(example) for key, example in last.items() if key not in said}
    return [example for example in listed if not example.is_weak or id(example) in kept]


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


def _make_row(row: Any, file: str, line: int) -> Row:
    if isinstance(row, dict) and "text" not in row and row.keys() & _TOOL_KEYS - {"tool"}:
        return _make_note(row, file, line)
    if isinstance(row, dict) and "forgotten" in row:
        return _make_retraction(row, file, line)
    return _make_example(row, file, line)


def _make_retraction(row: dict[str, Any], file: str, line: int) -> Retraction:
    text = row["text"]
    if row["forgotten"] is not True or len(row) > 2 or not isinstance(text, str):
        problem = "has a wrong 'forgotten'; write true beside 'text', or beside 'tool', alone"
        raise DataError(problem, file=file, line=line)
    check_text(text, file, line)
    return Retraction(text)


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
    risk, domain = row.get("risk", FREE), row.get("domain", "")
    if risk not in RISKS or (domain != "" and not is_name(domain)):
        problem = f"has a wrong 'risk' or 'domain'; write {', '.join(RISKS)}, and a name"
        raise DataError(problem, file=file, line=line)
    return ToolNote(Tool(name, description, parameters, risk, domain), is_forgotten)


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
    corrects, weak = row.get("corrects", False), row.get("weak", False)
    for key, value in (("corrects", corrects), ("weak", weak)):
        if type(value) is not bool:
            raise DataError(f"has a {key!r} that is neither true nor false", file=file, line=line)
    if corrects and weak:
        raise DataError("is weak and corrects; leave one out", file=file, line=line)
    slots = _make_slots(row.get("slots"), text, file, line)
    return Example(text, tool, slots, file, line, corrects, weak)


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
