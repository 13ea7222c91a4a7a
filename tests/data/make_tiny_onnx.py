"""Writes tiny.onnx: the smallest graph of the shape that the export side makes. Needs onnx; run it
by hand.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper


def make_tiny_onnx() -> bytes:
    """Eight words, two channels in and out, three answers."""
    constants = {
        "table": np.arange(16, dtype=np.uint8).reshape(8, 2),
        "one": np.float32(1.0),
        "zero_u8": np.uint8(0),
        "share_step": np.float32(1.0 / 255.0),
        "channels_first": np.array([1, 2, -1], np.int64),
        "flat": np.array([1, -1], np.int64),
        "weight": np.array([[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [-1, 2, 0]]], np.int8),
        "rescale": np.array([1.0, 0.5], np.float32),
        "weight_zero": np.array([0, 0], np.int8),
        "bias": np.array([1, 2], np.int32),
        "head": np.array([[1, 0, -1], [0, 2, 1], [1, -1, 0], [2, 0, 1]], np.int8),
    }
    convolution = [
        "embedded",
        "one",
        "zero_u8",
        "weight",
        "rescale",
        "weight_zero",
        "one",
        "zero_u8",
        "bias",
    ]
    mean = ["layer", "one", "zero_u8", "shares", "share_step", "zero_u8", "one", "zero_u8"]
    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["rows"], axis=0),
        helper.make_node("Transpose", ["rows"], ["columns"], perm=[1, 0]),
        helper.make_node("Reshape", ["columns", "channels_first"], ["embedded"]),
        helper.make_node("QLinearConv", convolution, ["layer"], kernel_shape=[3], pads=[1, 1]),
        helper.make_node("ReduceMax", ["layer"], ["max"], axes=[2], keepdims=0),
        helper.make_node("QLinearMatMul", mean, ["mean_column"]),
        helper.make_node("Reshape", ["mean_column", "flat"], ["mean"]),
        helper.make_node("Concat", ["max", "mean"], ["features"], axis=1),
        helper.make_node("MatMulInteger", ["features", "head"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("shares", TensorProto.UINT8, ["n", 1]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.INT32, [1, 3])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="tests"
    )
    checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


if __name__ == "__main__":
    Path(__file__).with_name("tiny.onnx").write_bytes(make_tiny_onnx())
