"""Looks through ONNX bytes before onnxruntime sees them: a closed list of fields and operators, nothing outside the file.

A walk over the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) with the field numbers of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, so that the runtime needs neither package. Whatever is not on the lists
is refused: external data, sub-graphs, functions, training info, custom domains, sparse tensors.
"""

from __future__ import annotations

from collections.abc import Iterator

from edge_router.errors import BundleError

OPERATORS = frozenset(
    {"Gather", "Transpose", "Reshape", "QLinearConv", "QLinearMatMul", "ReduceMax", "Concat", "MatMulInteger"}
)
"""What the export side writes; a bundle with any other operator is refused."""
MAX_NODES = 256
MAX_ELEMENTS = 48 * 2**20

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MODEL = {"ir_version": 1, "producer_name": 2, "producer_version": 3, "domain": 4, "model_version": 5, "graph": 7, "opset": 8}
_GRAPH = {"node": 1, "name": 2, "initializer": 5, "input": 11, "output": 12}
_NODE = {"input": 1, "output": 2, "name": 3, "op_type": 4, "attribute": 5, "domain": 7}
_ATTRIBUTE = {"name": 1, "float": 2, "int": 3, "string": 4, "floats": 7, "ints": 8, "type": 20}
_TENSOR = {"dims": 1, "data_type": 2, "float_data": 4, "int32_data": 5, "int64_data": 7, "name": 8, "raw_data": 9}
_OPSET = {"domain": 1, "version": 2}

Field = tuple[int, int | bytes]


def check_onnx(model: bytes) -> None:
    """Raises BundleError where ``model`` holds anything but a plain graph of the known operators."""
    try:
        _check_model(model)
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise BundleError(f"model.onnx is no model of a bundle ({error}); get the bundle again") from error


def _check_model(model: bytes) -> None:
    graphs = []
    for number, value in _known(model, _MODEL, "model"):
        if number == _MODEL["graph"]:
            graphs.append(_as_bytes(value))
        elif number == _MODEL["opset"]:
            _check_opset(_as_bytes(value))
    if len(graphs) != 1:
        raise ValueError(f"it has {len(graphs)} graphs")
    _check_graph(graphs[0])


def _check_opset(opset: bytes) -> None:
    for number, value in _known(opset, _OPSET, "opset"):
        if number == _OPSET["domain"] and value not in (b"", b"ai.onnx"):
            raise ValueError(f"operator domain {value!r}")


def _check_graph(graph: bytes) -> None:
    nodes = elements = 0
    for number, value in _known(graph, _GRAPH, "graph"):
        if number == _GRAPH["node"]:
            _check_node(_as_bytes(value))
            nodes += 1
        elif number == _GRAPH["initializer"]:
            elements += _count_elements(_as_bytes(value))
    if nodes > MAX_NODES or elements > MAX_ELEMENTS:
        raise ValueError(f"{nodes} nodes and {elements} numbers are more than a bundle has")


def _check_node(node: bytes) -> None:
    for number, value in _known(node, _NODE, "node"):
        if number == _NODE["op_type"] and _as_bytes(value).decode() not in OPERATORS:
            raise ValueError(f"operator {value!r}")
        if number == _NODE["domain"] and value not in (b"", b"ai.onnx"):
            raise ValueError(f"operator domain {value!r}")
        if number == _NODE["attribute"]:
            for _ in _known(_as_bytes(value), _ATTRIBUTE, "attribute"):
                pass


def _count_elements(tensor: bytes) -> int:
    elements = 1
    for number, value in _known(tensor, _TENSOR, "tensor"):
        if number == _TENSOR["dims"]:
            for dimension in [value] if isinstance(value, int) else _varints(value):
                elements *= dimension
                if elements > MAX_ELEMENTS:
                    raise ValueError("a tensor is larger than a bundle's may be")
    return elements


def _known(message: bytes, numbers: dict[str, int], what: str) -> Iterator[Field]:
    """The fields of ``message``, of which each must be one of ``numbers``."""
    allowed = set(numbers.values())
    for number, value in _fields(message):
        if number not in allowed:
            raise ValueError(f"field {number} in a {what}")
        yield number, value


def _fields(message: bytes) -> Iterator[Field]:
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if kind == _BYTES:
            size, position = _varint(message, position)
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {kind}")
        if size > len(message) - position:
            raise ValueError("it is cut short")
        yield number, message[position : position + size]
        position += size


def _varints(packed: bytes) -> Iterator[int]:
    position = 0
    while position < len(packed):
        value, position = _varint(packed, position)
        yield value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number has no end")


def _as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where a message must be")
    return value
