"""Looks through ONNX bytes before onnxruntime sees them: closed lists of fields and operators,
nothing outside it.

Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Whatever is not
on the lists is refused: external data, sub-graphs, functions, training info, custom domains, sparse
tensors, metadata. So is a graph whose values could grow beyond a bound, since onnxruntime would try
to allocate them.
"""

from __future__ import annotations

from math import prod

from edge_router.bundle.protobuf import Field, Message
from edge_router.bundle.refusal import refuse, show

MAX_NODES = 256
MAX_RANK = 4
MAX_TOKENS = 4096
MAX_ELEMENTS = 2**27
"""Upper bound of all values of a run together, for a text of MAX_TOKENS tokens."""

OPERATORS: dict[str, frozenset[str]] = {
    "Add": frozenset(),
    "Concat": frozenset({"axis"}),
    "Gather": frozenset({"axis"}),
    "MatMulInteger": frozenset(),
    "QLinearConv": frozenset({"kernel_shape", "pads"}),
    "QLinearMatMul": frozenset(),
    "ReduceMax": frozenset({"axes", "keepdims"}),
    "Reshape": frozenset(),
    "Transpose": frozenset({"perm"}),
}
"""What the export side writes, with the attributes it sets; a bundle with any other is refused."""

_ITEM_BYTES = {
    1: 4,
    2: 1,
    3: 1,
    6: 4,
    7: 8,
}  # TensorProto.DataType: float32, uint8, int8, int32, int64
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
    7: Field("domain"),
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


def check_onnx(model: bytes) -> None:
    """Raises BundleError where ``model`` holds anything but a plain, bounded graph of the known
    operators.
    """
    try:
        _check_model(Message(memoryview(model), "model", _MODEL))
    except (ValueError, KeyError, IndexError) as error:
        raise refuse(f"model.onnx is not the model of a bundle: it has {error}") from error


def _check_model(model: Message) -> None:
    opset = Message(model.part("opset"), "opset", _OPSET)
    _check_domain(opset.text("domain"))
    if opset.number("version") < 1 or model.number("ir_version") < 1:
        raise ValueError("no version")
    graph = Message(model.part("graph"), "graph", _GRAPH)
    sizes = _Sizes()
    for part in graph.parts("initializer"):
        sizes.add_constant(Message(part, "tensor", _TENSOR))
    for part in graph.parts("input"):
        sizes.add_input(Message(part, "input", _VALUE))
    if not 1 <= len(graph.parts("node")) <= MAX_NODES:
        raise ValueError(f"{len(graph.parts('node'))} nodes")
    for part in graph.parts("node"):
        sizes.add_node(Message(part, "node", _NODE))
    if not graph.parts("output"):
        raise ValueError("no output")
    for part in graph.parts("output"):
        sizes.check_output(Message(part, "output", _VALUE))


def _check_domain(domain: str) -> None:
    if domain not in ("", "ai.onnx"):
        raise ValueError(f"the operator domain {show(domain)}")


class _Sizes:
    """How many elements each value of a graph has at most, followed from node to node."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._constants: dict[str, list[int]] = {}
        self._widths: dict[str, int] = {}
        self._total = 0

    def add_constant(self, tensor: Message) -> None:
        """Knows an initializer, whose bytes must be as many as its dimensions say."""
        name, dims = tensor.text("name"), tensor.numbers("dims")
        item_bytes = _ITEM_BYTES.get(tensor.number("data_type"))
        if (
            item_bytes is None
            or len(dims) > MAX_RANK
            or not all(1 <= d <= MAX_ELEMENTS for d in dims)
        ):
            raise ValueError(f"the tensor {show(name)} of an unknown type or shape")
        if prod(dims) * item_bytes != len(tensor.part("raw_data")):
            raise ValueError(f"the tensor {show(name)} with more or fewer bytes than its shape")
        self._add(name, prod(dims))
        self._constants[name] = dims

    def add_input(self, value: Message) -> None:
        """Knows an input; a dimension without a number is the text's tokens."""
        name, dims = value.text("name"), _read_dims(value)
        self._add(name, prod(MAX_TOKENS if d is None else d for d in dims))
        self._widths[name] = MAX_TOKENS if not dims or dims[-1] is None else dims[-1]

    def add_node(self, node: Message) -> None:
        """Knows a node's output, from inputs that must be known already."""
        operator, inputs, outputs = node.text("op_type"), node.texts("input"), node.texts("output")
        _check_domain(node.text("domain"))
        if operator not in OPERATORS:
            raise ValueError(f"the operator {show(operator)}")
        if len(outputs) != 1 or not inputs or any(name not in self._sizes for name in inputs):
            raise ValueError(f"a {operator} with unknown inputs or without its one output")
        attributes = _read_attributes(node, OPERATORS[operator])
        if operator == "QLinearConv":
            _check_kernel(attributes, self._constant(inputs[3]))
        self._add(outputs[0], self._output_size(operator, inputs))

    def check_output(self, value: Message) -> None:
        """Raises ValueError where an output of the graph is none of its values."""
        _read_dims(value)
        if value.text("name") not in self._sizes:
            raise ValueError("an output that no node makes")

    def _add(self, name: str, size: int) -> None:
        self._total += size
        if not name or name in self._sizes:
            raise ValueError(f"the value {show(name)} twice or without a name")
        if self._total > MAX_ELEMENTS:
            raise ValueError(f"values of more than {MAX_ELEMENTS} elements")
        self._sizes[name] = size

    def _output_size(self, operator: str, inputs: list[str]) -> int:
        first = self._sizes[inputs[0]]
        if operator == "Concat":
            return sum(self._sizes[name] for name in inputs)
        if operator == "Gather":
            return self._sizes[inputs[1]] * prod(self._constant(inputs[0])[1:])
        if (
            operator == "QLinearConv"
        ):  # weight [outputs, inputs, kernel]; the kernel's padding adds no positions
            outputs, channels = self._constant(inputs[3])[:2]
            return -(-first * outputs // channels)
        if operator in ("MatMulInteger", "QLinearMatMul"):
            return self._product_size(first, inputs[1 if operator == "MatMulInteger" else 3])
        return first

    def _product_size(self, left: int, right: str) -> int:
        """Elements of a matrix product: the right side is a constant [rows, columns] or an input of
        known width.
        """
        if right in self._constants:
            rows, columns = self._constant(right)
            return -(-left * columns // rows)
        return left * self._widths[right]

    def _constant(self, name: str) -> list[int]:
        if name not in self._constants:
            raise ValueError(f"weights {show(name)} that are not constants")
        return self._constants[name]


def _read_dims(value: Message) -> list[int | None]:
    """The dimensions of an input or output, ``None`` where one is only named."""
    kind = Message(
        Message(value.part("type"), "type", _TYPE).part("tensor"), "tensor type", _TENSOR_TYPE
    )
    dims = [
        Message(part, "dimension", _DIM)
        for part in Message(kind.part("shape"), "shape", _SHAPE).parts("dim")
    ]
    sizes = [None if dim.text("param") else dim.number("value") for dim in dims]
    if kind.number("data_type") not in _ITEM_BYTES or len(sizes) > MAX_RANK:
        raise ValueError(f"an input or output {show(value.text('name'))} of an unknown type")
    if not all(size is None or 1 <= size <= MAX_ELEMENTS for size in sizes):
        raise ValueError(f"an input or output {show(value.text('name'))} of an unknown shape")
    return sizes


def _read_attributes(node: Message, allowed: frozenset[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for part in node.parts("attribute"):
        attribute = Message(part, "attribute", _ATTRIBUTE)
        name, values = (
            attribute.text("name"),
            [*attribute.numbers("int"), *attribute.numbers("ints")],
        )
        if name not in allowed or name in found or not all(0 <= v < 2 * MAX_RANK for v in values):
            raise ValueError(
                f"the attribute {show(name)}, or a value of it, that a bundle does not have"
            )
        found[name] = values
    if any(axis != 0 for axis in found.get("axis", [])) and node.text("op_type") == "Gather":
        raise ValueError("a Gather of something else than rows")
    return found


def _check_kernel(attributes: dict[str, list[int]], weight: list[int]) -> None:
    """A convolution's padding may not make its output longer than its input."""
    kernel, pads = attributes.get("kernel_shape", []), attributes.get("pads", [])
    if (
        len(weight) != 3
        or kernel != weight[2:]
        or len(pads) not in (0, 2)
        or sum(pads) >= kernel[0]
    ):
        raise ValueError("a QLinearConv whose kernel and padding do not fit")
