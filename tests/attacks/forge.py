"""Spells the graph of ``tests/data/tiny.onnx`` in protobuf, field by field, with whatever an attack
puts in place of its parts: a hostile graph needs no onnx, which would refuse to write most of them.

Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

import struct
from collections.abc import Mapping
from types import MappingProxyType

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7


def varint(value: int) -> bytes:
    value %= 2**64
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [varint(number << 3), varint(value)]
        else:
            data = value.encode() if isinstance(value, str) else value
            parts += [varint(number << 3 | 2), varint(len(data)), data]
    return b"".join(parts)


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def int32s(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def int64s(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def int8s(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}b", *values)


def tensor(
    name: str, data_type: int, dims: list[int], raw: bytes, *more: tuple[int, int | str | bytes]
) -> bytes:
    return message(*[(1, d) for d in dims], (2, data_type), (8, name), (9, raw), *more)


def attribute(name: str, value: int | list[int] | bytes) -> bytes:
    """An int, ints, or whatever fields ``value`` holds."""
    if isinstance(value, int):
        return message((1, name), (3, value), (20, 2))
    if isinstance(value, list):
        return message((1, name), *[(8, v) for v in value], (20, 7))
    return message((1, name)) + value


def node(
    operator: str,
    inputs: str,
    output: str,
    *more: tuple[int, str | bytes],
    **attributes: int | list[int] | bytes,
) -> bytes:
    """``inputs`` are separated by spaces; "-" is one that is left out."""
    names = [(1, name.replace("-", "")) for name in inputs.split()]
    given = [(5, attribute(name, value)) for name, value in attributes.items()]
    return message(*names, (2, output), (3, output), (4, operator), *given, *more)


def value(name: str, data_type: int, *dims: int | str | bytes) -> bytes:
    """An input or output; a dimension is a size, a name, or the fields of both."""
    sizes = [
        d if isinstance(d, bytes) else message((1 if isinstance(d, int) else 2, d)) for d in dims
    ]
    shape = message(*[(1, size) for size in sizes])
    return message((1, name), (2, message((1, message((1, data_type), (2, shape))))))


WEIGHTS = "one {zero} weight{k} rescale{k} weight_zero{k} one zero_u8 bias{k}"
SHARES = "one zero_u8 shares share_step zero_u8 one zero_u8"
WINDOW = {"kernel_shape": [3], "pads": [1, 1]}
CONSTANTS = {
    "table": tensor("table", UINT8, [8, 2], bytes(range(120, 136))),
    "one": tensor("one", FLOAT, [], floats(1.0)),
    "zero_u8": tensor("zero_u8", UINT8, [], b"\x00"),
    "zero_embedding": tensor("zero_embedding", UINT8, [], b"\x80"),
    "share_step": tensor("share_step", FLOAT, [], floats(1.0 / 255.0)),
    "channels_first": tensor("channels_first", INT64, [3], int64s(1, 2, -1)),
    "flat": tensor("flat", INT64, [2], int64s(1, -1)),
    "weight0": tensor("weight0", INT8, [2, 2, 3], int8s(0, 1, 0, 1, 0, 0, 0, 0, 1, -1, 2, 0)),
    "rescale0": tensor("rescale0", FLOAT, [2], floats(1.0, 0.5)),
    "weight_zero0": tensor("weight_zero0", INT8, [2], b"\x00\x00"),
    "bias0": tensor("bias0", INT32, [2], int32s(1, 2)),
    "head": tensor("head", INT8, [4, 3], int8s(1, 0, -1, 0, 2, 1, 1, -1, 0, 2, 0, 1)),
}
NODES = {
    "rows": node("Gather", "table tokens", "rows", axis=0),
    "columns": node("Transpose", "rows", "columns", perm=[1, 0]),
    "embedded": node("Reshape", "columns channels_first", "embedded"),
    "layer0": node(
        "QLinearConv",
        "embedded " + WEIGHTS.format(zero="zero_embedding", k=0),
        "layer0",
        **WINDOW,
    ),
    "max0": node("ReduceMax", "layer0", "max0", axes=[2], keepdims=0),
    "mean_column0": node("QLinearMatMul", "layer0 " + SHARES, "mean_column0"),
    "mean0": node("Reshape", "mean_column0 flat", "mean0"),
    "features": node("Concat", "max0 mean0", "features", axis=1),
    "logits": node("MatMulInteger", "features head", "logits"),
}
OPSET = message((1, ""), (2, 13))
INPUTS = {"tokens": value("tokens", INT64, "n"), "shares": value("shares", UINT8, "n", 1)}
OUTPUTS = {"logits": value("logits", INT32, 1, 3)}

Parts = Mapping[str, bytes | None]
AS_IT_IS: Parts = MappingProxyType({})


EMBEDDING: dict[str, Parts] = {
    "constants": {
        "projection": tensor("projection", INT8, [4, 2], int8s(1, -63, 2, 63, 0, 5, -7, 8)),
        "projection_bias": tensor("projection_bias", INT32, [2], int32s(-1000, 2000)),
    },
    "nodes": {
        "projected": node("MatMulInteger", "features projection", "projected"),
        "embedding": node("Add", "projected projection_bias", "embedding"),
    },
    "outputs": {"embedding": value("embedding", INT32, 1, 2)},
}
"""What a graph with the output ``embedding`` has more."""


def forge_graph(
    *,
    constants: Parts = AS_IT_IS,
    nodes: Parts = AS_IT_IS,
    inputs: Parts = AS_IT_IS,
    outputs: Parts = AS_IT_IS,
    more: bytes = b"",
) -> bytes:
    """GraphProto of the tiny graph with other or, where ``None``, without some parts; new ones come
    last.
    """

    def fields(number: int, plain: Parts, changed: Parts) -> list[tuple[int, bytes]]:
        return [(number, part) for part in {**plain, **changed}.values() if part is not None]

    return (
        message(
            *fields(1, NODES, nodes),
            (2, "edge-router"),
            *fields(5, CONSTANTS, constants),
            *fields(11, INPUTS, inputs),
            *fields(12, OUTPUTS, outputs),
        )
        + more
    )


def forge(
    *,
    opset: bytes = OPSET,
    ir_version: int = 8,
    more: bytes = b"",
    **parts: Parts,
) -> bytes:
    """ONNX bytes of :func:`forge_graph`."""
    graph = forge_graph(**parts)
    return message((1, ir_version), (2, "edge-router"), (7, graph), (8, opset)) + more
