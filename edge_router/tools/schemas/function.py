"""A Python function as a tool: its name, its docstring, and the JSON Schema of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import Parameter
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import define_tool
from edge_router.tools.schemas.annotation import Load, describe_fields, read_annotation
from edge_router.tools.schemas.docstring import parse_docstring
from edge_router.tools.schemas.record import Fields, read_hints
from edge_router.tools.value import to_json


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A function, described."""

    tool: Tool
    """What a router knows of it."""
    loads: dict[str, Load]
    """From a parameter's JSON value to the value that the function takes, where they differ."""


def read_function(function: Callable[..., Any], *, name: str | None = None) -> FunctionTool:
    """A function as a tool: named as it is or ``name``, described by its docstring's prose.

    Parameters are described by their annotations, their defaults, and what the docstring says of
    each. Raises DataError for a parameter that cannot be named or has a type unknown to JSON.
    """
    inner = _unwrap(function)
    name = name or getattr(inner, "__name__", None)
    where = f"the function {name}"
    if name == "<lambda>" or name is None:
        raise DataError("has no name; give one with name=", file="a function")
    parameters = _named_parameters(function, where)
    hints = read_hints(inner if inspect.isroutine(inner) else inner.__call__, where)
    described = parse_docstring(inspect.getdoc(inner))
    kinds = {
        p.name: read_annotation(hints.get(p.name, Parameter.empty), where=f"{where}: {p.name}")
        for p in parameters
    }
    fields = Fields(
        hints={},
        required=tuple(p.name for p in parameters if p.default is Parameter.empty),
        sentences=described.arguments,
    )
    schemas = {p.name: kinds[p.name].schema | _default(p, where) for p in parameters}
    tool = define_tool(name, described.prose, describe_fields(fields, schemas), file=where)
    return FunctionTool(tool, {n: kind.load for n, kind in kinds.items() if kind.load})


def _unwrap(function: Callable[..., Any]) -> Any:
    """The function that holds name, docstring and annotations."""
    while isinstance(function, partial):
        function = function.func
    return function


def _named_parameters(function: Callable[..., Any], where: str) -> list[Parameter]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError) as error:
        raise DataError(f"has no signature ({error}); wrap it in a def", file=where) from error
    for parameter in parameters:
        if parameter.kind not in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY):
            raise DataError(
                f"takes {parameter.name!r}, which cannot be given by name; wrap it in a def that "
                "names each parameter",
                file=where,
            )
    return parameters


def _default(parameter: Parameter, where: str) -> dict[str, Any]:
    """``None`` as a default is no word of the schema's: the parameter is just left out."""
    if parameter.default is Parameter.empty or parameter.default is None:
        return {}
    try:
        return {"default": to_json(parameter.default)}
    except TypeError as error:
        raise DataError(
            f"has a default that JSON cannot say ({error}); use None, and set it inside",
            file=f"{where}: {parameter.name}",
        ) from error
