"""An OpenAPI operation with its arguments, as the HTTP request that the document asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from edge_router.errors import ToolError
from edge_router.tools.schemas.openapi import Operation
from edge_router.tools.schemas.openapi_request import FORM, Field, Place

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent."""

    method: str
    """In capitals."""
    path: str
    """From the service's address on, with the query."""
    headers: dict[str, str]
    """Beside those of the service."""
    content: bytes | None
    """The body; ``None``: there is none."""


def make_request(operation: Operation, arguments: dict[str, Any]) -> HttpRequest:
    """The request of a call with valid arguments; raises ToolError for one that would ask for
    another path than the document's.
    """
    path, query, headers = operation.path, list[tuple[str, str]](), dict[str, str]()
    body: dict[str, Any] = {}
    content: bytes | None = None
    for name, value in arguments.items():
        field = operation.fields[name]
        if field.place is Place.PATH:
            path = path.replace(f"{{{field.name}}}", _path_segment(name, field, value))
        elif field.place is Place.QUERY:
            query += _query_pairs(field, value)
        elif field.place is Place.HEADER:
            headers[field.name] = _joined(value, ",", is_exploded=field.is_exploded)
        elif field.place is Place.BODY:
            body[field.name] = value
        else:
            content = _encode(operation, value)
    if operation.media_type is not None and content is None and body:
        content = _encode(operation, body)
    if content is not None and operation.media_type is not None:
        headers["Content-Type"] = operation.media_type
    return HttpRequest(
        operation.method, f"{path}?{urlencode(query)}" if query else path, headers, content
    )


def _encode(operation: Operation, value: Any) -> bytes:
    if operation.media_type is not None and operation.media_type.lower().startswith(FORM):
        pairs = value.items() if isinstance(value, dict) else [("value", value)]
        fields = [p for name, v in pairs for p in _query_pairs(_form_field(name), v)]
        return urlencode(fields).encode("ascii")
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _form_field(name: str) -> Field:
    return Field(Place.BODY, name, "form", is_exploded=True)


def _path_segment(name: str, field: Field, value: Any) -> str:
    text = _joined(value, ",", is_exploded=field.is_exploded)
    if text in ("", ".", ".."):  # these would name another path
        raise ToolError(f"{name} cannot be {text!r}.")
    return quote(text, safe="")


def _query_pairs(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if field.style == "deepObject":
            yield from ((f"{field.name}[{key}]", _text(part)) for key, part in value.items())
        elif field.is_exploded:
            yield from ((key, _text(part)) for key, part in value.items())
        else:
            yield field.name, _joined(value, ",", is_exploded=False)
    elif isinstance(value, list) and field.is_exploded:
        yield from ((field.name, _text(part)) for part in value)
    else:
        separator = _SEPARATORS.get(field.style, ",")
        yield field.name, _joined(value, separator, is_exploded=False)


def _joined(value: Any, separator: str, *, is_exploded: bool) -> str:
    """A value in one text, in OpenAPI's style *simple*: ``a,b`` for lists, ``k,v`` or ``k=v`` for
    objects.
    """
    if isinstance(value, list):
        return separator.join(_text(part) for part in value)
    if isinstance(value, dict):
        between = "=" if is_exploded else separator
        return separator.join(f"{key}{between}{_text(part)}" for key, part in value.items())
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
