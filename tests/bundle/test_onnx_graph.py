"""What a model may hold at all, whatever it computes."""

import sys
from pathlib import Path

import pytest
from attacks.forge import (
    INT32,
    OPSET,
    UINT8,
    attribute,
    forge,
    forge_graph,
    int32s,
    message,
    node,
    tensor,
    value,
)
from attacks.refusal import refused

from edge_router.bundle.onnx_check import check_onnx

DATA = Path(__file__).parents[1] / "data"
TINY = (DATA / "tiny.onnx").read_bytes()


def test_the_graph_that_these_tests_change_is_the_one_that_onnx_writes():
    assert forge() == TINY


def test_the_check_needs_neither_onnx_nor_protobuf(monkeypatch):
    for package in ("onnx", "google", "google.protobuf"):
        monkeypatch.setitem(sys.modules, package, None)
    check_onnx(TINY, max_tokens=16)


def test_the_committed_graph_is_the_one_its_script_makes():
    pytest.importorskip("onnx")
    scope: dict = {"__name__": "make_tiny_onnx"}
    exec((DATA / "make_tiny_onnx.py").read_text(), scope)
    assert scope["make_tiny_onnx"]() == TINY


def test_a_constant_elsewhere_than_in_raw_data_is_refused():
    for field in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16):
        more = tensor("bias0", INT32, [2], int32s(1, 2), (field, b"\0\0"))
        refused(forge(constants={"bias0": more}), f"field {field}")


def test_a_node_that_says_more_is_refused():
    for field in (6, 7, 8, 9, 10):
        more = node("Gather", "table tokens", "rows", (field, "x"), axis=0)
        refused(forge(nodes={"rows": more}), f"a node with the field {field}")
    two = node("Gather", "table tokens", "rows", (2, "more"), axis=0)
    refused(forge(nodes={"rows": two}), "'Gather' that is not named like its one output")
    again = node("Transpose", "rows", "columns", (5, attribute("perm", [0, 1])), perm=[1, 0])
    refused(forge(nodes={"columns": again}), "'Transpose' with an attribute twice")


def test_an_attribute_that_says_more_is_refused():
    def gather(fields: bytes) -> bytes:
        return forge(nodes={"rows": node("Gather", "table tokens", "rows", axis=fields)})

    for field in (2, 4, 5, 6, 7, 9, 10, 11, 13, 14, 15, 21, 22, 23):
        refused(gather(message((3, 0), (20, 2), (field, b""))), f"field {field}")
    for fields in (
        message((3, 0)),
        message((20, 2)),
        message((3, 0), (20, 1)),
        message((3, 0), (20, 7)),
        message((8, 0), (20, 2)),
        message((3, 0), (8, 0), (20, 2)),
        message((3, 0), (8, 0), (20, 7)),
        message((20, 7)),
        b"",
    ):
        refused(gather(fields), "an attribute 'axis' of an unknown type")


def test_a_dimension_of_both_a_number_and_a_name_is_refused():
    # flattened, it reads like the two dimensions that shares must have
    for dim in (message((2, "n"), (1, 1)), message((1, 1), (2, "n")), b""):
        refused(forge(inputs={"shares": value("shares", UINT8, dim)}), "not one number or one name")


def test_other_versions_and_domains_are_refused():
    for version in (0, 1, 12, 14, 2**40):
        refused(forge(opset=message((1, ""), (2, version))), "another version of ONNX")
    for version in (0, 7, 9, 2**40):
        refused(forge(ir_version=version), "another version of ONNX")
    for domain in ("com.microsoft", "ai.onnx", "ai.onnx.ml", "evil", "\x1b[31m" * 100):
        refused(forge(opset=message((1, domain), (2, 13))), "the operator domain")


def test_more_than_a_graph_in_a_model_is_refused():
    for field in (3, 4, 5, 6, 9, 14, 20, 25, 26, 999):
        refused(forge(more=message((field, b""))), f"a model with the field {field}")
    for field in (3, 4, 6, 10, 13, 14, 15, 16):
        graph = forge_graph(more=message((field, b"")))
        data = message((1, 8), (2, "edge-router"), (7, graph), (8, OPSET))
        refused(data, f"a graph with the field {field}")


def test_a_second_value_of_a_single_field_is_refused():
    refused(forge(more=message((7, forge_graph()))), "two of graph")
    refused(forge(more=message((8, OPSET))), "two of opset")
    refused(forge(more=message((1, 8))), "two of ir_version")
    bias = tensor("bias0", INT32, [2], int32s(1, 2), (9, int32s(1, 2)))
    refused(forge(constants={"bias0": bias}), "two of raw_data")


def test_bytes_before_after_and_in_the_middle_are_refused():
    for data in (b"", b"\0", b"\0" + TINY, TINY + b"\0", TINY + TINY, TINY[1:], TINY + b"\x0b"):
        refused(data)


def test_every_truncation_of_a_graph_is_refused():
    for size in range(len(TINY)):
        refused(TINY[:size])


def test_a_last_part_that_claims_more_bytes_than_there_are_is_refused():
    claimed = bytes([len(OPSET) + 1]) + OPSET
    assert TINY.endswith(bytes([len(OPSET)]) + OPSET)
    refused(TINY[: -len(claimed)] + claimed, "a part that is cut short")


def test_numbers_longer_than_needed_are_refused():
    for number in (b"\x88\x00", b"\x80" * 9 + b"\x02", b"\x80" * 20, b"\xff" * 9 + b"\x7f"):
        refused(b"\x08" + number + TINY[2:], "a number that is")


def test_too_many_fields_are_refused():
    refused(forge(more=message((7, b"")) * 5000), "two of graph")
    refused(message((7, message((1, b"")) * 5000), (1, 8), (8, OPSET)), "more than 4096 fields")
