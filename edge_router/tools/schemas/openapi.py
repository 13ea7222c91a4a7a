"""The operations of an OpenAPI 3 document, each as a tool, and where each of its arguments goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from reprlib import repr as show

from edge_router.errors import DataError
from edge_router.tool import Tool, is_name
from edge_router.tools.definition import check_names, define_tool
from edge_router.tools.schemas.inline import Inliner, resolve
from edge_router.tools.schemas.openapi_request import (
    Argument,
    Field,
    JsonObject,
    Source,
    UnsupportedBodyError,
    read_body,
    read_parameters,
)

MAX_OPERATIONS = 20_000
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call of the tool becomes."""

    tool: Tool
    """What a router knows of it."""
    method: str
    """In capitals."""
    path: str
    """As the document has it, with ``{names}``."""
    fields: dict[str, Field]
    """By the name of the tool's parameter."""
    media_type: str | None
    """What the body is sent as; ``None``: there is no body."""


def read_openapi(document: JsonObject, *, file: str) -> list[Operation]:
    """The operations of an OpenAPI 3.0 or 3.1 document, in its order.

    A tool is named by its operationId, or by method and path: ``get_pets_id``. Left out: operations
    that must be sent something else than JSON or a form, cookies, and what the server alone writes
    (``readOnly``). Raises DataError naming ``file`` and the operation.
    """
    _check_version(document, file)
    inliner = Inliner(document)
    entries = list(_entries(document, file))
    if len(entries) > MAX_OPERATIONS:
        raise DataError(f"has more than {MAX_OPERATIONS} operations; split it", file=file)
    names = _names(entries, file)
    operations = [
        operation
        for entry, name in zip(entries, names, strict=True)
        if (operation := _read_operation(entry, name, document, inliner))
    ]
    check_names([operation.tool for operation in operations], file)
    return operations


@dataclass(frozen=True, slots=True)
class _Entry:
    """An operation as it stands in the document."""

    method: str
    path: str
    item: JsonObject
    """The path's own object: its parameters belong to all its operations."""
    operation: JsonObject
    where: str


def _check_version(document: JsonObject, file: str) -> None:
    version = document.get("openapi")
    if not isinstance(version, str) or not re.match(r"3\.[0-9]", version):
        raise DataError(
            f"has the OpenAPI version {show(version)}; 3.x is read here: convert it", file=file
        )


def _entries(document: JsonObject, file: str) -> Iterator[_Entry]:
    paths = document.get("paths", {})
    if not isinstance(paths, dict):
        raise DataError("needs an object under 'paths'", file=file)
    for path, value in paths.items():
        item = resolve(value, document=document, file=f"{file} ({path})")
        if not isinstance(path, str) or not isinstance(item, dict):
            raise DataError(f"has the path {show(path)}, which is no object", file=file)
        for method in item:
            if method in _METHODS:
                where = f"{file} ({method} {path})"
                if not isinstance(item[method], dict):
                    raise DataError("is no object; correct it", file=where)
                yield _Entry(method, path, item, item[method], where)


def _names(entries: list[_Entry], file: str) -> list[str]:
    """Each operation's operationId, or a name made of its method and path; the second of a made
    name gets a number.
    """
    given = [entry.operation.get("operationId") for entry in entries]
    taken = {name for name in given if isinstance(name, str)}
    names = []
    for entry, name in zip(entries, given, strict=True):
        if name is None:
            words = re.findall(r"\w+", entry.path)
            name = made = "_".join([entry.method, *words])
            number = 1
            while name in taken:
                number += 1
                name = f"{made}_{number}"
            taken.add(name)
        if not is_name(name):
            raise DataError(f"has the name {show(name)}; give it an operationId", file=entry.where)
        names.append(name)
    return names


def _read_operation(
    entry: _Entry, name: str, document: JsonObject, inliner: Inliner
) -> Operation | None:
    """``None`` for an operation that must be sent what no tool here sends."""
    source = Source(document, inliner, entry.where)
    operation = entry.operation
    arguments = read_parameters(source, entry.item.get("parameters"), operation.get("parameters"))
    try:
        media_type, of_body = read_body(source, operation.get("requestBody"))
    except UnsupportedBodyError:
        return None
    named = _name_arguments([*arguments, *of_body], entry.where)
    parameters = {
        "type": "object",
        "properties": {name: argument.schema for name, argument in named.items()},
        "required": [name for name, argument in named.items() if argument.is_required],
        "additionalProperties": False,
    }
    tool = define_tool(name, _describe(operation, entry), parameters, file=entry.where)
    fields = {name: argument.field for name, argument in named.items()}
    return Operation(tool, entry.method.upper(), entry.path, fields, media_type)


def _name_arguments(arguments: list[Argument], file: str) -> dict[str, Argument]:
    """Each argument under its own name; where a name is taken, with the place before it."""
    named: dict[str, Argument] = {}
    for argument in arguments:
        field = argument.field
        name = f"{field.place}_{field.name}" if field.name in named else field.name
        if name in named:
            raise DataError(f"has two arguments named {show(name)}; rename one", file=file)
        named[name] = argument
    return named


def _describe(operation: JsonObject, entry: _Entry) -> str:
    """Summary and description, the operation's own or else those of its path."""
    texts = []
    for key in ("summary", "description"):
        text = operation.get(key, entry.item.get(key))
        if isinstance(text, str) and text.strip() and text.strip() not in texts:
            texts.append(text.strip())
    return "\n\n".join(texts)
