"""JSON Schemas with every ``$ref`` replaced by what it points to, within bounds.

A reference may multiply what it points to, and may point at itself: the depth, the values and the
text of what comes out are counted while it is made. A schema that holds itself is cut where it
begins anew, down to its type and description.
"""

from __future__ import annotations

from datetime import date
from reprlib import repr as show
from typing import Any
from urllib.parse import unquote

from edge_router.errors import DataError
from edge_router.tools.definition import MAX_DEPTH, MAX_VALUES

JsonObject = dict[str, Any]

MAX_HOPS = 64
"""References that may stand inside, or point to, one another."""
MAX_DOCUMENT_VALUES = 500_000
"""Values that all the schemas of one document may have together."""

_CHARS_A_VALUE = 100  # a long text counts as several values: references multiply text, too
# Keywords whose value is data or a remark: copied as it stands, and a "$ref" in it means nothing.
_SCHEMA_KEYS = {
    "items",
    "additionalProperties",
    "additionalItems",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
}
_LIST_KEYS = {"allOf", "anyOf", "oneOf", "prefixItems", "items"}
_MAP_KEYS = {"properties", "patternProperties", "dependentSchemas"}
# Nothing that asserts: definitions are where references point to, the others are for people.
_LEFT_OUT = {
    "$defs",
    "definitions",
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "xml",
}
_KEPT_WHEN_CUT = ("type", "title", "description")


def resolve(value: Any, *, document: Any, file: str) -> Any:
    """What ``value`` is, or points to by ``{"$ref": "#/..."}``; raises DataError where that is
    nowhere in ``document``, outside of it, or a circle.
    """
    for _ in range(MAX_HOPS):
        if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
            return value
        value = _look_up(value["$ref"], document, file)
    raise DataError(f"has references that point to {MAX_HOPS} others in a row", file=file)


class Inliner:
    """Makes schemas of one document free of references; counts what all of them have together."""

    def __init__(self, document: Any) -> None:
        """``document`` is what ``#`` stands for."""
        self._document = document
        self._left = MAX_DOCUMENT_VALUES

    def inline(self, schema: Any, *, file: str) -> Any:
        """``schema`` without references; raises DataError naming ``file`` where it is too deep or
        large.
        """
        if self._left <= 0:
            raise DataError(
                f"has more than {MAX_DOCUMENT_VALUES} values in its schemas up to here; split it",
                file=file,
            )
        work = _Work(self._document, file, MAX_VALUES)
        inlined = work.schema(schema, 0, ())
        self._left -= MAX_VALUES - work.left
        return inlined


class _Work:
    """The inlining of one schema."""

    def __init__(self, document: Any, file: str, left: int) -> None:
        self.document = document
        self.file = file
        self.left = left

    def schema(self, value: Any, depth: int, inside: tuple[str, ...]) -> Any:
        """``inside`` holds the references that were followed to get here."""
        self.count(value, depth)
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            return self.reference(value, depth, inside)
        inlined: JsonObject = {}
        for key, part in value.items():
            if key not in _LEFT_OUT:
                self.count(key, depth)
                inlined[key] = self.keyword(key, part, depth + 1, inside)
        return _modernize(inlined)

    def reference(self, value: JsonObject, depth: int, inside: tuple[str, ...]) -> Any:
        """The schema pointed to, with the words that stand beside the reference."""
        pointer = value["$ref"]
        if len(inside) >= MAX_HOPS:
            raise DataError(f"has more than {MAX_HOPS} references in a row", file=self.file)
        target = _look_up(pointer, self.document, self.file)
        if pointer in inside:
            kept = target if isinstance(target, dict) else {}
            target = {key: kept[key] for key in _KEPT_WHEN_CUT if key in kept}
        beside = {key: part for key, part in value.items() if key != "$ref"}
        inlined = self.schema(target, depth, (*inside, pointer))
        if not beside or not isinstance(inlined, dict):
            return inlined
        return inlined | self.schema(beside, depth, inside)

    def keyword(self, key: str, part: Any, depth: int, inside: tuple[str, ...]) -> Any:
        """The value of one keyword."""
        if key in _MAP_KEYS and isinstance(part, dict):
            self.count(part, depth)
            for name in part:
                self.count(name, depth)
            return {name: self.schema(value, depth + 1, inside) for name, value in part.items()}
        if key in _LIST_KEYS and isinstance(part, list):
            self.count(part, depth)
            return [self.schema(value, depth + 1, inside) for value in part]
        if key in _SCHEMA_KEYS:
            return self.schema(part, depth, inside)
        return self.data(part, depth)

    def data(self, value: Any, depth: int) -> Any:
        """A copy; YAML's dates become the texts that were written."""
        self.count(value, depth)
        if isinstance(value, dict):
            return {key: self.data(part, depth + 1) for key, part in value.items()}
        if isinstance(value, list):
            return [self.data(part, depth + 1) for part in value]
        return value.isoformat() if isinstance(value, date) else value

    def count(self, value: Any, depth: int) -> None:
        """One value more."""
        self.left -= 1 + (len(value) // _CHARS_A_VALUE if isinstance(value, str) else 0)
        if depth > MAX_DEPTH or self.left < 0:
            raise DataError(
                f"has parameters nested deeper than {MAX_DEPTH} or larger than {MAX_VALUES} "
                "values; leave the tool out, or simplify its schema",
                file=self.file,
            )


def _modernize(schema: JsonObject) -> JsonObject:
    """OpenAPI 3.0's own words in JSON Schema's: ``nullable``, and limits that are excluded by a
    flag.
    """
    for limit, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(excluded), bool) and schema.pop(excluded) and limit in schema:
            schema[excluded] = schema.pop(limit)
    if schema.pop("nullable", False) is not True:
        return schema
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]} if schema else {}
    schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _look_up(pointer: str, document: Any, file: str) -> Any:
    """The value at ``#/a/b`` (RFC 6901)."""
    if pointer != "#" and not pointer.startswith("#/"):
        raise DataError(
            f"points outside of the document with {show(pointer)}; copy what it means into it",
            file=file,
        )
    value = document
    for part in pointer.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise DataError(f"points with {show(pointer)} to nothing; correct it", file=file)
    return value
