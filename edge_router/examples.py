"""Reads files of examples and tools; every complaint names file and line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from edge_router.errors import DataError, MissingExtraError
from edge_router.tool import MAX_DESCRIPTION_CHARS, NAME_RULE, Tool, is_name

_EXAMPLE_KEYS = {"text", "tool", "label", "slots"}
_TOOL_KEYS = {"name", "description", "examples", "parameters"}
_FILE_KEYS = {"tools", "no_tool_examples"}
# What a manifest holds at most: better refused here than after the training.
_MAX_SCHEMA_DEPTH = 24
_MAX_SCHEMA_VALUES = 10_000
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
    text = _read_text(Path(path))
    rows = (
        _csv_rows(text, str(path))
        if Path(path).suffix.lower() == ".csv"
        else _jsonl_rows(text, str(path))
    )
    return [_make_example(row, str(path), line) for line, row in rows]


def read_tools(path: str | Path) -> tuple[list[Tool], list[Example]]:
    """Tools and their examples from a YAML or JSON file: a list, or ``tools:`` beside
    ``no_tool_examples:``.
    """
    whole = _parse_tools_file(Path(path))
    if isinstance(whole, list):
        whole = {"tools": whole}
    if not isinstance(whole, dict) or not isinstance(whole.get("tools"), list):
        raise DataError(
            "must be a list of tools, or have one under the key 'tools'", file=str(path)
        )
    _check_keys(whole, _FILE_KEYS, str(path), None)
    tools: list[Tool] = []
    examples: list[Example] = []
    for entry in whole["tools"]:
        tool, texts = _make_tool(entry, str(path))
        tools.append(tool)
        examples += [
            Example(text, tool.name, (), f"{path} ({tool.name})", i)
            for i, text in enumerate(texts, 1)
        ]
    if len({tool.name for tool in tools}) != len(tools):
        raise DataError("names a tool twice; merge the two entries", file=str(path))
    unfit = _texts(whole.get("no_tool_examples"), "no_tool_examples", str(path))
    examples += [
        Example(text, None, (), f"{path} (no_tool_examples)", i) for i, text in enumerate(unfit, 1)
    ]
    return tools, examples


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a path with a zero byte in it is a ValueError
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(
            f"cannot be read ({reason}); give the path of a file", file=str(path)
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            "is not UTF-8; save the file as UTF-8", file=str(path), line=line
        ) from error


def _jsonl_rows(text: str, file: str) -> Iterator[tuple[int, Any]]:
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            yield line, _parse_json(raw)
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


def _parse_json(text: str) -> Any:
    """Any JSON value; raises ValueError for a key that stands twice, NaN, infinity and an endless
    number.
    """
    return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice"
        )
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _make_example(row: Any, file: str, line: int) -> Example:
    if not isinstance(row, dict):
        raise DataError('must be an object like {"text": ..., "tool": ...}', file=file, line=line)
    _check_keys(row, _EXAMPLE_KEYS, file, line)
    if ("tool" in row) == ("label" in row):
        raise DataError(
            "needs the key 'tool' (or 'label', not both); null stands for no tool",
            file=file,
            line=line,
        )
    text, tool = row.get("text"), row.get("tool", row.get("label"))
    if not isinstance(text, str):
        raise DataError("needs a 'text' that is a string", file=file, line=line)
    _check_text(text, file, line)
    if tool is not None and not is_name(tool):
        raise DataError(f"has the tool {tool!r}; {NAME_RULE}, or null", file=file, line=line)
    return Example(text, tool, _make_slots(row.get("slots"), text, file, line), file, line)


def _check_text(text: str, file: str, line: int | None) -> None:
    if _SURROGATE.search(text):
        raise DataError(
            "has half a surrogate pair in a text; write the character itself", file=file, line=line
        )


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


def _parse_tools_file(path: Path) -> Any:
    text = _read_text(path)
    if path.suffix.lower() != ".json":
        return _parse_yaml(text, str(path))
    try:
        return _parse_json(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise DataError(
            f"is not JSON ({error}); correct it there", file=str(path), line=line
        ) from error


def _parse_yaml(text: str, file: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError("export", "yaml") from error
    try:
        return yaml.load(text, _strict_loader())  # noqa: S506 - a SafeLoader
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ) as error:  # an impossible date is a ValueError
        mark = getattr(error, "problem_mark", None)
        problem = " ".join(str(error).split())
        raise DataError(
            f"is not YAML ({problem}); correct it there", file=file, line=mark and mark.line + 1
        ) from error


def _strict_loader() -> type:
    """YAML's safe loader, which besides refuses a key that stands twice."""
    import yaml

    class StrictLoader(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and keys.count(key.value) > 1:
                    problem = f"the key {key.value!r} stands twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            return super().construct_mapping(node, deep)

    return StrictLoader


def _make_tool(entry: Any, file: str) -> tuple[Tool, list[str]]:
    name: Any = entry.get("name") if isinstance(entry, dict) else None
    if not is_name(name):
        raise DataError(
            f"has a tool without a proper name: {str(entry)[:80]}; {NAME_RULE}", file=file
        )
    where = f"{file} ({name})"
    _check_keys(entry, _TOOL_KEYS, where, None)
    description, parameters = entry.get("description"), entry.get("parameters")
    if description is None:
        description = ""
    if (
        not isinstance(description, str)
        or len(description) > MAX_DESCRIPTION_CHARS
        or _SURROGATE.search(description)
    ):
        raise DataError(
            f"needs a text of at most {MAX_DESCRIPTION_CHARS} characters as description", file=where
        )
    if parameters is not None and not (isinstance(parameters, dict) and _is_plain_json(parameters)):
        raise DataError(
            "needs a JSON Schema object as parameters; quote dates and keys that are numbers",
            file=where,
        )
    return Tool(name, description, parameters), _texts(entry.get("examples"), "examples", where)


def _is_plain_json(value: Any) -> bool:
    """JSON of bounded depth and size; YAML can also make dates, keys that are numbers, values that
    hold themselves.
    """
    left, count = [(value, 0)], 0
    while left:
        item, depth = left.pop()
        count += 1
        if depth > _MAX_SCHEMA_DEPTH or count > _MAX_SCHEMA_VALUES:
            return False
        if isinstance(item, dict):
            left += [(part, depth + 1) for pair in item.items() for part in pair]
            if not all(isinstance(key, str) for key in item):
                return False
        elif isinstance(item, list):
            left += [(part, depth + 1) for part in item]
        elif not _is_plain_value(item):
            return False
    return True


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, str):
        return not _SURROGATE.search(value)
    if isinstance(value, float):
        return isfinite(value)
    return (
        value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**19)
    )


def _texts(value: Any, key: str, file: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        problem = (
            f"needs a list of texts under {key!r}; quote those that look like numbers or yes and no"
        )
        raise DataError(problem, file=file)
    for number, text in enumerate(value, 1):
        _check_text(text, file, number)
    return value


def _check_keys(row: dict[str, Any], known: set[str], file: str, line: int | None) -> None:
    if unknown := sorted(str(key) for key in row.keys() - known):
        problem = f"has the unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        raise DataError(problem, file=file, line=line)
