"""Hostile ``model.onnx`` files, each named after what it does.

Each is the plain one with one thing changed. A comment says what it did to a runtime that let it
through; where none stands, the least harm is logits that no honest bundle gives.
"""

from attacks.forge import (
    EMBEDDING,
    FLOAT,
    INT8,
    INT32,
    INT64,
    OPSET,
    SHARES,
    UINT8,
    WEIGHTS,
    WINDOW,
    floats,
    forge,
    forge_graph,
    int8s,
    int32s,
    int64s,
    message,
    node,
    tensor,
    value,
)


def make_graphs() -> dict[str, bytes]:
    """Name to bytes."""
    return _make_numbers() | _make_wires() | _make_interfaces() | _make_wrappings()


def make_big_graphs() -> dict[str, bytes]:
    """Those that are too big to keep."""
    letter = tensor("c", UINT8, [1], b"\0")
    return {
        # for a text of 4096 tokens: ten seconds on a small board, twelve megabytes in the file
        "fifty_billion_multiplications": forge_wide(2048, [2048]),
        "nine_layers": forge_wide(2, [2] * 9),
        "layer_of_2049_channels": forge_wide(1, [2049]),
        "table_of_2049_columns": forge_wide(2049, [1]),
        # the difference of two logits, 2 * 131,136 * 255 * 63, does not fit an int32
        "logits_beyond_int32": forge_wide(1, [2048, 1] * 32, answers=1),
        "ten_thousand_nodes": forge(
            nodes={str(i): node("Transpose", "table", str(i)) for i in range(10_000)}
        ),
        "million_constants": message((1, 8), (7, message((5, letter)) * 1_000_000), (8, OPSET)),
    }


def forge_constant(name: str, data_type: int, dims: list[int], raw: bytes) -> bytes:
    """The plain graph, or the one with an embedding, where one constant is another."""
    forged = {name: tensor(name, data_type, dims, raw)}
    if not name.startswith("projection"):
        return forge(constants=forged)
    return forge(**EMBEDDING | {"constants": EMBEDDING["constants"] | forged})


def forge_wide(columns: int, widths: list[int], answers: int = 3) -> bytes:
    """A well-formed graph with a table of ``columns`` and layers of ``widths``."""
    rows = 2 * sum(widths)
    constants = {
        "table": tensor("table", UINT8, [8, columns], bytes(8 * columns)),
        "channels_first": tensor("channels_first", INT64, [3], int64s(1, columns, -1)),
        "head": tensor("head", INT8, [rows, answers], b"\x3f" * (rows * answers)),
    }
    nodes: dict[str, bytes | None] = {"features": None, "logits": None}
    values, zero, inputs = "embedded", "zero_embedding", columns
    for k, width in enumerate(widths):
        zeros = {"weight": [width, inputs, 3], "weight_zero": [width]}
        for name, dims in zeros.items():
            size = 3 * width * inputs if len(dims) == 3 else width
            constants[f"{name}{k}"] = tensor(f"{name}{k}", INT8, dims, bytes(size))
        constants[f"bias{k}"] = tensor(f"bias{k}", INT32, [width], bytes(4 * width))
        constants[f"rescale{k}"] = tensor(f"rescale{k}", FLOAT, [width], floats(*[1.0] * width))
        layer, mean = f"layer{k}", f"mean_column{k}"
        weights = WEIGHTS.format(zero=zero, k=k)
        nodes[layer] = node("QLinearConv", f"{values} {weights}", layer, **WINDOW)
        nodes[f"max{k}"] = node("ReduceMax", layer, f"max{k}", axes=[2], keepdims=0)
        nodes[mean] = node("QLinearMatMul", f"{layer} {SHARES}", mean)
        nodes[f"mean{k}"] = node("Reshape", f"{mean} flat", f"mean{k}")
        values, zero, inputs = layer, "zero_u8", width
    pooled = " ".join(f"max{k} mean{k}" for k in range(len(widths)))
    nodes["all"] = node("Concat", pooled, "features", axis=1)
    nodes["answers"] = node("MatMulInteger", "features head", "logits")
    outputs = {"logits": value("logits", INT32, 1, answers)}
    return forge(constants=constants, nodes=nodes, outputs=outputs)


def _make_numbers() -> dict[str, bytes]:
    """With constants that ours does not have."""

    def scale(value: float) -> bytes:
        return forge_constant("rescale0", FLOAT, [2], floats(1.0, value))

    return {
        # which integer NaN becomes depends on the CPU
        "scale_nan": scale(float("nan")),
        "scale_infinite": scale(float("inf")),
        "scale_zero": scale(0.0),
        "scale_minus_zero": scale(-0.0),
        "scale_negative": scale(-1.0),
        # a CPU that takes denormal numbers for zero answers otherwise
        "scale_denormal": scale(1e-40),
        "scale_huge": scale(3e38),
        "scale_of_all_channels": forge_constant("rescale0", FLOAT, [1], floats(1.0)),
        "scale_of_the_input": forge_constant("one", FLOAT, [], floats(0.5)),
        "share_step_of_one": forge_constant("share_step", FLOAT, [], floats(1.0)),
        "zero_point_of_the_output": forge_constant("zero_u8", UINT8, [], b"\x01"),
        "zero_point_of_the_table": forge_constant("zero_embedding", UINT8, [], b"\x7f"),
        "zero_point_of_the_weights": forge_constant("weight_zero0", INT8, [2], b"\x00\x01"),
        # an x86 without VNNI saturates the 16-bit sum of two products, and no other CPU does
        "weights_of_8_bits": forge_constant("weight0", INT8, [2, 2, 3], int8s(*[127] * 12)),
        "weights_of_minus_64": forge_constant("weight0", INT8, [2, 2, 3], int8s(*[-64] * 12)),
        "head_of_8_bits": forge_constant("head", INT8, [4, 3], int8s(*[127] * 12)),
        "head_of_minus_128": forge_constant("head", INT8, [4, 3], int8s(*[-128] * 12)),
        "head_of_u8": forge_constant("head", UINT8, [4, 3], bytes(12)),
        "projection_of_8_bits": forge_constant("projection", INT8, [4, 2], int8s(*[64] * 8)),
        # the accumulator wraps around
        "bias_beyond_int32": forge_constant("bias0", INT32, [2], int32s(2**31 - 1, -(2**31))),
        "projection_bias_beyond_int32": forge_constant(
            "projection_bias", INT32, [2], int32s(2**31 - 1, 0)
        ),
        # one row added to a thousand is a thousand
        "projection_bias_that_broadcasts": forge_constant(
            "projection_bias", INT32, [1000, 2], bytes(8000)
        ),
        "shape_that_mixes_channels": forge_constant("channels_first", INT64, [3], int64s(2, 1, -1)),
        "shape_of_an_exabyte": forge_constant(
            "channels_first", INT64, [3], int64s(2**30, 2**30, 1)
        ),
        "shape_that_copies": forge_constant("flat", INT64, [2], int64s(0, -1)),
        "dims_of_an_exabyte": forge_constant("table", UINT8, [2**60, 2], bytes(16)),
        "dims_below_zero": forge_constant("table", UINT8, [-8, -2], bytes(16)),
        "constant_that_nothing_uses": forge(
            constants={"secret": tensor("secret", UINT8, [64], bytes(64))}
        ),
        # onnxruntime takes an initializer of an input's name as its default
        "constant_for_an_input": forge(
            constants={"shares": tensor("shares", UINT8, [1, 1], b"\xff")}
        ),
        "constant_in_another_file": forge(
            constants={
                "table": message(
                    *((1, 8), (1, 2), (2, UINT8), (8, "table")),
                    (13, message((1, "location"), (2, "/etc/passwd"))),
                    (14, 1),
                )
            }
        ),
    }


def _make_wires() -> dict[str, bytes]:
    """With nodes that ours does not have."""
    convolution = "embedded " + WEIGHTS.format(zero="zero_embedding", k=0)

    def other(operator: str, inputs: str, output: str, **attributes: int | list[int]) -> bytes:
        return forge(nodes={output: node(operator, inputs, output, **attributes)})

    def pads(*sizes: int) -> bytes:
        return other("QLinearConv", convolution, "layer0", kernel_shape=[3], pads=list(sizes))

    doubled = {"v0": node("Concat", "features features", "v0", axis=1)}
    for i in range(1, 40):
        doubled[f"v{i}"] = node("Concat", f"v{i - 1} v{i - 1}", f"v{i}", axis=1)
    return {
        # a token is then a place in whatever is gathered from
        "gather_from_a_shape": other("Gather", "channels_first tokens", "rows", axis=0),
        "gather_from_the_head": other("Gather", "head tokens", "rows", axis=0),
        "gather_by_a_constant": other("Gather", "table flat", "rows", axis=0),
        "gather_of_columns": other("Gather", "table tokens", "rows", axis=1),
        # a terabyte after forty nodes
        "doubled_forty_times": forge(nodes=doubled),
        # tokens times tokens
        "square_of_the_text": other("QLinearMatMul", "rows " + SHARES, "columns"),
        "weights_that_are_computed": other("MatMulInteger", "features features", "logits"),
        # gigabytes around each text
        "padding_without_end": pads(2**31, 2**31),
        "padding_to_the_left": pads(2, 0),
        "no_bias": other("QLinearConv", convolution.removesuffix(" bias0"), "layer0", **WINDOW),
        "zero_points_exchanged": other(
            "QLinearConv", convolution.replace("zero_embedding", "zero_u8"), "layer0", **WINDOW
        ),
        "node_that_nothing_uses": other("Transpose", "table", "more", perm=[1, 0]),
        "sub_graph": forge(
            nodes={
                "rows": node(
                    "Loop", "table tokens", "rows", body=message((6, forge_graph()), (20, 5))
                )
            }
        ),
        "operator_of_a_library": forge(
            nodes={"rows": node("Gather", "table tokens", "rows", (7, "evil"), axis=0)}
        ),
    }


def _make_interfaces() -> dict[str, bytes]:
    """With inputs and outputs that ours does not have."""

    def tokens(*dims: int | str | bytes, data_type: int = INT64) -> bytes:
        return forge(inputs={"tokens": value("tokens", data_type, *dims)})

    def logits(*dims: int | str | bytes, data_type: int = INT32) -> bytes:
        return forge(outputs={"logits": value("logits", data_type, *dims)})

    return {
        "tokens_of_int32": tokens("n", data_type=INT32),
        # of a number and a name onnxruntime takes the later one
        "tokens_of_two_lengths": tokens(message((1, 4), (2, "n"))),
        "tokens_of_another_length": tokens("m"),
        "tokens_of_an_exabyte": tokens(2**60),
        "logits_of_another_number": logits(1, 4),
        "logits_of_any_number": logits(1, "answers"),
        "logits_of_two_texts": logits(2, 3),
        "logits_of_float": logits(1, 3, data_type=FLOAT),
        "output_more": forge(outputs={"rows": value("rows", UINT8, "n", 2)}),
        "output_twice": forge(outputs={"again": value("logits", INT32, 1, 3)}),
        "embedding_of_the_logits": forge(
            nodes={"embedding": node("Add", "logits logits", "embedding")},
            outputs={"embedding": value("embedding", INT32, 1, 3)},
        ),
    }


def _make_wrappings() -> dict[str, bytes]:
    """The plain graph in models that ours is not in."""
    plain = forge()
    head = tensor("head", INT8, [4, 3], bytes(12))
    function = message((1, "Gather"), (9, message((2, 13))))
    return {
        "opset_of_a_library": forge(opset=message((1, "com.microsoft"), (2, 1))),
        "opset_more": forge(more=message((8, message((1, "com.microsoft"), (2, 1))))),
        "opset_of_the_future": forge(opset=message((1, ""), (2, 99))),
        # protobuf merges what stands twice
        "head_that_is_merged": forge(more=message((7, message((5, head))))),
        # an operator's name may be given another meaning
        "function_of_an_operators_name": forge(more=message((25, function))),
        "metadata": forge(more=message((14, message((1, "a"), (2, "b"))))),
        "number_written_long": b"\x08\x88\x00" + plain[2:],
        "length_of_an_exabyte": plain[:2] + b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        "two_models": plain + plain,
        "empty": b"",
    }
