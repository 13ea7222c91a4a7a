"""A Python annotation as JSON has it: the JSON Schema of its values, and the way back from a JSON
value to Python's.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from inspect import Parameter
from typing import Annotated, Any, Literal

from edge_router.errors import DataError
from edge_router.tools.duration import parse_duration
from edge_router.tools.schemas.record import Fields, read_fields
from edge_router.tools.validation import Check, compile_schema

JsonObject = dict[str, Any]
Load = Callable[[Any], Any]

# Each level is two in JSON, the schema and its map of properties: half of what a schema may have.
_MAX_LEVELS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class JsonType:
    """What JSON knows of an annotation."""

    schema: JsonObject
    """The JSON Schema (2020-12) of its values."""
    load: Load | None = None
    """From a valid JSON value to Python's; ``None``: they are the same. Raises ValueError where
    Python has no such value.
    """


def read_annotation(annotation: Any, *, where: str) -> JsonType:
    """The JSON type of an annotation; anything at all where there is none.

    ``Annotated[int, "in percent", {"maximum": 100}]`` adds a description and keywords. Raises
    DataError naming ``where`` for a type that JSON has no word for.
    """
    return _read(annotation, _Place(where))


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    where: str
    level: int = 0

    def below(self, name: str = "") -> _Place:
        """One level deeper; a class that holds itself is found by it."""
        if self.level >= _MAX_LEVELS:
            raise DataError("is too deep, or holds itself; use a flatter type", file=self.where)
        return _Place(f"{self.where}.{name}" if name else self.where, self.level + 1)


def _read(annotation: Any, place: _Place) -> JsonType:
    annotation = _bare(annotation)
    if annotation is Any or annotation is object or annotation is Parameter.empty:
        return JsonType({})
    if isinstance(annotation, type) and annotation in _PLAIN:
        plain = _PLAIN[annotation]
        return JsonType(dict(plain.schema), plain.load)
    for read in _READERS:
        found = read(annotation, place)
        if found is not None:
            return found
    raise DataError(
        f"has the type {annotation!r}, which JSON has no word for; annotate it with int, float, "
        "str, bool, Literal, an Enum, list, dict, a dataclass, or a date or time",
        file=place.where,
    )


def _bare(annotation: Any) -> Any:
    """What an alias, a NewType or a key of a TypedDict stands for."""
    for _ in range(_MAX_LEVELS):
        if typing.get_origin(annotation) in (typing.Required, typing.NotRequired):
            annotation = typing.get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # Python 3.12 and newer
            annotation = annotation.__value__
    return annotation


def _read_annotated(annotation: Any, place: _Place) -> JsonType | None:
    if typing.get_origin(annotation) is not Annotated:
        return None
    inner, *remarks = typing.get_args(annotation)
    found = _read(inner, place)
    schema = found.schema
    for remark in remarks:
        if isinstance(remark, str):
            schema = schema | {"description": remark}
        elif isinstance(remark, dict):
            schema = schema | remark
    return JsonType(schema, found.load)


def _read_choices(annotation: Any, _: _Place) -> JsonType | None:
    if typing.get_origin(annotation) is Literal:
        choices = {_plain(choice): choice for choice in typing.get_args(annotation)}
    elif isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        choices = {_plain(choice): choice for choice in annotation}
    else:
        return None
    if not choices or not all(v is None or isinstance(v, str | int | float) for v in choices):
        return None
    kinds = {next(name for kind, name in _JSON_TYPES if isinstance(v, kind)) for v in choices}
    schema = {"type": kinds.pop()} if len(kinds) == 1 else {}
    is_same = all(value is choice for value, choice in choices.items())
    return JsonType(schema | {"enum": list(choices)}, None if is_same else choices.__getitem__)


def _plain(choice: Any) -> Any:
    return choice.value if isinstance(choice, enum.Enum) else choice


def _read_union(annotation: Any, place: _Place) -> JsonType | None:
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return None
    parts = [_read(part, place.below()) for part in typing.get_args(annotation)]
    schema = {"anyOf": [part.schema for part in parts]}
    if all(part.load is None for part in parts):
        return JsonType(schema)
    ways = [(compile_schema(part.schema, file=place.where), part.load) for part in parts]
    return JsonType(schema, partial(_load_union, ways))


def _read_list(annotation: Any, place: _Place) -> JsonType | None:
    kind = typing.get_origin(annotation) or annotation
    if not isinstance(kind, type) or kind not in _LISTS:
        return None
    parts = typing.get_args(annotation)
    if kind is tuple and parts and parts[-1] is not Ellipsis:
        return _read_tuple(parts, place)
    schema: JsonObject = {"type": "array"}
    load = None
    if parts:
        item = _read(parts[0], place.below())
        schema["items"] = item.schema
        load = item.load
    if kind in _SETS:
        schema["uniqueItems"] = True
    make = _LISTS[kind]
    return JsonType(
        schema, None if load is None and make is list else partial(_load_list, make, load)
    )


def _read_tuple(parts: tuple[Any, ...], place: _Place) -> JsonType:
    items = [_read(part, place.below()) for part in parts]
    schema = {
        "type": "array",
        "prefixItems": [item.schema for item in items],
        "items": False,
        "minItems": len(items),
    }
    return JsonType(schema, partial(_load_tuple, [item.load for item in items]))


def _read_mapping(annotation: Any, place: _Place) -> JsonType | None:
    kind = typing.get_origin(annotation) or annotation
    if not isinstance(kind, type) or kind not in _MAPPINGS:
        return None
    parts = typing.get_args(annotation)
    if not parts:
        return JsonType({"type": "object"})
    if _bare(parts[0]) is not str:
        raise DataError("has keys that are no str; JSON's keys are texts", file=place.where)
    value = _read(parts[1], place.below())
    schema = {"type": "object", "additionalProperties": value.schema}
    return JsonType(schema, value.load and partial(_load_mapping, value.load))


def _read_record(annotation: Any, place: _Place) -> JsonType | None:
    fields = read_fields(annotation, place.where)
    if fields is None:
        return None
    types_of = {name: _read(hint, place.below(name)) for name, hint in fields.hints.items()}
    loads = {name: part.load for name, part in types_of.items() if part.load}
    make = dict if typing.is_typeddict(annotation) else annotation
    return JsonType(
        describe_fields(fields, {name: part.schema for name, part in types_of.items()}),
        None if make is dict and not loads else partial(load_record, make, loads),
    )


def describe_fields(fields: Fields, schemas: dict[str, JsonObject]) -> JsonObject:
    """The schema of an object whose fields have these schemas; an annotation's own description goes
    before the docstring's.
    """
    described = {
        name: ({"description": fields.sentences[name]} if name in fields.sentences else {}) | schema
        for name, schema in schemas.items()
    }
    return {
        "type": "object",
        "properties": described,
        "required": list(fields.required),
        "additionalProperties": False,
    }


def load_record(make: Callable[..., Any], loads: dict[str, Load], value: JsonObject) -> Any:
    """``make`` of the named values, each by its own way back."""
    return make(**{n: loads[n](part) if n in loads else part for n, part in value.items()})


def _load_union(ways: list[tuple[Check, Load | None]], value: Any) -> Any:
    for check, load in ways:
        if check(value) is None:
            return value if load is None else load(value)
    raise ValueError("fits none of its types")


def _load_list(make: Callable[[list[Any]], Any], load: Load | None, value: list[Any]) -> Any:
    return make(value if load is None else [load(part) for part in value])


def _load_tuple(loads: list[Load | None], value: list[Any]) -> tuple[Any, ...]:
    return tuple(
        [part if load is None else load(part) for load, part in zip(loads, value, strict=True)]
    )


def _load_mapping(load: Load, value: JsonObject) -> JsonObject:
    return {name: load(part) for name, part in value.items()}


def _load_decimal(value: float) -> Decimal:
    return Decimal(repr(value))  # as it is written: 0.1, not the binary fraction beside it


_PLAIN: dict[Any, JsonType] = {
    str: JsonType({"type": "string"}),
    bool: JsonType({"type": "boolean"}),
    int: JsonType({"type": "integer"}, int),
    float: JsonType({"type": "number"}, float),
    Decimal: JsonType({"type": "number"}, _load_decimal),
    type(None): JsonType({"type": "null"}),
    datetime: JsonType({"type": "string", "format": "date-time"}, datetime.fromisoformat),
    date: JsonType({"type": "string", "format": "date"}, date.fromisoformat),
    time: JsonType({"type": "string", "format": "time"}, time.fromisoformat),
    timedelta: JsonType({"type": "string", "format": "duration"}, parse_duration),
}
_LISTS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    Sequence: list,
    Iterable: list,
    Collection: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    AbstractSet: frozenset,
}
_SETS = {set, frozenset, AbstractSet}
_MAPPINGS = {dict, Mapping, MutableMapping}
_JSON_TYPES = (
    (bool, "boolean"),
    (int, "integer"),
    (str, "string"),
    (float, "number"),
    (type(None), "null"),
)
_READERS: tuple[Callable[[Any, _Place], JsonType | None], ...] = (
    _read_annotated,
    _read_choices,
    _read_union,
    _read_list,
    _read_mapping,
    _read_record,
)
