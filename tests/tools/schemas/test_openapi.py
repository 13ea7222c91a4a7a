from pathlib import Path
from typing import Any

import pytest

from edge_router.errors import DataError
from edge_router.tools.document import read_document
from edge_router.tools.schemas import Operation, read_openapi, read_schemas
from edge_router.tools.schemas.openapi_request import Field, Place

PATH = Path(__file__).parent / "greenhouse.yaml"
UNIT = {"type": "string", "enum": ["cm", "inch"], "default": "cm"}


@pytest.fixture(scope="module")
def operations() -> dict[str, Operation]:
    pytest.importorskip("yaml", reason="the document is written in YAML")
    found = read_openapi(read_document(PATH), file="greenhouse.yaml")
    return {operation.tool.name: operation for operation in found}


def test_each_operation_is_a_tool_and_what_cannot_be_sent_is_left_out(operations):
    assert list(operations) == [
        "listBeds",
        "addBed",
        "get_beds_id",
        "put_beds_id",
        "dropPhoto",
        "get_beds_id_2",
        "water",
        "batch",
    ]
    assert [(o.method, o.path) for o in operations.values()][:2] == [
        ("GET", "/beds"),
        ("POST", "/beds"),
    ]
    assert read_schemas(read_document(PATH)) == [o.tool for o in operations.values()]


def test_parameters_of_path_and_operation_are_one_schema(operations):
    listing = operations["listBeds"]
    assert listing.tool.description == "List the beds\n\nBeds that are in use, newest first."
    assert listing.tool.parameters == {
        "type": "object",
        "properties": {
            "unit": UNIT,
            "limit": {"description": "How many at most", "type": "integer", "maximum": 100},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": [],
        "additionalProperties": False,
    }
    assert listing.fields == {
        "unit": Field(Place.QUERY, "unit", "form", is_exploded=True),
        "limit": Field(Place.QUERY, "limit", "form", is_exploded=True),
        "tags": Field(Place.QUERY, "tags", "form", is_exploded=False),
    }
    assert listing.media_type is None


def test_the_properties_of_a_body_stand_beside_the_parameters(operations):
    adding = operations["addBed"]
    assert adding.tool.parameters == {
        "type": "object",
        "properties": {
            "unit": UNIT,
            "label": {"type": ["string", "null"]},
            "crop": {"type": "string"},
            "neighbour": {},
        },
        "required": ["crop"],
        "additionalProperties": False,
    }
    assert adding.fields["crop"] == Field(Place.BODY, "crop")
    assert adding.media_type == "application/json"


def test_an_optional_body_requires_nothing_and_a_taken_name_gets_its_place(operations):
    changing = operations["put_beds_id"]
    assert changing.tool.parameters["required"] == ["id"]
    assert changing.fields == {
        "id": Field(Place.PATH, "id", "simple"),
        "body_id": Field(Place.BODY, "id"),
        "crop": Field(Place.BODY, "crop"),
    }
    assert changing.media_type == "application/merge-patch+json; charset=utf-8"


def test_a_form_is_a_body_and_old_limits_are_rewritten(operations):
    water = operations["water"]
    assert water.tool.parameters["properties"] == {
        "litres": {"type": "number", "exclusiveMinimum": 0},
        "day": {"type": "string", "format": "date"},
    }
    assert water.media_type == "application/x-www-form-urlencoded"


def test_a_body_that_is_no_record_is_one_argument(operations):
    batch = operations["batch"]
    assert batch.fields == {"body": Field(Place.WHOLE_BODY, "body")}
    assert batch.tool.parameters["properties"]["body"]["description"] == "Beds to add."
    assert batch.tool.parameters["required"] == ["body"]


def test_a_header_with_a_media_type_has_a_schema(operations):
    assert operations["dropPhoto"].tool.parameters["properties"] == {"X-Reason": {"type": "string"}}
    assert operations["dropPhoto"].fields["X-Reason"].place is Place.HEADER
    assert operations["dropPhoto"].media_type is None


def document(operation: Any, **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {"/a": {"post": operation}}, **more}


def body(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "null"}]},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {}}, "minProperties": 1},
        {"allOf": [{"type": "object", "properties": {"a": {}}}, {"type": "string"}]},
        {"allOf": [{"properties": {"a": {}}}, True]},
    ],
)
def test_a_body_that_is_more_than_its_properties_stays_whole(schema: Any):
    (operation,) = read_openapi(document({"requestBody": body(schema)}), file="t")
    assert operation.tool.parameters["properties"] == {"body": schema}


def test_the_same_document_gives_the_same_names():
    paths = {path: {"get": {}, "post": {}} for path in ("/a-b", "/a/b", "/{a}/b", "/", "/ä")}
    found = read_openapi({"openapi": "3.1.0", "paths": paths}, file="t")
    assert [operation.tool.name for operation in found] == [
        "get_a_b",
        "post_a_b",
        "get_a_b_2",
        "post_a_b_2",
        "get_a_b_3",
        "post_a_b_3",
        "get",
        "post",
        "get_ä",
        "post_ä",
    ]


@pytest.mark.parametrize(
    ("whole", "problem"),
    [
        ({"openapi": "2.0"}, "has the OpenAPI version '2.0'; 3.x is read here"),
        ({"openapi": 3.1}, "has the OpenAPI version 3.1"),
        ({"openapi": "3.1.0", "paths": []}, "needs an object under 'paths'"),
        ({"openapi": "3.1.0", "paths": {"/a": []}}, "has the path '/a', which is no object"),
        (document([]), r"t \(post /a\): is no object"),
        (document({"parameters": {}}), r"t \(post /a\): has parameters that are no list"),
        (document({"parameters": [3]}), "has a parameter that is no object: 3"),
        (document({"parameters": [{"in": "query"}]}), "has a parameter without a proper name"),
        (
            document({"parameters": [{"name": "a", "in": "body"}]}),
            "it goes in path, query or header",
        ),
        (document({"parameters": [{"name": "a"}]}), "the parameter 'a' in None"),
        (
            document({"parameters": [{"$ref": "#/components/x"}]}),
            "points with '#/components/x' to nothing",
        ),
        (
            document({"requestBody": {"$ref": "#/paths/~1a/post/requestBody"}}),
            "point to 64 others in a row",
        ),
        (document({"requestBody": []}), "has a requestBody that is no object"),
        (
            document({"requestBody": {"content": {"application/json": 3}}}),
            "a media type that is no object",
        ),
        (document({"operationId": "a\nb"}), "has the name 'a\\\\nb'; give it an operationId"),
        (document({"operationId": 3}), "has the name 3"),
        (document({"requestBody": body({"$ref": "b.yaml#/X"})}), "points outside of the document"),
        (
            {
                "openapi": "3.1.0",
                "paths": {"/a": {"get": {"operationId": "x"}, "put": {"operationId": "x"}}},
            },
            "names the tool 'x' twice",
        ),
        (
            document(
                {
                    "parameters": [{"name": n, "in": "query"} for n in ("a", "body_a")],
                    "requestBody": body({"properties": {"a": {}}}),
                }
            ),
            "two arguments named 'body_a'",
        ),
        (
            {"openapi": "3.1.0", "paths": {f"/{i}": {"get": {}} for i in range(20_001)}},
            "more than 20000 operations",
        ),
    ],
)
def test_what_is_wrong_with_a_document_is_named(whole: Any, problem: str):
    with pytest.raises(DataError, match=problem) as caught:
        read_openapi(whole, file="t")
    assert str(caught.value).startswith("t")


def test_all_schemas_of_a_document_together_have_a_bound(monkeypatch):
    monkeypatch.setattr("edge_router.tools.schemas.inline.MAX_DOCUMENT_VALUES", 20_000)
    whole = {
        "openapi": "3.1.0",
        "paths": {f"/{i}": {"post": {"requestBody": body({"$ref": "#/x"})}} for i in range(1000)},
        "x": {"properties": {f"p{i}": {"type": "string"} for i in range(2400)}},
    }
    with pytest.raises(
        DataError, match=r"^t \(post /3\): has more than 20000 values in its schemas"
    ):
        read_openapi(whole, file="t")
