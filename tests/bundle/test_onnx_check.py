"""What of a graph is checked, part by part; ``tests/attacks`` has graphs that would do harm."""

import random
import struct
from itertools import pairwise
from pathlib import Path

import pytest
from attacks.forge import (
    CONSTANTS,
    EMBEDDING,
    FLOAT,
    INT8,
    INT32,
    INT64,
    NODES,
    SHARES,
    UINT8,
    WEIGHTS,
    WINDOW,
    floats,
    forge,
    int8s,
    int32s,
    message,
    node,
    tensor,
    value,
)
from attacks.graphs import forge_constant, forge_wide
from attacks.refusal import refused

from edge_router.bundle.onnx_check import MAX_MACS, check_onnx
from edge_router.errors import BundleError

DATA = Path(__file__).parents[1] / "data"
TINY = (DATA / "tiny.onnx").read_bytes()


def test_a_graph_of_a_bundle_passes():
    check_onnx(TINY, max_tokens=16)


def test_logits_embeddings_and_both_in_any_order_pass():
    without_head = {
        "constants": {"head": None} | EMBEDDING["constants"],
        "nodes": {"logits": None} | EMBEDDING["nodes"],
        "outputs": {"logits": None} | EMBEDDING["outputs"],
    }
    logits = value("logits", INT32, 1, 3)
    check_onnx(forge(**EMBEDDING), max_tokens=16)
    check_onnx(forge(**without_head), max_tokens=16)
    turned = {"logits": None} | EMBEDDING["outputs"] | {"again": logits}
    check_onnx(forge(**EMBEDDING | {"outputs": turned}), max_tokens=16)


def test_the_numbers_at_the_ends_of_their_ranges_pass():
    least, most = struct.pack("<f", 2.0**-64), struct.pack("<f", 2.0**64 - 2.0**40)
    for data in (
        forge_constant("weight0", INT8, [2, 2, 3], int8s(*[63, -63] * 6)),
        forge_constant("head", INT8, [4, 3], int8s(*[63, -63, 0] * 4)),
        forge_constant("rescale0", FLOAT, [2], least + most),
        forge_constant("bias0", INT32, [2], int32s(2**23 - 1, 1 - 2**23)),
        forge_constant("projection_bias", INT32, [2], int32s(2**30, -(2**30))),
        forge_constant("table", UINT8, [1, 2], b"\x00\xff"),
        forge_wide(1, [1]),
        forge_wide(3, [2] * 8, answers=1),
        forge_wide(2048, [1, 2048]),
    ):
        check_onnx(data, max_tokens=16)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (forge_constant("weight0", INT8, [2, 2, 3], int8s(*[0] * 11, 64)), "in weight0 beyond"),
        (forge_constant("weight0", INT8, [2, 2, 3], int8s(*[0] * 11, -64)), "in weight0 beyond"),
        (forge_constant("head", INT8, [4, 3], int8s(*[0] * 11, 64)), "in head beyond -63..63"),
        (forge_constant("projection", INT8, [4, 2], int8s(*[0] * 7, -64)), "in projection beyond"),
        (forge_constant("bias0", INT32, [2], int32s(0, 2**23)), "in bias0 beyond 8388607"),
        (forge_constant("bias0", INT32, [2], int32s(-(2**23), 0)), "in bias0 beyond 8388607"),
        (forge_constant("projection_bias", INT32, [2], int32s(2**30 + 1, 0)), "projection_bias"),
        (forge_constant("projection_bias", INT32, [2], int32s(0, -1 - 2**30)), "projection_bias"),
        (forge_constant("rescale0", FLOAT, [2], floats(1.0, 2.0**64)), "a scale in rescale0"),
        (forge_constant("rescale0", FLOAT, [2], floats(2.0**-65, 1.0)), "a scale in rescale0"),
        (forge_constant("rescale0", FLOAT, [2], floats(1.0, -1.0)), "a scale in rescale0"),
        (forge_constant("one", FLOAT, [], floats(1.0000001)), "a constant one of another value"),
        (forge_constant("share_step", FLOAT, [], floats(1 / 256)), "share_step of another value"),
        (forge_constant("flat", INT64, [2], struct.pack("<2q", -1, 1)), "flat of another value"),
    ],
)
def test_the_numbers_beyond_are_refused(data: bytes, problem: str):
    refused(data, problem)


@pytest.mark.parametrize("name", sorted({**CONSTANTS, **EMBEDDING["constants"]}))
def test_a_constant_of_another_type_or_shape_or_size_is_refused(name: str):
    sizes = {FLOAT: 4, UINT8: 1, INT8: 1, INT32: 4, INT64: 8}
    plain = {**CONSTANTS, **EMBEDDING["constants"]}[name]
    raw = plain[-1:] if name.startswith("zero_") else plain[-8:]
    for data_type, size in sizes.items():
        refused(forge_constant(name, data_type, [7], bytes(7 * size)), f"constant {name} of")
        refused(forge_constant(name, data_type, [1, 1, 1, 1], bytes(size)), f"constant {name} of")
        refused(forge_constant(name, data_type, [0], b""), f"constant {name} of")
    for data_type in (0, 8, 10, 11, 16, 22, 2**31):
        refused(forge_constant(name, data_type, [1], raw), f"constant {name} of")
    if name == "head" or name.startswith("projection"):
        return
    refused(forge(constants={name: None}), "no constant|0 layers")
    refused(forge(constants={"again": plain}), f"constant '{name}' twice")


def test_a_constant_must_have_the_bytes_of_its_shape():
    for dims, raw in (
        ([8, 2], bytes(15)),
        ([8, 2], bytes(17)),
        ([2**60, 2], bytes(16)),
        ([2**32 + 8, 2], bytes(16)),
        ([2**63, 2], b""),
        ([-8, -2], bytes(16)),
        ([8, 0], b""),
    ):
        refused(forge_constant("table", UINT8, dims, raw), "a constant")


def test_constants_that_nothing_uses_are_refused():
    for name in ("secret", "tokens", "logits", "rows", "weight1", "bias1", ""):
        more = forge(constants={name or "x": tensor(name, UINT8, [1], b"\0")})
        refused(more, f"the constant '{name}', which nothing uses")


@pytest.mark.parametrize("output", [*NODES, *EMBEDDING["nodes"]])
def test_a_node_that_is_another_is_refused(output: str):
    for changed in (
        node("Identity", "table", output),
        node("Gather", "table tokens shares", output, axis=0),
        node("MatMulInteger", "features features", output),
        None,
    ):
        forged = EMBEDDING | {"nodes": EMBEDDING["nodes"] | {output: changed}}
        refused(forge(**forged), "where .* should be made")


CONVOLUTION = "embedded " + WEIGHTS.format(zero="zero_embedding", k=0)


@pytest.mark.parametrize(
    "changed",
    [
        node("Gather", "table tokens", "rows", axis=1),
        node("Gather", "table tokens", "rows", axis=-2),
        node("Gather", "table tokens", "rows"),
        node("Gather", "table tokens", "rows", axis=[0]),
        node("Gather", "tokens table", "rows", axis=0),
        node("gather", "table tokens", "rows", axis=0),
        node("Transpose", "rows", "columns"),
        node("Transpose", "rows", "columns", perm=[0, 1]),
        node("Transpose", "rows", "columns", perm=[1, 0, 2]),
        node("Transpose", "layer0", "columns", perm=[1, 0]),
        node("Reshape", "columns channels_first", "embedded", allowzero=1),
        node("Reshape", "columns flat", "embedded"),
        node("QLinearConv", CONVOLUTION, "layer0", kernel_shape=[3], pads=[2, 0]),
        node("QLinearConv", CONVOLUTION, "layer0", kernel_shape=[5], pads=[1, 1]),
        node("QLinearConv", CONVOLUTION, "layer0", kernel_shape=[3]),
        node("QLinearConv", CONVOLUTION, "layer0", **WINDOW, strides=[2]),
        node("QLinearConv", CONVOLUTION, "layer0", **WINDOW, dilations=[2]),
        node("QLinearConv", CONVOLUTION, "layer0", **WINDOW, group=2),
        node("QLinearConv", CONVOLUTION.replace("zero_embedding", "-"), "layer0", **WINDOW),
        node("QLinearConv", CONVOLUTION.replace("zero_embedding", "zero_u8"), "layer0", **WINDOW),
        node("QLinearConv", CONVOLUTION.replace("one", "share_step"), "layer0", **WINDOW),
        node("ReduceMax", "layer0", "max0", axes=[1], keepdims=0),
        node("ReduceMax", "layer0", "max0", axes=[2], keepdims=1),
        node("ReduceMax", "layer0", "max0", axes=[2]),
        node("QLinearMatMul", "layer0 " + SHARES.replace("share_step", "one"), "mean_column0"),
        node("QLinearMatMul", "layer0 " + SHARES.replace("shares", "table"), "mean_column0"),
        node("Concat", "mean0 max0", "features", axis=1),
        node("Concat", "max0 mean0", "features", axis=0),
        node("Concat", "max0 mean0 mean0", "features", axis=1),
        node("MatMulInteger", "features head zero_u8", "logits"),
        node("Add", "projected projected", "embedding"),
        node("Add", "logits projection_bias", "embedding"),
    ],
)
def test_another_input_or_attribute_is_refused(changed: bytes):
    name = next(
        n for n in {**NODES, **EMBEDDING["nodes"]} if f"\x12{chr(len(n))}{n}".encode() in changed
    )
    forged = EMBEDDING | {"nodes": EMBEDDING["nodes"] | {name: changed}}
    refused(forge(**forged), f"where {name} should be made|of an unknown type")


def test_nodes_in_another_order_or_number_are_refused():
    backwards = dict.fromkeys(NODES) | {f"n{i}": n for i, n in enumerate(reversed(NODES.values()))}
    refused(forge(nodes=backwards), "'MatMulInteger' where rows should be made")
    refused(forge(nodes={"again": NODES["rows"]}), "'Gather' where the graph should end")
    refused(forge(nodes=dict.fromkeys(NODES)), "nothing where rows should be made")
    refused(forge(nodes=EMBEDDING["nodes"]), "'MatMulInteger' where the graph should end")


def test_inputs_are_exactly_tokens_and_their_shares():
    for changed in (
        {"tokens": None},
        {"shares": None},
        {"more": value("more", INT64, "n")},
        {"tokens": None, "again": value("tokens", INT64, "n")},
        {"tokens": value("tokens", INT32, "n")},
        {"tokens": value("tokens", INT64, "m")},
        {"tokens": value("tokens", INT64, 16)},
        {"tokens": value("tokens", INT64)},
        {"tokens": value("tokens", INT64, "n", 1)},
        {"tokens": value("text", INT64, "n")},
        {"shares": value("shares", INT8, "n", 1)},
        {"shares": value("shares", UINT8, "n", "one")},
        {"shares": value("shares", UINT8, "n", 2)},
        {"shares": value("shares", UINT8, "n")},
    ):
        refused(forge(inputs=changed), "other inputs than tokens and their shares")


def test_outputs_are_known_names_each_once():
    refused(forge(outputs={"logits": None}), "the outputs ''")
    for name in ("rows", "head", "tokens", "features", "Logits", ""):
        refused(forge(outputs={"x": value(name, INT32, 1, 3)}), "the outputs")
        refused(forge(outputs={"logits": value(name, INT32, 1, 3)}), "the outputs")
    refused(forge(outputs={"again": value("logits", INT32, 1, 3)}), "'logits, logits'")
    refused(forge(outputs=EMBEDDING["outputs"]), "nothing where projected should be made")


def test_outputs_have_the_type_and_shape_of_their_values():
    for dims in ((1, 4), (1, 0), (1, "n"), ("n", 3), (1,), (), (1, 3, 1)):
        changed = {"logits": value("logits", INT32, *dims)}
        refused(forge(outputs=changed), "an output of another type or shape")
        changed = {"embedding": value("embedding", INT32, *dims)}
        refused(forge(**EMBEDDING | {"outputs": changed}), "an output of another type or shape")
    for data_type in (0, FLOAT, INT8, UINT8, INT64, 8):
        changed = {"logits": value("logits", data_type, 1, 3)}
        refused(forge(outputs=changed), "an output of another type or shape")
    for field in (4, 5, 7, 8, 9):
        changed = {"logits": message((1, "logits"), (2, message((field, b""))))}
        refused(forge(outputs=changed), f"a type with the field {field}")


def test_layers_channels_and_work_are_bounded():
    refused(forge_wide(2, [2] * 9), "9 layers")
    refused(forge_wide(2049, [1]), "more than 2048 channels")
    refused(forge_wide(1, [1, 2049]), "more than 2048 channels")
    wide = forge_wide(64, [1024])
    most = MAX_MACS // (1024 * (3 * 64 + 1))
    check_onnx(wide, max_tokens=most)
    refused(
        wide, f"more than {MAX_MACS} multiplications for a text of {most + 1}", max_tokens=most + 1
    )


def test_the_difference_of_two_logits_of_the_widest_graph_fits_an_int32():
    assert 2 * (8 * 2 * 2048) * 255 * 63 < 2**31


@pytest.mark.export
def test_what_the_export_side_writes_passes():
    pytest.importorskip("torch")
    np = pytest.importorskip("numpy")
    from edge_router_export.export_onnx import export_student
    from edge_router_export.quantize import IntegerConvolution, IntegerEncoder, IntegerStudent

    source = np.random.default_rng(1)
    for count in (1, 2, 8):
        layers = [
            IntegerConvolution(
                source.integers(-63, 64, (b, a, 3), np.int8),
                source.integers(1 - 2**23, 2**23, b, np.int32),
                source.uniform(1e-9, 1e3, b).astype(np.float32),
            )
            for a, b in pairwise([5, *[7] * count])
        ]
        table = source.integers(0, 256, (9, 5), np.uint8)
        head = source.integers(-63, 64, (2 * 7 * count, 4), np.int8)
        student = IntegerStudent(IntegerEncoder(table, tuple(layers)), head, 1.0)
        check_onnx(export_student(student), max_tokens=64)


def test_strange_bytes_anywhere_are_refused_or_another_plain_graph():
    for seed in range(3000):
        source = random.Random(seed)
        at = source.randrange(len(TINY))
        data = (
            TINY[:at] + source.randbytes(source.randrange(1, 5)) + TINY[at + source.randrange(5) :]
        )
        try:
            check_onnx(data, max_tokens=16)
        except BundleError:
            continue
        assert len(data) == len(TINY)
