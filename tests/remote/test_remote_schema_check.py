"""Arguments against a schema: nothing is passed over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.remote.schema_check import find_violation

FITS = [
    (1, {"type": "integer"}),
    (1.0, {"type": "integer"}),
    (1.5, {"type": "number"}),
    (None, {"type": ["string", "null"]}),
    ({}, {}),
    ({}, True),
    (1, {"enum": [1.0]}),
    ([1], {"const": [1.0]}),
    (5, {"minimum": 5, "maximum": 5}),
    (5, {"exclusiveMinimum": 4, "exclusiveMaximum": 6}),
    (0.3, {"multipleOf": 0.1}),
    ("x", {"minimum": 5, "minItems": 2}),
    ("äöü", {"minLength": 3, "maxLength": 3}),
    ("12:30", {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    ([1, "a", "b"], {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}}),
    ([1, True], {"uniqueItems": True}),
    ({"a": 1}, {"properties": {"a": {"type": "integer"}}, "additionalProperties": False}),
    ({"x_a": 1}, {"patternProperties": {"^x_": True}, "additionalProperties": False}),
    ({"a": 1}, {"propertyNames": {"maxLength": 1}, "minProperties": 1, "maxProperties": 1}),
    ({"a": 1, "b": 2}, {"dependentRequired": {"a": ["b"]}}),
    (1, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
    (1, {"oneOf": [{"type": "string"}, {"type": "integer"}]}),
    (1, {"allOf": [{"minimum": 0}, {"maximum": 2}]}),
    (1, {"not": {"type": "string"}}),
    (1, {"if": {"type": "string"}, "then": False}),
    (1, {"if": {"type": "integer"}, "else": False}),
    ({"a": {"a": {}}}, {"properties": {"a": {"$ref": "#"}}}),
    (1, {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}}),
    (1, {"title": "t", "description": "d", "default": 2, "format": "date", "x-unit": "s"}),
]
BREAKS = [
    (True, {"type": "integer"}),
    (1.5, {"type": "integer"}),
    (True, {"type": "number"}),
    (0, {"type": "boolean"}),
    ({}, {"type": "array"}),
    ({}, False),
    (True, {"enum": [1]}),
    ({"a": True}, {"const": {"a": 1}}),
    (4, {"minimum": 5}),
    (6, {"maximum": 5}),
    (4, {"exclusiveMinimum": 4}),
    (6, {"exclusiveMaximum": 6}),
    (0.35, {"multipleOf": 0.1}),
    ("ab", {"minLength": 3}),
    ("abcd", {"maxLength": 3}),
    ("24:00", {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    (["a"], {"prefixItems": [{"type": "integer"}]}),
    ([1, 2], {"prefixItems": [{"type": "integer"}], "items": False}),
    ([1], {"minItems": 2}),
    ([1, 2], {"maxItems": 1}),
    ([1, 2, 1.0], {"uniqueItems": True}),
    ({}, {"required": ["a"]}),
    ({"b": 1}, {"properties": {"a": {}}, "additionalProperties": False}),
    ({"a": "x"}, {"additionalProperties": {"type": "integer"}}),
    ({"x_a": "x"}, {"patternProperties": {"^x_": {"type": "integer"}}}),
    ({"ab": 1}, {"propertyNames": {"maxLength": 1}}),
    ({}, {"minProperties": 1}),
    ({"a": 1, "b": 1}, {"maxProperties": 1}),
    ({"a": 1}, {"dependentRequired": {"a": ["b"]}}),
    (None, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
    (1, {"oneOf": [{"type": "number"}, {"type": "integer"}]}),
    (3, {"allOf": [{"minimum": 0}, {"maximum": 2}]}),
    ("a", {"not": {"type": "string"}}),
    ("a", {"if": {"type": "string"}, "then": False}),
    (1, {"if": {"type": "string"}, "else": False}),
    ({"a": {"a": 1}}, {"type": "object", "properties": {"a": {"$ref": "#"}}}),
]
# Each level is looked at twice by the one above it: 2 to the 15th steps to a certain "no".
DOUBLING = {
    **{str(i): {"anyOf": [{"$ref": f"#/$defs/{i + 1}"}] * 2} for i in range(15)},
    "15": False,
}
CANNOT_BE_CHECKED = [
    (1, {"$ref": "#/$defs/0", "$defs": DOUBLING}),
    (1, {"not": {"$ref": "#/$defs/0"}, "$defs": DOUBLING}),
    ([1], {"contains": {"type": "integer"}}),
    ({}, {"unevaluatedProperties": False}),
    ({}, {"not": {"not": {"unevaluatedProperties": False}}}),
    (1, {"$ref": "https://example.org/schema"}),
    (1, {"$ref": "#/$defs/absent"}),
    (1, {"$ref": "#"}),
    (1, {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    ("a", {"pattern": "("}),
    ("a", {"pattern": "(a+)+b"}),
    ("a", {"not": {"pattern": "(a|a)*$"}}),
    ("a", {"pattern": "a*a*a*a*b"}),
    ("a" * 500, {"pattern": "a"}),
    (1, {"type": "dict"}),
    (1, {"type": 7}),
    (1, {"minimum": "0"}),
    (1, {"multipleOf": 0}),
    (1, {"enum": 7}),
    ({}, {"required": 7}),
    ({"a": 1}, {"properties": ["a"]}),
    ({"a": 1}, {"properties": {"a": "integer"}}),
    (1, {"anyOf": 7}),
    (1, "integer"),
    (1, None),
]


@pytest.mark.parametrize(("value", "schema"), FITS)
def test_what_fits_fits(value, schema):
    assert find_violation(value, schema) is None


@pytest.mark.parametrize(("value", "schema"), BREAKS)
def test_what_breaks_a_rule_is_named(value, schema):
    assert find_violation(value, schema) is not None


@pytest.mark.parametrize(("value", "schema"), CANNOT_BE_CHECKED)
def test_what_cannot_be_checked_is_no_silent_consent(value, schema):
    assert find_violation(value, schema) is not None


def test_the_place_is_named():
    schema = {"properties": {"rooms": {"items": {"properties": {"level": {"maximum": 100}}}}}}
    value = {"rooms": [{"level": 1}, {"level": 101}]}
    assert find_violation(value, schema) == "arguments.rooms[1].level breaks maximum"
    assert find_violation({}, {"required": ["room"]}) == "arguments lacks room"


def test_a_name_made_up_by_the_model_is_shown_bounded_and_in_ascii():
    violation = find_violation({"é\n" * 500: 1}, {"additionalProperties": False})
    assert violation is not None
    assert violation.isascii()
    assert len(violation) < 300


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
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
        "minLength",
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
SCHEMAS = st.recursive(
    JSON, lambda inner: st.dictionaries(KEYWORDS, inner | st.lists(inner, max_size=2), max_size=4)
)


@settings(deadline=None)
@given(JSON, SCHEMAS)
def test_no_schema_crashes_the_check(value, schema):
    violation = find_violation(value, schema)
    assert violation is None or isinstance(violation, str)
