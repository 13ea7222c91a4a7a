"""Looks through ONNX bytes before onnxruntime sees them: only the graph that our export writes.

A checker of any graph would have to know the types, shapes, ranges and costs of all that the
operators can be made to do, and one thing forgotten would be a hole. Here every wire is known: a
table, layers, heads. So the nodes are compared with a list, and what is left to check are sizes and
numbers: no accumulator may overflow, no scale may be NaN, no text may take more than bounded work.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import prod

from edge_router.bundle.onnx_graph import (
    FLOAT,
    INT8,
    INT32,
    INT64,
    UINT8,
    Graph,
    Node,
    Tensor,
    Value,
    read_graph,
)
from edge_router.bundle.refusal import refuse, show

MAX_LAYERS = 8
MAX_WIDTH = 2048
"""Columns of the table, channels of a layer. 8 layers of 2048 give 32,768 pooled values; the
difference of two logits, at most 2 * 32768 * 255 * 63, still fits an int32.
"""
MAX_MACS = 2**33
"""Multiply-accumulates of the layers for the longest text: 600 times those of the base, a second or
so on a small board.
"""
MAX_BIAS = 2**23 - 1
"""Magnitude in a layer's bias, as the export clips it."""
MAX_PROJECTION_BIAS = 2**30
"""Magnitude in the projection's bias; added to the largest product, it still fits an int32."""

_ITEM_BYTES = {FLOAT: 4, UINT8: 1, INT8: 1, INT32: 4, INT64: 8}
_SEVEN_BITS = bytes(range(64)) + bytes(range(256 - 63, 256))  # -63..63 as int8
_SCALE_EXPONENTS = range(127 - 64, 127 + 64)  # as IEEE 754 writes 2**-64 to 2**63
_INPUTS = [Value("tokens", INT64, ("n",)), Value("shares", UINT8, ("n", 1))]
_HEADS: dict[str, list[Node]] = {
    "logits": [Node("MatMulInteger", ("features", "head"), "logits")],
    "embedding": [
        Node("MatMulInteger", ("features", "projection"), "projected"),
        Node("Add", ("projected", "projection_bias"), "embedding"),
    ],
}
"""What makes each output that a graph may have, out of the pooled values."""


def check_onnx(model: bytes, *, max_tokens: int) -> None:
    """Raises BundleError unless ``model`` is a graph of our export that reads a text of
    ``max_tokens`` in bounded work.
    """
    try:
        _check_graph(read_graph(model), max_tokens)
    except ValueError as error:
        raise refuse(f"model.onnx is not the model of a bundle: it has {error}") from error


def _check_graph(graph: Graph, max_tokens: int) -> None:
    names = [value.name for value in graph.outputs]
    if not names or len(set(names)) != len(names) or not set(names) <= _HEADS.keys():
        raise ValueError(f"the outputs {show(', '.join(names))}")
    layers = sum(name.startswith("rescale") for name in graph.constants)
    if not 1 <= layers <= MAX_LAYERS:
        raise ValueError(f"{layers} layers")
    _check_nodes(graph.nodes, _list_nodes(layers, names))
    if graph.inputs != _INPUTS:
        raise ValueError("other inputs than tokens and their shares")
    constants = _Constants(graph.constants)
    outputs = _check_constants(constants, layers, names, max_tokens)
    constants.finish()
    if graph.outputs != [outputs[name] for name in names]:
        raise ValueError("an output of another type or shape than its values")


def _list_nodes(layers: int, outputs: Sequence[str]) -> list[Node]:
    """The whole graph, in its order."""
    nodes = [
        Node("Gather", ("table", "tokens"), "rows", {"axis": 0}),
        Node("Transpose", ("rows",), "columns", {"perm": (1, 0)}),
        Node("Reshape", ("columns", "channels_first"), "embedded"),
    ]
    values, zero, pooled = "embedded", "zero_embedding", list[str]()
    for k in range(layers):
        layer, mean = f"layer{k}", f"mean_column{k}"
        weights = (f"weight{k}", f"rescale{k}", f"weight_zero{k}", "one", "zero_u8", f"bias{k}")
        shares = ("shares", "share_step", "zero_u8", "one", "zero_u8")
        window = {"kernel_shape": (3,), "pads": (1, 1)}
        nodes += [
            Node("QLinearConv", (values, "one", zero, *weights), layer, window),
            Node("ReduceMax", (layer,), f"max{k}", {"axes": (2,), "keepdims": 0}),
            Node("QLinearMatMul", (layer, "one", "zero_u8", *shares), mean),
            Node("Reshape", (mean, "flat"), f"mean{k}"),
        ]
        values, zero = layer, "zero_u8"
        pooled += [f"max{k}", f"mean{k}"]
    nodes.append(Node("Concat", tuple(pooled), "features", {"axis": 1}))
    return nodes + [node for name, head in _HEADS.items() if name in outputs for node in head]


def _check_nodes(found: Iterable[Node], wanted: Iterable[Node]) -> None:
    for node, expected in zip_longest(found, wanted):
        if node != expected:
            what = f"the operator {show(node.operator)}" if node else "nothing"
            where = f"{expected.output} should be made" if expected else "the graph should end"
            raise ValueError(f"{what} where {where}, or other inputs or attributes of it")


def _check_constants(
    constants: _Constants, layers: int, outputs: Sequence[str], max_tokens: int
) -> dict[str, Value]:
    """Takes every constant; the outputs that they make."""
    constants.take_fixed("one", FLOAT, struct.pack("<f", 1.0))
    constants.take_fixed("zero_u8", UINT8, bytes([0]))
    constants.take_fixed("zero_embedding", UINT8, bytes([128]))
    constants.take_fixed("share_step", FLOAT, struct.pack("<f", 1.0 / 255.0))
    width = constants.take("table", UINT8, None, None).dims[1]
    constants.take_fixed("channels_first", INT64, struct.pack("<3q", 1, width, -1), 3)
    constants.take_fixed("flat", INT64, struct.pack("<2q", 1, -1), 2)
    macs = pooled = answers = embedding = 0
    for k in range(layers):
        inputs, width = width, _check_layer(constants, k, width)
        macs += max_tokens * width * (3 * inputs + 1)
        pooled += 2 * width
    if macs > MAX_MACS:  # a head's are no more than it has bytes
        raise ValueError(f"more than {MAX_MACS} multiplications for a text of {max_tokens} tokens")
    if "logits" in outputs:
        answers = constants.take_weights("head", pooled, None)[1]
    if "embedding" in outputs:
        embedding = constants.take_weights("projection", pooled, None)[1]
        constants.take_bounded("projection_bias", MAX_PROJECTION_BIAS, embedding)
    return {
        "logits": Value("logits", INT32, (1, answers)),
        "embedding": Value("embedding", INT32, (1, embedding)),
    }


def _check_layer(constants: _Constants, k: int, inputs: int) -> int:
    """Takes one layer's constants; its channels."""
    width = constants.take_weights(f"weight{k}", None, inputs, 3)[0]
    if not max(inputs, width) <= MAX_WIDTH:
        raise ValueError(f"a layer of more than {MAX_WIDTH} channels")
    constants.take_fixed(f"weight_zero{k}", INT8, bytes(width), width)
    constants.take_bounded(f"bias{k}", MAX_BIAS, width)
    scales = struct.unpack(f"<{width}I", constants.take(f"rescale{k}", FLOAT, width).data)
    # as whole numbers: a sign makes the exponent 256 and more; NaN and infinity have 255
    if not all(scale >> 23 in _SCALE_EXPONENTS for scale in scales):
        raise ValueError(f"a scale in rescale{k} that is not positive and of moderate size")
    return width


class _Constants:
    """Takes constants by name, and knows which nothing took; each wrong one is a ValueError."""

    def __init__(self, constants: dict[str, Tensor]) -> None:
        self._left = dict(constants)

    def take(self, name: str, data_type: int, *dims: int | None) -> Tensor:
        """The constant of this type and shape; ``None`` stands for any size of 1 and more."""
        if name not in self._left:
            raise ValueError(f"no constant {name}")
        tensor = self._left.pop(name)
        wanted = tuple([d or max(1, s) for d, s in zip(dims, tensor.dims, strict=False)])
        if (tensor.data_type, tensor.dims, len(wanted)) != (data_type, wanted, len(dims)):
            raise ValueError(f"a constant {name} of another type or shape")
        if prod(wanted) * _ITEM_BYTES[data_type] != len(tensor.data):
            raise ValueError(f"a constant {name} with more or fewer bytes than its shape")
        return tensor

    def take_fixed(self, name: str, data_type: int, data: bytes, *dims: int) -> None:
        """Takes the constant that can hold nothing but ``data``."""
        if self.take(name, data_type, *dims).data != data:
            raise ValueError(f"a constant {name} of another value")

    def take_weights(self, name: str, *dims: int | None) -> tuple[int, ...]:
        """Takes weights of -63..63, of which no CPU's 16-bit sum of two products saturates; their
        shape.
        """
        tensor = self.take(name, INT8, *dims)
        if bytes(tensor.data).translate(None, _SEVEN_BITS):
            raise ValueError(f"a weight in {name} beyond -63..63")
        return tensor.dims

    def take_bounded(self, name: str, most: int, width: int) -> None:
        """Takes ``width`` int32 of magnitudes up to ``most``."""
        numbers = struct.unpack(f"<{width}i", self.take(name, INT32, width).data)
        if not -most <= min(numbers) <= max(numbers) <= most:
            raise ValueError(f"a number in {name} beyond {most}")

    def finish(self) -> None:
        """Raises where a constant was not taken."""
        if self._left:
            raise ValueError(f"the constant {show(min(self._left))}, which nothing uses")
