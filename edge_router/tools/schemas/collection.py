"""Tools from whatever describes each: itself, a function, a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import check_names
from edge_router.tools.schemas.formats import read_schemas
from edge_router.tools.schemas.function import read_function


def collect_tools(described: Iterable[Tool | Callable[..., Any] | dict[str, Any]]) -> list[Tool]:
    """The tools that ``described`` are or describe: each a :class:`Tool`, something that carries
    one as ``tool``, a function with a signature, or one of the schemas that ``read_schemas`` knows.

    Raises DataError for what is none of these, and for a name that stands twice.
    """
    if isinstance(described, dict):  # a whole document
        return read_schemas(described)
    tools = [tool for one in described for tool in _read(one)]
    check_names(tools, "the tools")
    return tools


def _read(described: Any) -> list[Tool]:
    if isinstance(described, Tool):
        return [described]
    if isinstance(carried := getattr(described, "tool", None), Tool):
        return [carried]
    if isinstance(described, dict):
        return read_schemas(described)
    if callable(described):
        return [read_function(described).tool]
    raise DataError(f"{described!r} describes no tool; give a Tool, a function or a schema")
