from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict

import pytest

from edge_router.errors import DataError
from edge_router.tools.schemas import read_function
from edge_router.tools.validation import compile_schema


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Spot:
    """A place on the map.

    Attributes:
        east: Kilometres to the right.
    """

    east: float
    north: float = 0.0
    found: bool = dataclasses.field(default=False, init=False)


class Visit(TypedDict):
    day: date
    spot: NotRequired[Spot]


@dataclasses.dataclass
class Tree:
    children: list[Tree]


Room = NewType("Room", str)


def typed(annotation: Any, default: Any = ...) -> Callable[..., Any]:
    def call(x):
        return x

    call.__annotations__ = {"x": annotation}
    if default is not ...:
        call.__defaults__ = (default,)
    return call


def dim(room: str, level: int = 50, *, soft: bool | None = None) -> None:
    """Dims a lamp.

    Args:
        room: Where it stands.
        level: Percent.
    """


def test_a_function_with_a_signature_and_a_docstring_is_a_tool():
    tool = read_function(dim).tool
    assert tool.name == "dim"
    assert tool.description == "Dims a lamp."
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "room": {"type": "string", "description": "Where it stands."},
            "level": {"type": "integer", "description": "Percent.", "default": 50},
            "soft": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        },
        "required": ["room"],
        "additionalProperties": False,
    }
    assert list(tool.parameters["properties"]) == ["room", "level", "soft"]


SPOT = {
    "type": "object",
    "properties": {
        "east": {"type": "number", "description": "Kilometres to the right."},
        "north": {"type": "number"},
    },
    "required": ["east"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("annotation", "schema", "value", "loaded"),
    [
        (str, {"type": "string"}, "a", "a"),
        (int, {"type": "integer"}, 3.0, 3),
        (float, {"type": "number"}, 3, 3.0),
        (bool, {"type": "boolean"}, True, True),
        (None, {"type": "null"}, None, None),
        (Any, {}, [1], [1]),
        (Room, {"type": "string"}, "den", "den"),
        (Decimal, {"type": "number"}, 0.1, Decimal("0.1")),
        (
            datetime,
            {"type": "string", "format": "date-time"},
            "2026-03-31T18:30",
            datetime(2026, 3, 31, 18, 30),
        ),
        (date, {"type": "string", "format": "date"}, "2026-03-31", date(2026, 3, 31)),
        (time, {"type": "string", "format": "time"}, "18:30", time(18, 30)),
        (timedelta, {"type": "string", "format": "duration"}, "PT5M", timedelta(minutes=5)),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}, "a", "a"),
        (Literal[1, "b", None], {"enum": [1, "b", None]}, None, None),
        (Color, {"type": "string", "enum": ["red", "blue"]}, "red", Color.RED),
        (Level, {"type": "integer", "enum": [1, 2]}, 2, Level.HIGH),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}, None, None),
        (
            date | Literal["today"],
            {
                "anyOf": [
                    {"type": "string", "format": "date"},
                    {"type": "string", "enum": ["today"]},
                ]
            },
            "today",
            "today",
        ),
        (list, {"type": "array"}, [1], [1]),
        (
            list[date],
            {"type": "array", "items": {"type": "string", "format": "date"}},
            ["2026-03-31"],
            [date(2026, 3, 31)],
        ),
        (
            set[int],
            {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
            [1, 2],
            {1, 2},
        ),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}, [1, 2], (1, 2)),
        (
            tuple[int, str],
            {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
                "items": False,
                "minItems": 2,
            },
            [1, "a"],
            (1, "a"),
        ),
        (dict, {"type": "object"}, {"a": 1}, {"a": 1}),
        (
            dict[str, Color],
            {"type": "object", "additionalProperties": {"type": "string", "enum": ["red", "blue"]}},
            {"a": "red"},
            {"a": Color.RED},
        ),
        (Spot, SPOT, {"east": 3}, Spot(3.0)),
        (
            Visit,
            {
                "type": "object",
                "properties": {"day": {"type": "string", "format": "date"}, "spot": SPOT},
                "required": ["day"],
                "additionalProperties": False,
            },
            {"day": "2026-03-31", "spot": {"east": 1.5}},
            {"day": date(2026, 3, 31), "spot": Spot(1.5)},
        ),
        (
            Annotated[int, "Percent.", {"minimum": 0, "maximum": 100}],
            {"type": "integer", "description": "Percent.", "minimum": 0, "maximum": 100},
            50,
            50,
        ),
    ],
)
def test_an_annotation_has_a_schema_and_a_way_back(
    annotation: Any, schema: Any, value: Any, loaded: Any
):
    function = read_function(typed(annotation))
    found = function.tool.parameters["properties"]["x"]
    assert found == schema
    assert compile_schema(found, file="t")(value) is None
    load = function.loads.get("x", lambda same: same)
    assert load(value) == loaded
    assert type(load(value)) is type(loaded)


@pytest.mark.parametrize(
    ("annotation", "default", "written"),
    [
        (Color, Color.RED, "red"),
        (date, date(2026, 3, 31), "2026-03-31"),
        (timedelta, timedelta(minutes=5), "PT5M"),
        (Spot, Spot(1.0), {"east": 1.0, "north": 0.0, "found": False}),
        (tuple[int, ...], (1, 2), [1, 2]),
    ],
)
def test_a_default_is_written_as_json(annotation: Any, default: Any, written: Any):
    parameters = read_function(typed(annotation, default)).tool.parameters
    assert parameters["properties"]["x"]["default"] == written
    assert parameters["required"] == []


def test_none_as_a_default_is_no_word_of_the_schema():
    parameters = read_function(typed(int | None, None)).tool.parameters
    assert "default" not in parameters["properties"]["x"]
    assert parameters["required"] == []


class Lamp:
    def dim(self, level: int) -> None:
        """Dims this lamp."""

    def __call__(self, level: int) -> None:
        """Dims it, too."""


def test_methods_partials_and_callable_objects_are_tools():
    assert read_function(Lamp().dim).tool.parameters["required"] == ["level"]
    part = read_function(partial(dim, level=3)).tool
    assert (part.name, part.parameters["required"]) == ("dim", ["room"])
    called = read_function(Lamp(), name="lamp").tool
    assert (called.name, called.parameters["required"]) == ("lamp", ["level"])


def takes_anything(*rest: int) -> None: ...


def takes_by_position(x: int, /) -> None: ...


def names_nothing_known(x: Unknown) -> None: ...  # noqa: F821 - that is what is tested


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (lambda x: x, "has no name; give one with name="),
        (Lamp(), "has no name"),
        (takes_anything, "takes 'rest', which cannot be given by name"),
        (takes_by_position, "takes 'x', which cannot be given by name"),
        (names_nothing_known, "cannot be read .*'Unknown'"),
        (
            typed(bytes),
            "the function call: x: has the type <class 'bytes'>, which JSON has no word for",
        ),
        (typed(list[complex]), "has the type <class 'complex'>"),
        (typed(dict[int, str]), "has keys that are no str"),
        (typed(Tree), "holds itself; use a flatter type"),
        (typed(int, object()), "has a default that JSON cannot say"),
        (typed(Annotated[int, {"minimum": object()}]), "needs a JSON Schema object"),
    ],
)
def test_what_cannot_be_described_is_named(function: Any, problem: str):
    with pytest.raises(DataError, match=problem):
        read_function(function)
