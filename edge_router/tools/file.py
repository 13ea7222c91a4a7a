"""Reads files of tools, YAML or JSON; every complaint names the file, and the line where it is
known.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from reprlib import repr as show
from typing import Any

from edge_router.errors import DataError
from edge_router.examples import Example
from edge_router.examples.text_file import check_keys, check_text
from edge_router.tool import FREE, NAME_RULE, Tool
from edge_router.tools.definition import check_names, check_standing, define_tool
from edge_router.tools.document import read_document

_TOOL_KEYS = {"name", "description", "examples", "parameters", "risk", "domain"}
_FILE_KEYS = {"tools", "no_tool_examples"}


def read_tools(path: str | Path) -> tuple[list[Tool], list[Example]]:
    """Tools and their examples from a YAML or JSON file: a list, or ``tools:`` beside
    ``no_tool_examples:``.
    """
    whole = read_document(Path(path))
    if isinstance(whole, list):
        whole = {"tools": whole}
    if not isinstance(whole, dict) or not isinstance(whole.get("tools"), list):
        raise DataError(
            "must be a list of tools, or have one under the key 'tools'", file=str(path)
        )
    check_keys(whole, _FILE_KEYS, str(path), None)
    tools: list[Tool] = []
    examples: list[Example] = []
    for entry in whole["tools"]:
        tool, texts = _make_tool(entry, str(path))
        tools.append(tool)
        examples += [
            Example(text, tool.name, (), f"{path} ({tool.name})", i)
            for i, text in enumerate(texts, 1)
        ]
    check_names(tools, str(path))
    unfit = _texts(whole.get("no_tool_examples"), "no_tool_examples", str(path))
    examples += [
        Example(text, None, (), f"{path} (no_tool_examples)", i) for i, text in enumerate(unfit, 1)
    ]
    return tools, examples


def _make_tool(entry: Any, file: str) -> tuple[Tool, list[str]]:
    if not isinstance(entry, dict):
        raise DataError(f"has a tool without a proper name: {show(entry)}; {NAME_RULE}", file=file)
    tool = define_tool(
        entry.get("name"), entry.get("description"), entry.get("parameters"), file=file
    )
    where = f"{file} ({tool.name})"
    check_keys(entry, _TOOL_KEYS, where, None)
    risk, domain = entry.get("risk", FREE), entry.get("domain", "")
    check_standing(risk, domain, file=where)
    return replace(tool, risk=risk, domain=domain), _texts(entry.get("examples"), "examples", where)


def _texts(value: Any, key: str, file: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        problem = (
            f"needs a list of texts under {key!r}; quote those that look like numbers or yes and no"
        )
        raise DataError(problem, file=file)
    for number, text in enumerate(value, 1):
        check_text(text, file, number)
    return value
