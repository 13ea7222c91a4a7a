"""Writes tiny.onnx: the smallest graph of the shape that the export side makes. Needs onnx; run it
by hand.
"""

from pathlib import Path

import numpy as np
from onnx import NodeProto, TensorProto, checker, helper, numpy_helper


def make_tiny_onnx() -> bytes:
    """Eight words, two channels in and out, three answers."""
    constants = {
        "table": np.arange(120, 136, dtype=np.uint8).reshape(8, 2),
        "one": np.float32(1.0),
        "zero_u8": np.uint8(0),
        "zero_embedding": np.uint8(128),
        "share_step": np.float32(1.0 / 255.0),
        "channels_first": np.array([1, 2, -1], np.int64),
        "flat": np.array([1, -1], np.int64),
        "weight0": np.array([[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [-1, 2, 0]]], np.int8),
        "rescale0": np.array([1.0, 0.5], np.float32),
        "weight_zero0": np.array([0, 0], np.int8),
        "bias0": np.array([1, 2], np.int32),
        "head": np.array([[1, 0, -1], [0, 2, 1], [1, -1, 0], [2, 0, 1]], np.int8),
    }
    weights = ["weight0", "rescale0", "weight_zero0", "one", "zero_u8", "bias0"]
    shares = ["shares", "share_step", "zero_u8", "one", "zero_u8"]
    window = {"kernel_shape": [3], "pads": [1, 1]}
    nodes = [
        node("Gather", ["table", "tokens"], "rows", axis=0),
        node("Transpose", ["rows"], "columns", perm=[1, 0]),
        node("Reshape", ["columns", "channels_first"], "embedded"),
        node("QLinearConv", ["embedded", "one", "zero_embedding", *weights], "layer0", **window),
        node("ReduceMax", ["layer0"], "max0", axes=[2], keepdims=0),
        node("QLinearMatMul", ["layer0", "one", "zero_u8", *shares], "mean_column0"),
        node("Reshape", ["mean_column0", "flat"], "mean0"),
        node("Concat", ["max0", "mean0"], "features", axis=1),
        node("MatMulInteger", ["features", "head"], "logits"),
    ]
    graph = helper.make_graph(
        nodes,
        "edge-router",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("shares", TensorProto.UINT8, ["n", 1]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.INT32, [1, 3])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
        producer_name="edge-router",
    )
    checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def node(operator: str, inputs: list[str], output: str, **attributes: object) -> NodeProto:
    """A node that is named like its output, as the export side names it."""
    return helper.make_node(operator, inputs, [output], name=output, **attributes)


if __name__ == "__main__":
    Path(__file__).with_name("tiny.onnx").write_bytes(make_tiny_onnx())
