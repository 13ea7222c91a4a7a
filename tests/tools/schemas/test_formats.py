import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import is_plain_json
from edge_router.tools.schemas import read_schemas, read_schemas_file

LEVEL = {"type": "object", "properties": {"level": {"type": "integer"}}, "required": ["level"]}
DIM = Tool("dim", "Dims a lamp.", LEVEL)
FLAT = {
    "type": "function",
    "name": "dim",
    "description": "Dims a lamp.",
    "parameters": LEVEL,
    "strict": True,
}
NESTED = {
    "type": "function",
    "function": {"name": "dim", "description": "Dims a lamp.", "parameters": LEVEL},
}
OF_MCP = {
    "name": "dim",
    "title": "Dimmer",
    "description": "Dims a lamp.",
    "inputSchema": {"$schema": "https://json-schema.org/draft/2020-12/schema", **LEVEL},
    "outputSchema": {"type": "object"},
    "annotations": {"destructiveHint": False},
}
OF_ANTHROPIC = {
    "type": "custom",
    "name": "dim",
    "description": "Dims a lamp.",
    "input_schema": LEVEL,
}


@pytest.mark.parametrize(
    "document",
    [
        FLAT,
        NESTED,
        OF_MCP,
        OF_ANTHROPIC,
        {"name": "dim", "description": "Dims a lamp.", "parameters": LEVEL},
        [FLAT],
        {"model": "m", "messages": [], "tools": [NESTED], "tool_choice": "auto"},
        {"functions": [{"name": "dim", "description": "Dims a lamp.", "parameters": LEVEL}]},
        {"tools": [OF_MCP]},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [OF_MCP]}},
    ],
)
def test_recognises_what_it_is_given(document: Any):
    assert read_schemas(document) == [DIM]


def test_a_tool_may_have_no_description_and_no_schema():
    assert read_schemas([{"name": "tea"}, {"name": "b", "title": "Bell", "parameters": None}]) == [
        Tool("tea", "", None),
        Tool("b", "Bell", None),
    ]


def test_definitions_of_a_schema_are_put_where_they_are_used():
    schema = {
        "type": "object",
        "$defs": {"Room": {"type": "string", "description": "A room.", "examples": ["den"]}},
        "properties": {
            "room": {"$ref": "#/$defs/Room"},
            "other": {"$ref": "#/$defs/Room", "description": "Another room."},
            "$ref": {"enum": [{"$ref": "no reference, but data"}], "example": 3},
        },
    }
    assert read_schemas([{"name": "go", "inputSchema": schema}])[0].parameters == {
        "type": "object",
        "properties": {
            "room": {"type": "string", "description": "A room."},
            "other": {"type": "string", "description": "Another room."},
            "$ref": {"enum": [{"$ref": "no reference, but data"}]},
        },
    }


def test_a_schema_that_holds_itself_is_cut_where_it_begins_anew():
    node = {
        "type": "object",
        "description": "A node.",
        "properties": {
            "next": {"$ref": "#/$defs/Node"},
            "all": {"type": "array", "items": {"$ref": "#"}},
        },
    }
    schema = {
        "type": "object",
        "properties": {"node": {"$ref": "#/$defs/Node"}},
        "$defs": {"Node": node},
    }
    found = read_schemas([{"name": "go", "parameters": schema}])[0].parameters
    inner = {"type": "object", "description": "A node."}
    assert found["properties"]["node"]["properties"]["next"] == inner
    assert found["properties"]["node"]["properties"]["all"] == {
        "type": "array",
        "items": {"type": "object", "properties": {"node": inner}},
    }


def test_the_old_words_for_limits_and_null_are_rewritten():
    properties = {
        "a": {
            "type": "number",
            "minimum": 0,
            "exclusiveMinimum": True,
            "maximum": 1,
            "exclusiveMaximum": False,
        },
        "b": {"type": "string", "nullable": True, "enum": ["x"]},
        "c": {"allOf": [{"type": "string"}], "nullable": True},
        "d": {"type": "string", "nullable": False},
    }
    parameters = {"type": "object", "properties": properties}
    assert read_schemas([{"name": "go", "parameters": parameters}])[0].parameters["properties"] == {
        "a": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "b": {"type": ["string", "null"], "enum": ["x", None]},
        "c": {"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]},
        "d": {"type": "string"},
    }


def chain(length: int) -> dict[str, Any]:
    links: dict[str, Any] = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**links, f"d{length}": {"type": "string"}}}


def bomb(levels: int) -> dict[str, Any]:
    """Ten times more at each level."""
    levels_of = {
        f"d{i}": {"prefixItems": [{"$ref": f"#/$defs/d{i + 1}"}] * 10} for i in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**levels_of, f"d{levels}": {"type": "string"}}}


def long_text() -> dict[str, Any]:
    words = {"type": "string", "description": "x" * 1_000_000}
    return {"allOf": [{"$ref": "#/$defs/w"}] * 2000, "$defs": {"w": words}}


def deep() -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(500):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def everyone_knows_everyone() -> dict[str, Any]:
    people = {
        f"p{i}": {"properties": {f"q{j}": {"$ref": f"#/$defs/p{j}"} for j in range(30)}}
        for i in range(30)
    }
    return {"$ref": "#/$defs/p0", "$defs": people}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (chain(1_000_000), "more than 64 references in a row"),
        (bomb(8), "nested deeper than 24 or larger than 10000 values"),
        (long_text(), "larger than 10000 values"),
        (deep(), "nested deeper than 24"),
        (everyone_knows_everyone(), "larger than 10000 values"),
        (
            {"type": "object", "properties": {f"a{i}": {} for i in range(1_000_000)}},
            "larger than 10000 values",
        ),
        ({"$ref": "#/$defs/none"}, "points with '#/\\$defs/none' to nothing"),
        ({"$ref": "other.json#/a"}, "points outside of the document with 'other.json#/a'"),
        ({"properties": {"a": {"$ref": "http://x.y/z"}}}, "points outside of the document"),
        ([], "needs a schema of type object"),
        (True, "needs a schema of type object"),
        ({"type": "string"}, "needs a schema of type object"),
        ({"properties": {3: {}}}, "quote dates, and keys that are numbers, yes, no, on or off"),
        ({"default": b"x"}, "needs a JSON Schema object"),
    ],
)
def test_a_hostile_schema_is_refused_at_once(schema: Any, problem: str):
    started = time.monotonic()
    with pytest.raises(DataError, match=problem) as caught:
        read_schemas([{"name": "go", "parameters": schema}], file="tools.json")
    assert str(caught.value).startswith("tools.json (go): ")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "describes no tools; give a list"),
        ([], "describes no tools"),
        (None, "describes no tools"),
        ("tools", "describes no tools"),
        ({"tools": {}}, "describes no tools"),
        ({"tools": []}, "describes no tools"),
        ({"error": {"code": -32601}}, "describes no tools"),
        ([3], "has a tool that is no object: 3"),
        ([{}], "without a proper name: None"),
        ([{"name": "a\nb"}], "without a proper name"),
        ([{"name": ""}], "without a proper name"),
        ([{"name": "a", "description": 3}], "as description"),
        ([{"name": "a", "parameters": {}, "inputSchema": {}}], "several schemas for 'a'; keep one"),
        ([FLAT, NESTED], "names the tool 'dim' twice"),
        ([{"type": "web_search"}], "type 'web_search', which only that service can run"),
        ([{"type": "function", "function": "dim"}], "a function that is no object"),
        ({"tools": [OF_MCP], "nextCursor": "2"}, "is one page of several"),
        ([{"name": f"t{i}"} for i in range(20_001)], "more than 20000 tools"),
        ({"swagger": "2.0", "paths": {}}, "has the OpenAPI version None; 3.x is read here"),
    ],
)
def test_what_describes_no_tools_is_named(document: Any, problem: str):
    with pytest.raises(DataError, match=f"^the document.* {problem}|^the document: {problem}"):
        read_schemas(document)


def test_reads_a_file(write):
    assert read_schemas_file(write("tools.json", json.dumps([FLAT]))) == [DIM]
    with pytest.raises(DataError, match=r"^tools.json: describes no tools"):
        read_schemas_file(write("tools.json", "[]"))
    with pytest.raises(DataError, match=r"^tools.json: is larger than 32 MiB; split it"):
        read_schemas_file(write("tools.json", b" " * (33 << 20)))
    with pytest.raises(DataError, match=r"^tools.yaml: is larger than 4 MiB; split it"):
        read_schemas_file(write("tools.yaml", b" " * (5 << 20)))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text("ab#/$", max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "tools",
                    "name",
                    "parameters",
                    "type",
                    "properties",
                    "$ref",
                    "$defs",
                    "openapi",
                    "paths",
                    "/a",
                    "get",
                    "in",
                    "schema",
                    "content",
                    "requestBody",
                    "allOf",
                    "required",
                ]
            ),
            st.one_of(
                inner, st.sampled_from(["object", "#", "#/$defs", "3.1.0", "query", "function"])
            ),
            max_size=4,
        ),
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_document_gives_tools_of_plain_json_or_a_data_error(document: Any):
    try:
        tools = read_schemas(document)
    except DataError:
        return
    assert all(tool.parameters is None or is_plain_json(tool.parameters) for tool in tools)
