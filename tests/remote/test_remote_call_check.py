"""A model's arguments against a tool's schema: nothing is passed over, and no value is shown.

``tests/tools/test_validation.py`` holds what fits a schema and what does not.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.errors import RemoteMalformedError
from edge_router.remote.call_check import find_misfit, find_missing
from edge_router.remote.completion import Call
from edge_router.remote.menu import make_menus
from edge_router.tool import Tool

DIM = {
    "type": "object",
    "properties": {"level": {"type": "integer", "maximum": 100}, "room": {"$ref": "#/$defs/room"}},
    "required": ["level", "room"],
    "additionalProperties": False,
    "$defs": {"room": {"enum": ["den", "hall"]}},
}


@pytest.mark.parametrize(
    ("arguments", "misfit"),
    [
        ({"level": 40, "room": "den"}, None),
        ({"level": 40}, None),
        ({}, None),
        ({"level": 120, "room": "den"}, "see 'level'"),
        ({"level": "40"}, "see 'level'"),
        ({"room": "cellar"}, "see 'room'"),
        ({"level": 40, "é": 1}, "see '\\xe9'"),
        ({"level": 40, "x" * 500: 1}, f"see '{'x' * 50}'"),
        ({"level": 40, "room": [[]] * 20_000}, "they are too deep or large"),
    ],
)
def test_where_arguments_do_not_fit_is_named_and_what_they_are_is_not(arguments, misfit):
    assert find_misfit(arguments, DIM) == misfit


def test_what_is_left_out_is_found_apart():
    assert find_missing({}, DIM) == ("level", "room")
    assert find_missing({"room": "den"}, DIM) == ("level",)
    assert find_missing({"level": 1, "room": "den"}, DIM) == ()
    assert find_missing({}, None) == ()


def test_only_the_whole_can_be_asked_for_and_not_a_part_of_a_value():
    schema = {"properties": {"at": {"type": "object", "required": ["hour"]}}, "required": ["at"]}
    assert find_misfit({}, schema) is None
    assert find_misfit({"at": {}}, schema) == "see 'at'"
    assert find_misfit({}, {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}) == "as a whole"


def test_a_menu_tells_what_a_call_leaves_out():
    _, full = make_menus([Tool("lights.dim", "", DIM)], [])
    assert full.read_call(Call("lights_dim", {"level": 3})) == Call(
        "lights.dim", {"level": 3}, ("room",)
    )
    with pytest.raises(RemoteMalformedError, match=r"lights\.dim.*\(see 'level'\)") as raised:
        full.read_call(Call("lights_dim", {"level": "my secret"}))
    assert "secret" not in str(raised.value)


DOUBLING = {
    **{str(i): {"anyOf": [{"$ref": f"#/$defs/{i + 1}"}] * 2} for i in range(15)},
    "15": False,
}


@pytest.mark.parametrize(
    "schema",
    [
        {"unevaluatedProperties": False},
        {"not": {"not": {"unevaluatedProperties": False}}},
        {"$ref": "#/$defs/0", "$defs": DOUBLING},
        {"not": {"$ref": "#/$defs/0"}, "$defs": DOUBLING},
        {"$ref": "https://example.org/schema"},
        {"$ref": "#/$defs/absent"},
        {"properties": {"a": {"pattern": r"(a)\1"}}},
        {"type": "dict"},
        {"minimum": "0"},
        {"required": 7},
        {"properties": ["a"]},
        {"anyOf": 7},
    ],
)
def test_what_cannot_be_checked_is_no_silent_consent(schema):
    assert find_misfit({"a": "aa"}, schema) is not None


def test_a_schema_that_holds_itself_is_checked_as_deep_as_it_is_written():
    nested = {"type": "object", "properties": {"a": {"$ref": "#"}}}
    assert find_misfit({"a": {"a": {}}}, nested) is None
    assert find_misfit({"a": {"a": 1}}, nested) == "see 'a.a'"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYWORDS = st.sampled_from(
    [
        "type",
        "enum",
        "const",
        "minimum",
        "multipleOf",
        "pattern",
        "items",
        "prefixItems",
        "uniqueItems",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "patternProperties",
        "dependentRequired",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "if",
        "then",
        "else",
        "$ref",
        "$defs",
    ]
)
SCHEMAS = st.dictionaries(
    KEYWORDS,
    st.recursive(
        JSON,
        lambda inner: st.dictionaries(KEYWORDS, inner | st.lists(inner, max_size=2), max_size=4),
    ),
    max_size=4,
)


@given(st.dictionaries(st.text(max_size=2), JSON, max_size=3), SCHEMAS)
def test_no_schema_crashes_the_check(arguments, schema):
    misfit = find_misfit(arguments, schema)
    assert misfit is None or (misfit.isascii() and len(misfit) <= 300)
