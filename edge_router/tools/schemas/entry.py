"""Tools as lists of them describe each: OpenAI's two forms, MCP's, Anthropic's, or a bare one."""

from __future__ import annotations

from reprlib import repr as show
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import define_tool
from edge_router.tools.schemas.inline import Inliner

# MCP, Anthropic, and everyone else.
_SCHEMA_KEYS = ("inputSchema", "input_schema", "parameters")


def is_entry(value: Any) -> bool:
    """Whether ``value`` looks like the description of one tool."""
    return isinstance(value, dict) and ("name" in value or value.get("type") == "function")


def read_entry(entry: Any, *, file: str) -> Tool:
    """One tool; whatever else stands beside name, description and schema (strict, annotations, an
    output schema) is no matter of a router's. Raises DataError naming ``file``.
    """
    entry = _function(entry, file)
    schemas = [entry[key] for key in _SCHEMA_KEYS if entry.get(key) is not None]
    if len(schemas) > 1:
        raise DataError(f"has several schemas for {show(entry.get('name'))}; keep one", file=file)
    description = entry.get("description")
    if description is None:
        description = entry.get("title")
    tool = define_tool(entry.get("name"), description, None, file=file)
    if not schemas:
        return tool
    where = f"{file} ({tool.name})"
    parameters = Inliner(schemas[0]).inline(schemas[0], file=where)
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        raise DataError("needs a schema of type object for its arguments", file=where)
    return define_tool(tool.name, description, parameters, file=file)


def _function(entry: Any, file: str) -> dict[str, Any]:
    """The object that holds name and schema."""
    if not isinstance(entry, dict):
        raise DataError(f"has a tool that is no object: {show(entry)}", file=file)
    kind = entry.get("type", "function")
    # Anthropic marks tools of one's own as "custom"
    if kind not in ("function", "custom"):
        raise DataError(
            f"has a tool of the type {show(kind)}, which only that service can run; leave it out",
            file=file,
        )
    inner = entry.get("function", entry)
    if not isinstance(inner, dict):
        raise DataError(f"has a function that is no object: {show(inner)}", file=file)
    return inner
