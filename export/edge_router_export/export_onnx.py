"""The integers as a short ONNX graph of standard operators: one QLinearConv a layer, pooling, one
MatMulInteger for each output.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge_router.routing.engine import EMBEDDING, INPUTS, LOGITS
from edge_router_export.quantize import (
    IntegerConvolution,
    IntegerEncoder,
    IntegerProjection,
    IntegerStudent,
)
from edge_router_export.student import EMBEDDING_ZERO

OPSET = 13
IR_VERSION = 8


class _Graph:
    """Nodes and constants while they are gathered."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, NDArray[np.generic]] = {}

    def constant(self, name: str, value: NDArray[np.generic] | np.generic) -> str:
        self.constants[name] = np.asarray(value)
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def model(self, outputs: dict[str, int]) -> bytes:
        """ONNX bytes with these ``outputs``, each int32 [1, width]."""
        inputs = [
            helper.make_tensor_value_info(INPUTS[0], TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info(INPUTS[1], TensorProto.UINT8, ["n", 1]),
        ]
        made = [
            helper.make_tensor_value_info(name, TensorProto.INT32, [1, width])
            for name, width in outputs.items()
        ]
        constants = [numpy_helper.from_array(value, name) for name, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, "edge-router", inputs, made, constants)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="edge-router",
        )
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)


def export_student(student: IntegerStudent, projection: IntegerProjection | None = None) -> bytes:
    """ONNX bytes with the output ``logits`` int32 [1, answers], and ``embedding`` int32 [1, width]
    where there is a projection.
    """
    graph = _Graph()
    features = _add_encoder(graph, student.encoder)
    graph.constant("head", student.head)
    graph.node("MatMulInteger", [features, "head"], LOGITS)
    outputs = {LOGITS: student.head.shape[1]}
    return graph.model(outputs | (_add_projection(graph, features, projection)))


def export_encoder(encoder: IntegerEncoder, projection: IntegerProjection) -> bytes:
    """ONNX bytes with the output ``embedding`` int32 [1, width]."""
    graph = _Graph()
    return graph.model(_add_projection(graph, _add_encoder(graph, encoder), projection))


def import_encoder(model: bytes) -> IntegerEncoder:
    """The encoder's integers back out of bytes that :func:`export_encoder` or
    :func:`export_student` made.
    """
    constants = _read_constants(model)
    layers = []
    while f"weight{(k := len(layers))}" in constants:
        layers.append(
            IntegerConvolution(
                constants[f"weight{k}"], constants[f"bias{k}"], constants[f"rescale{k}"]
            )
        )
    return IntegerEncoder(constants["table"], tuple(layers))


def import_projection(model: bytes) -> IntegerProjection | None:
    """The projection's integers, where these bytes have the output ``embedding``."""
    constants = _read_constants(model)
    if "projection" not in constants:
        return None
    return IntegerProjection(constants["projection"], constants["projection_bias"])


def import_head(model: bytes) -> NDArray[np.int8]:
    """The head's integers [pooled_width, answers] back out of bytes that :func:`export_student`
    made.
    """
    return _read_constants(model)["head"].astype(np.int8)


def _read_constants(model: bytes) -> dict[str, NDArray[np.generic]]:
    graph = onnx.load_model_from_string(model).graph
    return {t.name: numpy_helper.to_array(t) for t in graph.initializer}


def _add_projection(
    graph: _Graph, features: str, projection: IntegerProjection | None
) -> dict[str, int]:
    """Adds the projection, if there is one; the output with its width."""
    if projection is None:
        return {}
    graph.constant("projection", projection.weight)
    graph.constant("projection_bias", projection.bias)
    product = graph.node("MatMulInteger", [features, "projection"], "projected")
    graph.node("Add", [product, "projection_bias"], EMBEDDING)
    return {EMBEDDING: len(projection.bias)}


def _add_encoder(graph: _Graph, encoder: IntegerEncoder) -> str:
    """Adds table, layers and pooling; the name of the pooled u8 values [1, pooled_width]."""
    graph.constant("table", encoder.table)
    graph.constant("one", np.float32(1.0))
    graph.constant("zero_u8", np.uint8(0))
    graph.constant("zero_embedding", np.uint8(EMBEDDING_ZERO))
    graph.constant("share_step", np.float32(1.0 / 255.0))
    graph.constant("channels_first", np.array([1, encoder.table.shape[1], -1], np.int64))
    graph.constant("flat", np.array([1, -1], np.int64))
    graph.node("Gather", ["table", INPUTS[0]], "rows", axis=0)
    graph.node("Transpose", ["rows"], "columns", perm=[1, 0])
    values, zero = (
        graph.node("Reshape", ["columns", "channels_first"], "embedded"),
        "zero_embedding",
    )
    pooled = []
    for k, layer in enumerate(encoder.convolutions):
        values = _add_convolution(graph, layer, k, values, zero)
        zero = "zero_u8"
        pooled.append(graph.node("ReduceMax", [values], f"max{k}", axes=[2], keepdims=0))
        mean_inputs = [
            values,
            "one",
            "zero_u8",
            INPUTS[1],
            "share_step",
            "zero_u8",
            "one",
            "zero_u8",
        ]
        mean = graph.node("QLinearMatMul", mean_inputs, f"mean_column{k}")
        pooled.append(graph.node("Reshape", [mean, "flat"], f"mean{k}"))
    return graph.node("Concat", pooled, "features", axis=1)


def _add_convolution(
    graph: _Graph, layer: IntegerConvolution, k: int, values: str, zero: str
) -> str:
    weight = graph.constant(f"weight{k}", layer.weight)
    rescale = graph.constant(f"rescale{k}", layer.rescale)
    weight_zero = graph.constant(f"weight_zero{k}", np.zeros(len(layer.rescale), np.int8))
    bias = graph.constant(f"bias{k}", layer.bias)
    inputs = [values, "one", zero, weight, rescale, weight_zero, "one", "zero_u8", bias]
    return graph.node("QLinearConv", inputs, f"layer{k}", kernel_shape=[3], pads=[1, 1])
