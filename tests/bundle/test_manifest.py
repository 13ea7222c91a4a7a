import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_router.bundle import (
    CalibrationTable,
    Choice,
    Embedding,
    Manifest,
    Parts,
    PolicyNumbers,
)
from edge_router.bundle.manifest import Member, parse_manifest
from edge_router.errors import BundleError
from edge_router.tool import Tool

V1 = (Path(__file__).parents[1] / "data" / "manifest_v1.json").read_bytes()


def changed(**values: Any) -> bytes:
    whole = {**json.loads(V1), **values}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def changed_choice(**values: Any) -> bytes:
    parts = json.loads(V1)["parts"]
    return changed(parts={**parts, "choice": {**parts["choice"], **values}})


def test_reads_a_manifest_of_format_1():
    assert parse_manifest(V1) == Manifest(
        name="tiny",
        version="1",
        max_tokens=16,
        max_chars=512,
        parts=Parts(
            choice=Choice(
                tools=(
                    Tool(
                        "lights.dim",
                        "Dims a lamp",
                        {"type": "object", "properties": {"room": {"type": "string"}}},
                        "confirm",
                        "home",
                    ),
                    Tool("café.öffnen", "", None),
                ),
                answers_no_tool=True,
                calibration=CalibrationTable(2, (1073741824, 536870912, 0)),
                policy=PolicyNumbers(0.83, 0.02),
                unasked=PolicyNumbers(0.97, 0.005),
                top=5,
            ),
            embedding=Embedding(384),
        ),
        created_with={"edge-router": "0.1.0"},
        training={"seed": 1},
        metrics={"accuracy": 0.5},
        members={
            "golden.json": Member("a" * 64, 14),
            "model.onnx": Member("b" * 64, 1000),
            "tokenizer.json": Member("c" * 64, 20),
        },
    )


def test_writes_the_bytes_it_read():
    assert parse_manifest(V1).to_bytes() == V1


def test_the_parts_say_what_the_model_answers():
    parts = parse_manifest(V1).parts
    assert parts.outputs == ("logits", "embedding")
    assert parts.choice is not None
    assert parts.choice.labels == ("lights.dim", "café.öffnen", None)
    assert replace(parts, choice=None).outputs == ("embedding",)


def test_a_part_that_is_not_declared_is_not_written():
    manifest = parse_manifest(V1)
    written = replace(manifest, parts=Parts(embedding=Embedding(384))).to_bytes()
    assert json.loads(written)["parts"] == {"embedding": {"width": 384, "teaching": None}}
    assert parse_manifest(written).parts.choice is None


def test_an_unknown_part_asks_for_an_upgrade_since_it_could_change_a_decision():
    parts = {**json.loads(V1)["parts"], "telepathy": {}}
    with pytest.raises(BundleError, match=r"'telepathy'.*pip install --upgrade edge-router$"):
        parse_manifest(changed(parts=parts))


def test_a_newer_format_asks_for_an_upgrade():
    with pytest.raises(
        BundleError,
        match=r"format 2, made by a newer edge-router.*pip install --upgrade edge-router$",
    ):
        parse_manifest(changed(format_version=2, anything_else=[1]))


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None, [], "9" * 1000])
def test_a_format_version_that_never_was_is_refused(version: Any):
    with pytest.raises(BundleError, match="format_version") as caught:
        parse_manifest(changed(format_version=version))
    assert len(str(caught.value)) < 300


def test_an_unknown_key_names_the_format():
    with pytest.raises(BundleError, match="has the key 'colour', which format 1 does not have"):
        parse_manifest(changed(colour="red"))


@pytest.mark.parametrize("key", sorted(json.loads(V1)))
def test_every_key_is_needed(key: str):
    whole = json.loads(V1)
    del whole[key]
    with pytest.raises(BundleError, match=f"{key} is missing"):
        parse_manifest(
            json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 201),
        ("name", "\x1b[31mred"),
        ("name", 7),
        ("version", 1),
        ("max_tokens", 0),
        ("max_tokens", 4097),
        ("max_tokens", 16.0),
        ("max_tokens", True),
        ("max_chars", 10**19),
        ("created_with", {"torch": 2}),
        ("training", []),
        ("metrics", None),
        ("notes", "x"),
        ("parts", []),
        ("parts", {}),
        ("parts", {"choice": None}),
        ("parts", {"embedding": {}}),
        ("parts", {"embedding": {"width": 0, "teaching": None}}),
        ("parts", {"embedding": {"width": 4097, "teaching": None}}),
        ("parts", {"embedding": {"width": 384, "teaching": None, "more": 1}}),
        ("members", {"model.onnx": {"sha256": "A" * 64, "size_bytes": 1}}),
        ("members", {"model.onnx": {"sha256": "a" * 64, "size_bytes": -1}}),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(key: str, value: Any):
    with pytest.raises(
        BundleError, match=r"download the bundle again or rebuild it with edge-router train$"
    ):
        parse_manifest(changed(**{key: value}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tools", {}),
        ("tools", [None]),
        ("tools", [{"name": "a", "description": ""}]),
        ("tools", [{"name": "", "description": "", "parameters": None}]),
        ("tools", [{"name": "a\nb", "description": "", "parameters": None}]),
        ("tools", [{"name": "a", "description": "", "parameters": []}]),
        ("tools", [{"name": "a", "description": "x" * 20_001, "parameters": None}]),
        ("tools", [{"name": "a", "description": "", "parameters": None, "code": "x"}]),
        ("tools", [{"name": "a", "description": "", "parameters": None}] * 2),
        ("answers_no_tool", 1),
        ("calibration", {"shift": 31, "weights": [1]}),
        ("calibration", {"shift": 0, "weights": []}),
        ("calibration", {"shift": 0, "weights": [0]}),
        ("calibration", {"shift": 0, "weights": [1, 2]}),
        ("calibration", {"shift": 0, "weights": [1, -1]}),
        ("calibration", {"shift": 0, "weights": [2**31 + 1]}),
        ("calibration", {"shift": 0, "weights": [1.0]}),
        ("calibration", {"shift": 0, "weights": [True]}),
        ("policy", {"threshold": 1, "max_error": 0.02}),
        ("policy", {"threshold": -0.1, "max_error": 0.02}),
        ("policy", {"threshold": "0.5", "max_error": 0.02}),
        ("tools", []),
        ("top", 0),
        ("top", 20_002),
        ("top", None),
    ],
)
def test_a_wrong_value_of_a_part_is_refused_with_what_to_do(key: str, value: Any):
    with pytest.raises(
        BundleError, match=r"download the bundle again or rebuild it with edge-router train$"
    ):
        parse_manifest(changed_choice(**{key: value}))


@pytest.mark.parametrize("key", sorted(json.loads(V1)["parts"]["choice"]))
def test_every_key_of_a_part_is_needed(key: str):
    choice = json.loads(V1)["parts"]["choice"]
    del choice[key]
    with pytest.raises(BundleError, match=f"{key} is missing"):
        parse_manifest(changed(parts={"choice": choice}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + V1,
        b" " + V1,
        V1 + b"\n",
        V1.replace(b'"name":"tiny"', b'"name":"tiny","name":"tiny"'),
        V1.replace(b'"name":"tiny"', rb'"name":"t\u0069ny"'),
        V1.replace(b'"name":"tiny"', rb'"name":"\ud800"'),
        V1.replace(b'"name":"tiny"', b'"name":"\xed\xa0\x80"'),
        V1.replace(b'"accuracy":0.5', b'"accuracy":NaN'),
        V1.replace(b'"accuracy":0.5', b'"accuracy":-Infinity'),
        V1.replace(b'"accuracy":0.5', b'"accuracy":1e999'),
        V1.replace(b'"accuracy":0.5', b'"accuracy":0.50'),
        V1.replace(b'"accuracy":0.5', b'"accuracy":' + b"9" * 5000),
        V1.replace(b'"accuracy":0.5', b'"accuracy":' + b"[" * 33 + b"]" * 33),
        V1.replace(b'"accuracy":0.5', b'"accuracy":' + b"[" * 1_000_000),
        V1.replace(b'"accuracy":0.5', b'"accuracy":[' + b"[]," * 1_100_000 + b"[]]"),
        b'"' + b'\\"' * 2_000_000,
        b'"' + b"\\" * 2_000_001,
        b'""' * 2_500_000,
    ],
)
@pytest.mark.timeout(10)
def test_hostile_json_is_refused_in_bounded_time(data: bytes):
    with pytest.raises(BundleError, match=r"edge-router train$"):
        parse_manifest(data)


def test_brackets_inside_texts_do_not_count_as_depth():
    text = '\\"[{' * 100
    assert parse_manifest(changed(training={"text": text})).training == {"text": text}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes", "\ud800"])
def test_what_is_not_json_cannot_be_written(value: Any):
    with pytest.raises(BundleError, match="cannot be written as JSON"):
        replace(parse_manifest(V1), metrics={"x": value}).to_bytes()


def test_a_whole_threshold_is_written_as_a_decimal():
    read = parse_manifest(V1)
    assert read.parts.choice is not None
    choice = replace(read.parts.choice, policy=PolicyNumbers(1, 0))
    manifest = replace(read, parts=Parts(choice))
    assert b'"policy":{"max_error":0.0,"threshold":1.0}' in manifest.to_bytes()
