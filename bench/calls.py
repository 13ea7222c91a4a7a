"""BFCL's calls: queries, the tool of each with its arguments, and the tools as JSON Schema has
them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from bench.datasets import read_lines
from edge_router.tool import Tool

_FILES = ("bfcl/simple_python.jsonl", "bfcl/multiple.jsonl")
_TYPES = {"dict": "object", "float": "number", "double": "number", "tuple": "array"}
"""Python's names of types that BFCL's schemas have, as JSON Schema has them."""


@dataclass(frozen=True, slots=True)
class Call:
    """One query."""

    text: str
    """What a user asks."""
    tool: str
    """The tool's name."""
    arguments: dict[str, Any]
    """Its arguments, the first of the values that each may have."""
    allowed: dict[str, list[Any]] = field(default_factory=dict)
    """All the values that each may have; ``""`` among them: it may be left out."""


def read_calls(n_tools: int, seed: int) -> tuple[list[Tool], list[Call]]:
    """``n_tools`` of BFCL's tools, drawn by ``seed`` among those that its simple and multiple
    queries are for, with all those queries.
    """
    described = {row["id"]: row for row in read_lines("bfcl/tools.jsonl")}
    rows = [row for file in _FILES for row in read_lines(file)]
    by_id: dict[str, list[Call]] = {}
    for row in rows:
        tool_id = row["candidate_ids"][row["candidates"].index(row["label"])]
        by_id.setdefault(tool_id, []).append(_read_call(row))
    ids = sorted(by_id)
    random.Random(seed).shuffle(ids)
    # a name may stand for several tools: one of them is enough
    once: dict[str, str] = {}
    for tool_id in ids:
        once.setdefault(described[tool_id]["name"], tool_id)
    chosen = list(once.values())[:n_tools]
    tools = [_make_tool(described[tool_id]) for tool_id in chosen]
    return tools, [call for tool_id in chosen for call in by_id[tool_id]]


def _read_call(row: dict[str, Any]) -> Call:
    [(name, allowed)] = row["answer"][0].items()
    # "" among the values: the argument may be left out
    arguments = {key: values[0] for key, values in allowed.items() if "" not in values}
    return Call(row["text"], name, arguments, allowed)


def _make_tool(described: dict[str, Any]) -> Tool:
    parameters = _make_schema(described["parameters"])
    return Tool(described["name"], described["description"], parameters)


def _make_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema under JSON Schema's names of types; ``any`` says nothing and is left out."""
    made = {key: value for key, value in schema.items() if key != "type"}
    kind = schema.get("type")
    if kind not in (None, "any"):
        made["type"] = _TYPES.get(kind, kind)
    if isinstance(schema.get("properties"), dict):
        parts = schema["properties"].items()
        made["properties"] = {name: _make_schema(part) for name, part in parts}
    if isinstance(schema.get("items"), dict):
        made["items"] = _make_schema(schema["items"])
    return made
