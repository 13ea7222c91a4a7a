"""Graphs are spelled in protobuf here, field by field, so that these tests need no onnx."""

import sys
from pathlib import Path

import pytest

from edge_router.bundle.onnx_check import check_onnx
from edge_router.errors import BundleError

DATA = Path(__file__).parents[1] / "data"
TINY = (DATA / "tiny.onnx").read_bytes()


def varint(value: int) -> bytes:
    value %= 2**64
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def tensor(
    name: str, dims: list[int], raw: bytes, *more: tuple[int, int | bytes], data_type: int = 3
) -> bytes:
    return message(*[(1, d) for d in dims], (2, data_type), (8, name), (9, raw), *more)


def attribute(name: str, *ints: int) -> bytes:
    return message((1, name), *[(8, i) for i in ints], (20, 7))


def node(op_type: str, inputs: str, output: str, *more: tuple[int, str | bytes]) -> bytes:
    return message(*[(1, name) for name in inputs.split()], (2, output), (4, op_type), *more)


def value(name: str, *dims: int | str, data_type: int = 7) -> bytes:
    shape = message(*[(1, message((1 if isinstance(d, int) else 2, d))) for d in dims])
    return message((1, name), (2, message((1, message((1, data_type), (2, shape))))))


TABLE = tensor("table", [4, 2], bytes(8))
GATHER = node("Gather", "table tokens", "rows")


def graph(*fields: tuple[int, bytes], tokens: bytes | None = None, output: str = "rows") -> bytes:
    return message(
        *fields, (11, tokens or value("tokens", "n")), (12, value(output, "n", 2, data_type=3))
    )


def model(graph_bytes: bytes, *more: tuple[int, int | bytes], domain: str = "") -> bytes:
    return message((1, 8), (7, graph_bytes), (8, message((1, domain), (2, 13))), *more)


PLAIN = model(graph((1, GATHER), (5, TABLE)))


def refused(data: bytes, match: str = "") -> None:
    with pytest.raises(
        BundleError, match=rf"model\.onnx is not .*{match}.*edge-router train$"
    ) as caught:
        check_onnx(data)
    assert len(str(caught.value)) < 400


def test_a_graph_of_a_bundle_passes():
    check_onnx(TINY)
    check_onnx(PLAIN)


def test_the_check_needs_neither_onnx_nor_protobuf(monkeypatch):
    for package in ("onnx", "google", "google.protobuf"):
        monkeypatch.setitem(sys.modules, package, None)
    check_onnx(TINY)


def test_the_committed_graph_is_the_one_its_script_makes():
    pytest.importorskip("onnx")
    scope: dict = {"__name__": "make_tiny_onnx"}
    exec((DATA / "make_tiny_onnx.py").read_text(), scope)
    assert scope["make_tiny_onnx"]() == TINY


def test_external_data_is_refused():
    entry = message((1, "location"), (2, "/etc/passwd"))
    refused(
        model(graph((1, GATHER), (5, tensor("table", [4, 2], b"", (13, entry), (14, 1))))),
        "field 13",
    )
    refused(model(graph((1, GATHER), (5, tensor("table", [4, 2], bytes(8), (14, 1))))), "field 14")


@pytest.mark.parametrize("domain", ["com.microsoft", "ai.onnx.ml", "evil", "\x1b[31m" * 100])
def test_other_operator_domains_are_refused(domain: str):
    refused(model(graph((1, GATHER), (5, TABLE)), domain=domain), "operator domain")
    refused(
        model(graph((1, node("Gather", "table tokens", "rows", (7, domain))), (5, TABLE))),
        "operator domain",
    )


@pytest.mark.parametrize(
    "operator",
    ["If", "Loop", "Scan", "Constant", "ConstantOfShape", "Tile", "Expand", "", "gather"],
)
def test_other_operators_are_refused(operator: str):
    refused(model(graph((1, node(operator, "table tokens", "rows")), (5, TABLE))), "the operator")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (25, "functions"),
        (20, "training info"),
        (14, "metadata"),
        (6, "doc"),
        (26, "device configuration"),
    ],
)
def test_more_than_a_graph_in_a_model_is_refused(field: int, name: str):
    refused(PLAIN + message((field, b"")), f"field {field}")


def test_sub_graphs_and_tensors_in_attributes_are_refused():
    for field in (5, 6, 10, 11, 14, 15, 21, 22, 23):
        hidden = node("Gather", "table tokens", "rows", (5, message((1, "axis"), (field, b""))))
        refused(model(graph((1, hidden), (5, TABLE))), f"field {field}")


def test_sparse_tensors_and_what_else_a_graph_may_hold_are_refused():
    for field in (10, 13, 14, 15, 16):
        refused(model(graph((1, GATHER), (5, TABLE), (field, b""))), f"field {field}")


def test_bytes_before_after_and_in_the_middle_are_refused():
    for data in (
        b"",
        b"\0",
        b"\0" + PLAIN,
        PLAIN + b"\0",
        PLAIN + PLAIN,
        PLAIN[:-1],
        PLAIN[1:],
        PLAIN + b"\x0b",
    ):
        refused(data)


def test_every_truncation_of_a_graph_is_refused():
    for size in range(len(TINY)):
        refused(TINY[:size])


def test_a_second_value_of_a_single_field_is_refused():
    refused(
        model(graph((1, GATHER), (5, tensor("table", [4, 2], bytes(8), (9, bytes(8)))))),
        "two of raw_data",
    )
    refused(
        model(graph((1, node("Gather", "table tokens", "rows", (4, "Gather"))), (5, TABLE))),
        "two of op_type",
    )


def test_numbers_longer_than_needed_are_refused():
    for number in (b"\x88\x00", b"\x80" * 9 + b"\x02", b"\x80" * 20, b"\xff" * 9 + b"\x7f"):
        refused(b"\x08" + number + PLAIN[2:], "a number that is")


def test_a_tensor_must_have_the_bytes_of_its_shape():
    for dims in (
        [4, 3],
        [2**40, 2],
        [2**63, 2],
        [0, 2**62],
        [-4, -2],
        [2**32, 2**32],
        [1, 1, 1, 4, 2],
        [],
    ):
        refused(model(graph((1, GATHER), (5, tensor("table", dims, bytes(8))))), "tensor")
    for data_type in (0, 8, 10, 11, 16, 2**31):
        refused(
            model(graph((1, GATHER), (5, tensor("table", [4, 2], bytes(8), data_type=data_type)))),
            "tensor",
        )


def test_values_that_grow_beyond_memory_are_refused():
    nodes = [(1, GATHER)]
    name = "rows"
    for i in range(40):
        nodes.append((1, node("Concat", f"{name} {name}", f"v{i}", (5, attribute("axis", 1)))))
        name = f"v{i}"
    refused(model(graph(*nodes, (5, TABLE), output=name)), "more than 134217728 elements")


def test_an_input_of_an_absurd_shape_is_refused():
    for tokens in (
        value("tokens", 2**40),
        value("tokens", "n", "m", "k"),
        value("tokens", 0),
        value("tokens", -1),
    ):
        refused(model(graph((1, GATHER), (5, TABLE), tokens=tokens)))
    refused(
        model(graph((1, GATHER), (5, TABLE), tokens=value("tokens", "n", data_type=8))),
        "unknown type",
    )
    refused(
        model(
            graph((1, GATHER), (5, TABLE), tokens=message((1, "tokens"), (2, message((4, b"")))))
        ),
        "field 4",
    )


def test_weights_that_are_computed_are_refused():
    nodes = [(1, GATHER), (1, node("MatMulInteger", "rows rows", "y"))]
    refused(model(graph(*nodes, (5, TABLE), output="y")))


@pytest.mark.parametrize(
    ("kernel", "pads"),
    [([3], [2, 1]), ([3], [7, 7]), ([5], [1, 1]), ([], []), ([3, 3], [1, 1]), ([3], [1])],
)
def test_padding_that_lengthens_a_text_is_refused(kernel: list[int], pads: list[int]):
    given = [(5, attribute("kernel_shape", *kernel)), (5, attribute("pads", *pads))]
    weight = tensor("w", [2, 2, 3], bytes(12))
    conv = node("QLinearConv", "table table table w w w w w", "rows", *given)
    refused(model(graph((1, conv), (5, TABLE), (5, weight))), "QLinearConv")


@pytest.mark.parametrize(
    "name", ["group", "strides", "dilations", "auto_pad", "kernel_shape", "axis"]
)
def test_attributes_that_the_export_side_does_not_set_are_refused(name: str):
    given = node("Transpose", "table", "rows", (5, attribute(name, 0)))
    refused(model(graph((1, given), (5, TABLE))), "the attribute")
    refused(
        model(
            graph(
                (1, node("Transpose", "table", "rows", (5, attribute("perm", 2**40)))), (5, TABLE)
            )
        )
    )


def test_a_graph_that_is_not_in_order_is_refused():
    refused(model(graph((1, node("Transpose", "later", "rows")), (5, TABLE))), "unknown inputs")
    refused(model(graph((1, GATHER), (1, GATHER), (5, TABLE))), "twice")
    refused(model(graph((1, GATHER), (5, TABLE), (5, TABLE))), "twice")
    refused(model(graph((1, GATHER), (5, TABLE), output="nowhere")), "an output")
    refused(model(graph((5, TABLE), output="table")), "0 nodes")


def test_too_many_nodes_or_fields_are_refused():
    many = [(1, node("Transpose", "table", f"v{i}")) for i in range(257)]
    refused(model(graph(*many, (5, TABLE), output="v0")), "257 nodes")
    refused(model(graph(*[(1, b"")] * 5000)), "field 1")


def test_an_attribute_given_twice_is_refused():
    twice = node(
        "Transpose", "table", "rows", (5, attribute("perm", 1, 0)), (5, attribute("perm", 0, 1))
    )
    refused(model(graph((1, twice), (5, TABLE))), "the attribute 'perm'")


def test_a_gather_of_columns_is_refused_since_its_size_would_be_counted_wrong():
    columns = node("Gather", "table tokens", "rows", (5, attribute("axis", 1)))
    refused(model(graph((1, columns), (5, TABLE))), "Gather of something else than rows")
