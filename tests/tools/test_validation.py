from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.errors import DataError
from edge_router.tools.validation import compile_schema


def problem(schema: Any, value: Any) -> str | None:
    found = compile_schema(schema, file="t")(value)
    return None if found is None else str(found)


LAMP = {
    "type": "object",
    "properties": {
        "room": {"type": "string", "minLength": 2, "maxLength": 5},
        "level": {"type": "integer", "minimum": 0, "maximum": 100, "multipleOf": 5},
        "mode": {"enum": ["warm", "cold", 3, None]},
        "at": {"type": "string", "format": "time"},
        "lamps": {"type": "array", "items": {"type": "object", "required": ["id"]}, "maxItems": 2},
        "code": {"pattern": "^[A-Z]{2}$"},
    },
    "required": ["room"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"room": "den"}, None),
        ({"room": "den", "level": 50, "mode": 3, "at": "18:30", "lamps": [{"id": 1}]}, None),
        ({"room": "den", "level": 50.0, "mode": None, "code": "AB"}, None),
        ([], "must be of type object, not []"),
        ({}, "needs room"),
        ({"room": 3}, "room must be of type string, not 3"),
        ({"room": "x"}, "room must have at least 2 characters, not 1"),
        ({"room": "kitchen"}, "room must have at most 5 characters, not 7"),
        ({"room": "den", "level": 120}, "level must be at most 100, not 120"),
        ({"room": "den", "level": -5}, "level must be at least 0, not -5"),
        ({"room": "den", "level": 7}, "level must be a multiple of 5, not 7"),
        ({"room": "den", "level": True}, "level must be of type integer, not true"),
        ({"room": "den", "level": 5.5}, "level must be of type integer, not 5.5"),
        ({"room": "den", "mode": "hot"}, 'mode must be one of "warm", "cold", 3, null, not "hot"'),
        ({"room": "den", "at": "25:00"}, 'at must be a time like 18:30, not "25:00"'),
        ({"room": "den", "lamps": [{"id": 1}, {}]}, "lamps[1] needs id"),
        ({"room": "den", "lamps": [{"id": 1}] * 3}, "lamps must have at most 2 items, not 3"),
        (
            {"room": "den", "code": "ab"},
            'code must match the pattern "^[A-Z]{2}$", and "ab" does not',
        ),
        ({"room": "den", "hue": 3}, "hue is not allowed"),
    ],
)
def test_says_what_is_wrong_and_where(value: Any, said: str | None):
    assert problem(LAMP, value) == said


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        (True, [1, None], []),
        (False, [], [1, None]),
        ({}, [1, "x", {}], []),
        ({"type": ["integer", "null"]}, [1, None, 2.0], [2.5, "x", False]),
        ({"const": 1}, [1, 1.0], [True, "1"]),
        (
            {"const": {"a": [1, None]}},
            [{"a": [1.0, None]}],
            [{"a": [None, 1]}, {"a": [True, None]}],
        ),
        ({"enum": [[], {}, "a"]}, [[], {}, "a"], [None, "b", [1]]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, [0.5, "x"], [0, 1]),
        ({"multipleOf": 0.1}, [0.3, 1, 0.0], [0.35]),
        ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, ["x", 3, None], [2]),
        ({"oneOf": [{"minimum": 3}, {"maximum": 5}]}, [2, 6], [4]),
        ({"allOf": [{"minimum": 3}, {"maximum": 5}]}, [4], [2, 6]),
        ({"not": {"type": "null"}}, [1], [None]),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 0}},
            [{"a": 1, "b": 2}, {}],
            [{"a": 1}, {"c": 1}],
        ),
        ({"prefixItems": [{"type": "string"}], "items": False}, [[], ["a"]], [["a", 1], [1]]),
        (
            {"prefixItems": [{"type": "string"}], "items": {"type": "null"}},
            [["a", None]],
            [["a", 1]],
        ),
        ({"items": [{"type": "string"}]}, [["a", 1]], [[1]]),
        ({"uniqueItems": True}, [[1, True, "1"], [[1], [2]]], [[1, 1.0], [{"a": 1}, {"a": 1}]]),
        ({"contains": {"type": "null"}, "maxContains": 2}, [[None, 1]], [[1], [], [None] * 3]),
        ({"patternProperties": {"^x": {"type": "null"}}}, [{"x1": None, "y": 1}], [{"x": 1}]),
        (
            {
                "properties": {"a": {}},
                "patternProperties": {"^x": {}},
                "additionalProperties": False,
            },
            [{"a": 1, "xy": 2}],
            [{"b": 1}],
        ),
        ({"propertyNames": {"maxLength": 2}}, [{"ab": 1}], [{"abc": 1}]),
        ({"dependentRequired": {"a": ["b"]}}, [{}, {"a": 1, "b": 1}], [{"a": 1}]),
        (
            {"dependentSchemas": {"a": {"required": ["b"]}}},
            [{"c": 1}, {"a": 1, "b": 1}],
            [{"a": 1}],
        ),
        ({"minProperties": 1, "maxProperties": 2}, [{"a": 1}], [{}, {"a": 1, "b": 1, "c": 1}]),
        ({"minItems": 1}, [[1], "x"], [[]]),
        (
            {"format": "date"},
            ["2024-02-29", 3],
            ["2023-02-29", "20240229", "2024-2-9", "2024-02-29T"],
        ),
        (
            {"format": "time"},
            ["18:30", "18:30:15", "18:30:15.5Z", "18:30+02:00"],
            ["6pm", "18", "24:00"],
        ),
        (
            {"format": "date-time"},
            ["2026-03-31T18:30", "2026-03-31T18:30:00Z", "2026-03-31 18:30"],
            ["2026-03-31", "18:30", "2026-02-31T18:30", "2026-03-31x18:30", ""],
        ),
        ({"format": "duration"}, ["PT5M", "P1M"], ["5 minutes", "P"]),
        ({"format": "email", "title": "x", "x-synonyms": 3}, ["not checked"], []),
    ],
)
def test_accepts_what_is_right_and_nothing_else(schema: Any, right: list[Any], wrong: list[Any]):
    assert [value for value in right if problem(schema, value) is not None] == []
    assert [value for value in wrong if problem(schema, value) is None] == []


def test_of_alternatives_the_closest_is_named():
    choice = {"anyOf": [{"type": "integer", "maximum": 5}, {"type": "null"}]}
    assert problem(choice, 9) == "must be at most 5, not 9"
    assert (
        problem(choice, "x") == 'must be of type integer, not "x" or must be of type null, not "x"'
    )
    assert problem({"oneOf": [True, True]}, 1) == "fits more than one of what is allowed"


def test_a_long_value_is_shown_cut():
    assert problem({"type": "null"}, "x" * 100) == f'must be of type null, not "{"x" * 58}…'


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (3, "needs a JSON Schema"),
        ({"type": "int"}, 'type "int" is none of null, boolean, integer'),
        ({"type": []}, "is none of null"),
        ({"properties": {"a": {"type": 3}}}, "type 3 is none of"),
        ({"properties": []}, "properties must be an object of schemas"),
        ({"properties": {"a": 3}}, "part 3 is no schema"),
        ({"anyOf": []}, "anyOf must be a list of schemas"),
        ({"enum": "a"}, "enum must be a list"),
        ({"minimum": "3"}, "minimum must be a number"),
        ({"exclusiveMinimum": True}, "exclusiveMinimum must be a number"),
        ({"maxLength": 1.5}, "maxLength must be a whole number"),
        ({"maxLength": -1}, "maxLength must be a whole number"),
        ({"multipleOf": 0}, "multipleOf must be a number above 0"),
        ({"required": True}, "required must be a list of names"),
        ({"pattern": "(a"}, r'pattern "\(a" has a .* that is not closed; correct it'),
        ({"pattern": r"(a)\1"}, "refers back to a group, which is not done here"),
        ({"format": 3}, "format must be a text"),
        ({"uniqueItems": 1}, "uniqueItems must be true or false"),
        ({"dependentRequired": []}, "dependentRequired must be"),
        ({"contains": {}, "minContains": "1"}, "must be whole numbers"),
        ({"$ref": "#/$defs/a"}, r"keyword '\$ref' is not checked here"),
        ({"unevaluatedProperties": False}, "'unevaluatedProperties' is not checked here"),
        ({"default": float("nan")}, "needs a JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused_when_it_is_compiled(schema: Any, said: str):
    with pytest.raises(DataError, match=said):
        compile_schema(schema, file="t")


NAMES = st.sampled_from(["a", "b", "ab"])
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 9),
        st.sampled_from([0.5, 2.0, -1.5]),
        st.text("ab1", max_size=4),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
SMALL = st.integers(0, 4)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(
                st.sampled_from(TYPES),
                st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
            ),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "minimum": SMALL,
            "exclusiveMaximum": SMALL,
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": SMALL,
            "maxLength": SMALL,
            "pattern": st.sampled_from(["^a", "b$", "[ab]{2}", "1+"]),
            "minItems": SMALL,
            "maxItems": SMALL,
            "uniqueItems": st.booleans(),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "maxProperties": SMALL,
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "patternProperties": st.dictionaries(st.just("b$"), inner, max_size=1),
            "additionalProperties": inner,
            "propertyNames": inner,
            "prefixItems": several,
            "items": inner,
            "contains": inner,
            "anyOf": several,
            "oneOf": several,
            "allOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


SCHEMAS = st.recursive(st.booleans(), keywords, max_leaves=5)


@given(SCHEMAS, VALUES)
def test_agrees_with_an_independent_validator(schema: Any, value: Any):
    oracle = pytest.importorskip("jsonschema_rs", reason="the independent validator is not here")
    expected = oracle.Draft202012Validator(schema).is_valid(value)
    assert (problem(schema, value) is None) == expected
