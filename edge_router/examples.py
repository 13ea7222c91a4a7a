"""Reads files of examples and tools; every complaint names file and line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_router.errors import DataError, MissingExtraError

_EXAMPLE_KEYS = {"text", "tool", "label", "slots"}
_TOOL_KEYS = {"name", "description", "examples", "parameters"}
_FILE_KEYS = {"tools", "no_tool_examples"}


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


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a tools file describes it."""

    name: str
    """What a decision names."""
    description: str
    """What it does, in a sentence."""
    parameters: dict[str, Any] | None
    """JSON Schema of its arguments."""


def read_examples(path: str | Path) -> list[Example]:
    """Examples of a ``.jsonl`` file (keys text, tool or label, slots) or a ``.csv`` file (columns text, tool).

    ``"tool": null`` or an empty CSV cell marks a text that fits no tool. Raises DataError with file and line.
    """
    text = _read_text(Path(path))
    rows = _csv_rows(text, str(path)) if Path(path).suffix.lower() == ".csv" else _jsonl_rows(text, str(path))
    return [_make_example(row, str(path), line) for line, row in rows]


def read_tools(path: str | Path) -> tuple[list[ToolSpec], list[Example]]:
    """Tools and their examples from a YAML or JSON file: a list, or ``tools:`` beside ``no_tool_examples:``."""
    whole = _parse_tools_file(Path(path))
    if isinstance(whole, list):
        whole = {"tools": whole}
    if not isinstance(whole, dict) or not isinstance(whole.get("tools"), list):
        raise DataError("must be a list of tools, or have one under the key 'tools'", file=str(path))
    _check_keys(whole, _FILE_KEYS, str(path), None)
    tools: list[ToolSpec] = []
    examples: list[Example] = []
    for entry in whole["tools"]:
        tool, texts = _make_tool(entry, str(path))
        tools.append(tool)
        examples += [Example(text, tool.name, (), f"{path} ({tool.name})", i) for i, text in enumerate(texts, 1)]
    if len({tool.name for tool in tools}) != len(tools):
        raise DataError("names a tool twice; merge the two entries", file=str(path))
    unfit = _texts(whole.get("no_tool_examples"), "no_tool_examples", str(path))
    examples += [Example(text, None, (), f"{path} (no_tool_examples)", i) for i, text in enumerate(unfit, 1)]
    return tools, examples


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}); give the path of a file", file=str(path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError("is not UTF-8; save the file as UTF-8", file=str(path), line=line) from error


def _jsonl_rows(text: str, file: str) -> Iterator[tuple[int, Any]]:
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            yield line, json.loads(raw)
        except (json.JSONDecodeError, RecursionError) as error:
            raise DataError(f"is not JSON ({error}); write one object a line", file=file, line=line) from error


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise DataError("has more or fewer cells than the header; quote texts that hold commas", file=file, line=reader.line_num)
            label = "tool" if "tool" in row else "label"
            yield reader.line_num, {**row, label: row.get(label) or None}
    except csv.Error as error:
        raise DataError(f"is not CSV ({error}); check the quotes there", file=file, line=reader.line_num) from error


def _make_example(row: Any, file: str, line: int) -> Example:
    if not isinstance(row, dict):
        raise DataError('must be an object like {"text": ..., "tool": ...}', file=file, line=line)
    _check_keys(row, _EXAMPLE_KEYS, file, line)
    if ("tool" in row) == ("label" in row):
        raise DataError("needs the key 'tool' (or 'label', not both); null stands for no tool", file=file, line=line)
    text, tool = row.get("text"), row.get("tool", row.get("label"))
    if not isinstance(text, str):
        raise DataError("needs a 'text' that is a string", file=file, line=line)
    if tool is not None and not (isinstance(tool, str) and tool.strip() and len(tool) <= 200):
        raise DataError(f"has the tool {tool!r}; give a name of 1 to 200 characters, or null", file=file, line=line)
    return Example(text, tool, _make_slots(row.get("slots"), text, file, line), file, line)


def _make_slots(value: Any, text: str, file: str, line: int) -> tuple[Slot, ...]:
    try:
        slots = tuple(Slot(**slot) for slot in value or ())
        is_right = all(text[s.start : s.end] == s.value and isinstance(s.type, str) for s in slots)
    except TypeError:
        is_right = False
    if not is_right:
        raise DataError("has slots that are not {start, end, type, value} with text[start:end] == value", file=file, line=line)
    return slots


def _parse_tools_file(path: Path) -> Any:
    text = _read_text(path)
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text)
        try:
            import yaml
        except ImportError as error:
            raise MissingExtraError("export", "yaml") from error
        return yaml.safe_load(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"is not JSON ({error}); correct it there", file=str(path)) from error
    except yaml.YAMLError as error:
        raise DataError(f"is not YAML ({error}); correct it there", file=str(path)) from error


def _make_tool(entry: Any, file: str) -> tuple[ToolSpec, list[str]]:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not (isinstance(name, str) and name.strip() and len(name) <= 200):
        raise DataError(f"has a tool without a name of 1 to 200 characters: {str(entry)[:80]}; name it", file=file)
    _check_keys(entry, _TOOL_KEYS, f"{file} ({name})", None)
    description, parameters = entry.get("description") or "", entry.get("parameters")
    if not isinstance(description, str) or not isinstance(parameters, (dict, type(None))):
        raise DataError("needs a text as description and a JSON Schema object as parameters", file=f"{file} ({name})")
    return ToolSpec(name, description, parameters), _texts(entry.get("examples"), "examples", f"{file} ({name})")


def _texts(value: Any, key: str, file: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise DataError(f"needs a list of texts under {key!r}; quote those that look like numbers or yes and no", file=file)
    return value


def _check_keys(row: dict[str, Any], known: set[str], file: str, line: int | None) -> None:
    if unknown := sorted(str(key) for key in row.keys() - known):
        raise DataError(f"has the unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}", file=file, line=line)
