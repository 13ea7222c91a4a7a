import dataclasses

import numpy as np
import onnx
import pytest
import torch

from edge_router import BundleError
from edge_router.bundle import read_bundle
from edge_router.bundle.onnx_check import check_onnx
from edge_router.errors import ParityError
from edge_router_export.check_parity import check_parity
from edge_router_export.export_onnx import export_encoder, export_student, import_encoder
from edge_router_export.fit_projection import fit_projection
from edge_router_export.quantize import (
    IntegerProjection,
    IntegerStudent,
    quantize_encoder,
    quantize_student,
    restore_encoder,
)
from edge_router_export.restore import find_base
from edge_router_export.student import Encoder, Student, StudentShape, quantize_weight

ROWS = [
    list(row)
    for row in (np.random.default_rng(0).integers(1, 50, n) for n in (1, 2, 3, 5, 8, 13, 40, 64))
]
PROJECTION = IntegerProjection(
    np.random.default_rng(1).integers(-63, 64, (64, 5)).astype(np.int8),
    np.array([0, 1, -1, 30_000, -30_000], np.int32),
)


def test_weights_become_seven_bit_integers_with_one_step_per_row():
    integers, step = quantize_weight(torch.tensor([[0.4, -1.0, 0.26], [0.0, 0.0, 0.0]]))
    assert integers.tolist() == [[25.0, -63.0, 16.0], [0.0, 0.0, 0.0]]
    assert step[0].item() == pytest.approx(1.0 / 63)


def test_a_router_of_150_tools_on_the_packaged_base_takes_less_than_five_million_macs():
    # counted in the graph that ships: a layer uses each weight once a token, its mean each channel
    # once a token, and the head each weight once a text
    encoder = import_encoder(read_bundle(find_base("base")).model)
    graph = onnx.load_model_from_string(
        export_student(IntegerStudent(encoder, np.zeros((1024, 150), np.int8), 1.0))
    ).graph
    sizes = {t.name: int(np.prod(t.dims)) for t in graph.initializer}
    layers = [n for n in graph.node if n.op_type == "QLinearConv"]
    width = len(encoder.convolutions[0].bias)
    per_token = sum(sizes[layer.input[3]] + width for layer in layers)
    counted = 12 * per_token + sizes["head"]
    shape = StudentShape(*encoder.table.shape, width, len(layers))
    assert counted == shape.macs(12, 150)
    assert counted < 5_000_000


def test_onnxruntime_returns_the_students_integers(student: Student):
    integers = quantize_student(student)
    model = export_student(integers)
    assert check_parity({"logits": integers.logits}, model, [*ROWS, []], max_tokens=64) == len(ROWS)


def test_onnxruntime_returns_the_projections_integers(student: Student):
    encoder = quantize_encoder(student.encoder)

    def embed(ids: list[int]) -> np.ndarray:
        return PROJECTION.embed(encoder.pool(ids))

    model = export_encoder(encoder, PROJECTION)
    assert check_parity({"embedding": embed}, model, ROWS, max_tokens=64) == len(ROWS)
    both = {"logits": quantize_student(student).logits, "embedding": embed}
    model = export_student(quantize_student(student), PROJECTION)
    assert check_parity(both, model, ROWS, max_tokens=64) == len(ROWS)


def test_a_projection_comes_nearest_to_what_it_is_fitted_to():
    random = np.random.default_rng(5)
    pooled = random.integers(0, 256, (4000, 16)).astype(np.uint8)
    weight = random.normal(size=(16, 3))
    wanted = (pooled @ weight + [50.0, -20.0, 0.0]) / 1000
    fitted = fit_projection(pooled, wanted.astype(np.float16))
    assert np.abs(fitted.weight).max() == 63
    got = np.stack([fitted.embed(row.astype(np.int64)) for row in pooled])
    cosine = (got * wanted).sum(1) / np.linalg.norm(got, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosine.mean() > 0.9995


def test_one_changed_integer_is_a_parity_error(student: Student):
    integers = quantize_student(student)
    head = integers.head.copy()
    head[0, 4] += 1
    other = dataclasses.replace(integers, head=head)
    with pytest.raises(ParityError, match=r"logits 4 .* no bundle was written"):
        check_parity({"logits": other.logits}, export_student(integers), ROWS, max_tokens=64)


def test_the_student_in_torch_is_within_a_step_of_its_integers(student: Student):
    integers = quantize_student(student)
    for row in ROWS:
        pooled = student.encoder(torch.tensor([row]))[0].detach().numpy()
        assert np.abs(pooled - integers.encoder.pool(row)).max() <= 4


def test_padding_changes_nothing(student: Student):
    short, long = torch.tensor([[3, 4]]), torch.tensor([[3, 4, 0, 0, 0]])
    assert torch.equal(student.encoder(short), student.encoder(long))


def test_integers_survive_the_way_through_onnx_and_back_into_torch(student: Student):
    integers = quantize_encoder(student.encoder)
    again = import_encoder(export_encoder(integers, PROJECTION))
    encoder = Encoder(student.encoder.shape)
    restore_encoder(again, encoder, [torch.tensor([row]) for row in ROWS])
    restored = quantize_encoder(encoder)
    for row in ROWS:
        assert np.abs(restored.pool(row) - integers.pool(row)).max() <= 1


def test_the_graph_has_standard_operators_only_and_seven_bit_weights(student: Student):
    model = onnx.load_model_from_string(export_student(quantize_student(student)))
    assert {opset.domain for opset in model.opset_import} == {""}
    assert len(model.graph.node) == 13
    weights = [
        onnx.numpy_helper.to_array(t)
        for t in model.graph.initializer
        if t.data_type == onnx.TensorProto.INT8
    ]
    assert max(int(np.abs(w.astype(int)).max()) for w in weights) <= 63
    check_onnx(model.SerializeToString(), max_tokens=64)


def test_equal_students_give_equal_bytes(student: Student):
    assert export_student(quantize_student(student)) == export_student(quantize_student(student))


def test_the_runtime_refuses_a_graph_with_another_operator(student: Student):
    model = onnx.load_model_from_string(export_student(quantize_student(student)))
    model.graph.node[0].op_type = "Loop"
    with pytest.raises(BundleError, match="Loop"):
        check_onnx(model.SerializeToString(), max_tokens=64)
