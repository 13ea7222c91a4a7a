"""ONNX bytes as plain values, without the onnx package.

Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. A field that is
not listed here is refused wherever it stands: external data, sub-graphs, functions, other operator
domains, training info, sparse tensors, numbers outside raw data, metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from edge_router.bundle.protobuf import Field, Message
from edge_router.bundle.refusal import show

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7
"""TensorProto.DataType"""
IR_VERSION, OPSET_VERSION = 8, 13

_AN_INT, _INTS = 2, 7  # AttributeProto.AttributeType
_MANY = {"is_repeated": True}
_MODEL = {
    1: Field("ir_version", is_number=True),
    2: Field("producer_name"),
    7: Field("graph"),
    8: Field("opset"),
}
_OPSET = {1: Field("domain"), 2: Field("version", is_number=True)}
_GRAPH = {
    1: Field("node", **_MANY),
    2: Field("name"),
    5: Field("initializer", **_MANY),
    11: Field("input", **_MANY),
    12: Field("output", **_MANY),
}
_NODE = {
    1: Field("input", **_MANY),
    2: Field("output", **_MANY),
    3: Field("name"),
    4: Field("op_type"),
    5: Field("attribute", **_MANY),
}
_ATTRIBUTE = {
    1: Field("name"),
    3: Field("int", is_number=True),
    8: Field("ints", is_number=True, is_repeated=True),
    20: Field("type", is_number=True),
}
_TENSOR = {
    1: Field("dims", is_number=True, is_repeated=True),
    2: Field("data_type", is_number=True),
    8: Field("name"),
    9: Field("raw_data"),
}
_VALUE = {1: Field("name"), 2: Field("type")}
_TYPE = {1: Field("tensor")}
_TENSOR_TYPE = {1: Field("data_type", is_number=True), 2: Field("shape")}
_SHAPE = {1: Field("dim", **_MANY)}
_DIM = {1: Field("value", is_number=True), 2: Field("param")}


class Node(NamedTuple):
    """One operation, with the one value that it makes and is named like."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, int | tuple[int, ...]] = {}


class Value(NamedTuple):
    """An input or output of the graph; a dimension without a number is the text's tokens."""

    name: str
    data_type: int
    dims: tuple[int | str, ...]


class Tensor(NamedTuple):
    """A constant; nothing is known of how shape and data fit."""

    data_type: int
    dims: tuple[int, ...]
    data: memoryview


@dataclass(frozen=True, slots=True)
class Graph:
    """What a model computes."""

    nodes: list[Node]
    """In the order in which they run."""
    constants: dict[str, Tensor]
    """By name; not copied."""
    inputs: list[Value]
    """What a run is given."""
    outputs: list[Value]
    """What a run answers."""


def read_graph(model: bytes) -> Graph:
    """The graph in ONNX bytes; raises ValueError, whose text goes on from *it has*, where they hold
    more than a :class:`Graph` can say.
    """
    whole = Message(memoryview(model), "model", _MODEL)
    opset = Message(whole.part("opset"), "opset", _OPSET)
    if opset.text("domain"):
        raise ValueError(f"the operator domain {show(opset.text('domain'))}")
    if (whole.number("ir_version"), opset.number("version")) != (IR_VERSION, OPSET_VERSION):
        raise ValueError("another version of ONNX")
    graph = Message(whole.part("graph"), "graph", _GRAPH)
    return Graph(
        nodes=[_read_node(part) for part in graph.parts("node")],
        constants=_read_constants(graph.parts("initializer")),
        inputs=[_read_value(part) for part in graph.parts("input")],
        outputs=[_read_value(part) for part in graph.parts("output")],
    )


def _read_node(part: memoryview) -> Node:
    node = Message(part, "node", _NODE)
    operator, outputs = node.text("op_type"), node.texts("output")
    if outputs != [node.text("name")]:
        raise ValueError(f"a {show(operator)} that is not named like its one output")
    attributes = [_read_attribute(part) for part in node.parts("attribute")]
    if len(dict(attributes)) != len(attributes):
        raise ValueError(f"a {show(operator)} with an attribute twice")
    return Node(operator, tuple(node.texts("input")), outputs[0], dict(attributes))


def _read_attribute(part: memoryview) -> tuple[str, int | tuple[int, ...]]:
    attribute = Message(part, "attribute", _ATTRIBUTE)
    name, kind = attribute.text("name"), attribute.number("type")
    one, many = attribute.numbers("int"), attribute.numbers("ints")
    if kind == _AN_INT and one and not many:
        return name, one[0]
    if kind == _INTS and many and not one:
        return name, tuple(many)
    raise ValueError(f"an attribute {show(name)} of an unknown type")


def _read_constants(parts: list[memoryview]) -> dict[str, Tensor]:
    constants: dict[str, Tensor] = {}
    for part in parts:
        tensor = Message(part, "tensor", _TENSOR)
        name, dims = tensor.text("name"), tuple(tensor.numbers("dims"))
        if name in constants:
            raise ValueError(f"the constant {show(name)} twice")
        constants[name] = Tensor(tensor.number("data_type"), dims, tensor.part("raw_data"))
    return constants


def _read_value(part: memoryview) -> Value:
    value = Message(part, "value", _VALUE)
    kind = Message(Message(value.part("type"), "type", _TYPE).part("tensor"), "type", _TENSOR_TYPE)
    shape = Message(kind.part("shape"), "shape", _SHAPE)
    dims = tuple([_read_dim(dim) for dim in shape.parts("dim")])
    return Value(value.text("name"), kind.number("data_type"), dims)


def _read_dim(part: memoryview) -> int | str:
    dim = Message(part, "dimension", _DIM)
    sizes, names = dim.numbers("value"), dim.texts("param")
    if len(sizes) + len(names) != 1:  # of two, onnxruntime would take the later one
        raise ValueError("a dimension that is not one number or one name")
    return sizes[0] if sizes else names[0]
