"""What an OpenAPI operation is sent: its parameters and its body, as the arguments of one tool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from reprlib import repr as show
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import is_name
from edge_router.tools.schemas.inline import Inliner, resolve

JsonObject = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"application/(?:[\w.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
# The standard says that a parameter named so is to be ignored: they belong to the call itself.
_CALLS_OWN_HEADERS = {"accept", "content-type", "authorization"}
_DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple"}
# A body whose schema says more than this is not the sum of its properties: it is one argument.
_KEYS_OF_A_RECORD = {
    "type",
    "title",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "default",
}


class Place(StrEnum):
    """Where in a request an argument goes."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    BODY = "body"
    """A property of the body."""
    WHOLE_BODY = "whole_body"


@dataclass(frozen=True, slots=True)
class Field:
    """Where and how one argument is sent."""

    place: Place
    """Where it goes."""
    name: str
    """Its name there; the tool's name for it may differ, where two places share a name."""
    style: str = ""
    """How a list or an object is written there, in OpenAPI's words; empty in a body."""
    is_exploded: bool = False
    """Each item of a list is written by itself."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation."""

    field: Field
    """Where it is sent."""
    schema: Any
    """Its JSON Schema."""
    is_required: bool
    """Whether the operation cannot do without."""


class UnsupportedBodyError(Exception):
    """The operation must be sent what no tool here sends, such as a file."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an operation's parts are looked up."""

    document: JsonObject
    inliner: Inliner
    file: str
    """Named in errors, with the operation."""

    def resolve(self, value: Any, what: str) -> JsonObject:
        """The object that ``value`` is or points to; ``None`` stands for an empty one."""
        found = resolve(value, document=self.document, file=self.file)
        if found is not None and not isinstance(found, dict):
            raise DataError(f"has a {what} that is no object: {show(found)}", file=self.file)
        return found or {}

    def inline(self, schema: Any) -> Any:
        """A schema without references."""
        return self.inliner.inline({} if schema is None else schema, file=self.file)


def read_parameters(source: Source, *lists: Any) -> list[Argument]:
    """The arguments of several lists of parameters; a later one takes the place of an earlier one
    of the same name and place.
    """
    found: dict[tuple[str, str], Argument] = {}
    for parameters in lists:
        if not isinstance(parameters, list | None):
            raise DataError("has parameters that are no list", file=source.file)
        for value in parameters or ():
            argument = _read_parameter(source, source.resolve(value, "parameter"))
            if argument is not None:
                found[argument.field.place, argument.field.name] = argument
    return list(found.values())


def _read_parameter(source: Source, parameter: JsonObject) -> Argument | None:
    """``None`` for what is no argument: a cookie, and headers that belong to the call itself."""
    name, place = parameter.get("name"), parameter.get("in")
    if not isinstance(name, str) or not is_name(name):
        raise DataError(f"has a parameter without a proper name: {show(name)}", file=source.file)
    if place == "cookie" or (place == "header" and name.lower() in _CALLS_OWN_HEADERS):
        return None
    if place not in _DEFAULT_STYLES:
        raise DataError(
            f"has the parameter {name!r} in {show(place)}; it goes in path, query or header",
            file=source.file,
        )
    style = parameter.get("style", _DEFAULT_STYLES[place])
    is_exploded = parameter.get("explode", style == "form")
    schema = source.inline(_schema_of(source, parameter))
    if isinstance(schema, dict) and isinstance(parameter.get("description"), str):
        schema = {"description": parameter["description"]} | schema
    field = Field(Place(place), name, str(style), is_exploded is True)
    return Argument(field, schema, is_required=place == "path" or parameter.get("required") is True)


def _schema_of(source: Source, parameter: JsonObject) -> Any:
    """A parameter's schema stands under ``schema``, or under its only media type."""
    content = source.resolve(parameter.get("content"), "content")
    for media in content.values():
        return source.resolve(media, "media type").get("schema")
    return parameter.get("schema")


def read_body(source: Source, value: Any) -> tuple[str | None, list[Argument]]:
    """A request body's media type and its arguments: the properties of a record, or else the whole
    as ``body``.

    ``(None, [])`` where there is none. Raises UnsupportedBodyError where one must be sent that is
    neither JSON nor a form.
    """
    body = source.resolve(value, "requestBody")
    is_required = body.get("required") is True
    content = source.resolve(body.get("content"), "content")
    media_type = _choose_media_type(content)
    if media_type is None:
        if is_required:
            raise UnsupportedBodyError
        return None, []
    media = source.resolve(content[media_type], "media type")
    schema = _flatten(source.inline(media.get("schema")))
    if not _is_record(schema):
        if isinstance(schema, dict) and isinstance(body.get("description"), str):
            schema = {"description": body["description"]} | schema
        return media_type, [Argument(Field(Place.WHOLE_BODY, "body"), schema, is_required)]
    names = schema.get("required")
    required = names if is_required and isinstance(names, list) else []
    return media_type, [
        Argument(Field(Place.BODY, name), part, name in required)
        for name, part in schema["properties"].items()
        if not (isinstance(part, dict) and part.get("readOnly") is True)
    ]


def _choose_media_type(content: JsonObject) -> str | None:
    names = [name for name in content if isinstance(name, str)]
    found = [name for name in names if _JSON.fullmatch(name)]
    found += [name for name in names if name.lower().split(";")[0].strip() == FORM]
    return found[0] if found else None


def _flatten(schema: Any) -> Any:
    """A schema whose ``allOf`` are records, as one record."""
    if not isinstance(schema, dict) or not isinstance(schema.get("allOf"), list):
        return schema
    rest = {key: part for key, part in schema.items() if key != "allOf"}
    parts = [_flatten(part) for part in [*schema["allOf"], rest]]
    if not all(_is_record({"properties": {}} | part) for part in parts if isinstance(part, dict)):
        return schema
    if not all(isinstance(part, dict) for part in parts):
        return schema
    whole: JsonObject = {"type": "object", "properties": {}, "required": []}
    for part in parts:
        whole["properties"] |= part.get("properties", {})
        whole["required"] += part.get("required", [])
    return whole


def _is_record(schema: Any) -> bool:
    return (
        isinstance(schema, dict)
        and isinstance(schema.get("properties"), dict)
        and isinstance(schema.get("required", []), list)
        and schema.get("type", "object") == "object"
        and not {key for key in schema if not key.startswith("x-")} - _KEYS_OF_A_RECORD
    )
