from pathlib import Path

import numpy as np
import pytest

from edge_router import Router
from edge_router.bundle import read_bundle
from edge_router_export.batches import IdTable
from edge_router_export.export_onnx import import_encoder, import_projection
from edge_router_export.pack import load_tokenizer
from edge_router_export.quantize import quantize_student
from edge_router_export.restore import find_base, make_encoder
from edge_router_export.start_head import start_at_means
from edge_router_export.student import Student

TEXTS = [
    ("make me a cup of tea", 0),
    ("boil some water for tea", 0),
    ("is the kettle on", 0),
    ("switch off the lamp in the hall", 1),
    ("it is too bright in here", 1),
    ("dim the bedroom lights", 1),
]
ASKED = [
    ("I would like a green tea", 0),
    ("please brew a pot", 0),
    ("turn the light on", 1),
    ("darken the room", 1),
]


@pytest.fixture(scope="module")
def base():
    return read_bundle(find_base("base"))


def make_student(base, texts: list[str], answers: int) -> tuple[Student, IdTable]:
    tokenizer = load_tokenizer(base.tokenizer, 48)
    ids = IdTable([tokenizer.encode(text).ids for text in texts])
    return Student(make_encoder(base.model, ids, np.arange(len(ids))), answers), ids


def test_a_student_answers_before_it_has_learnt(base):
    student, ids = make_student(base, [text for text, _ in TEXTS] + ["a text without a label"], 3)
    projection = import_projection(base.model)
    start_at_means(student, ids, np.array([label for _, label in TEXTS]), projection)
    integers, tokenizer = quantize_student(student), load_tokenizer(base.tokenizer, 48)
    logits = np.stack([integers.logits(tokenizer.encode(text).ids) for text, _ in ASKED])
    assert logits[:, :2].argmax(1).tolist() == [label for _, label in ASKED]
    # the third answer has no example: it neither draws nor repels
    assert (logits[:, 2] == 0).all()


def test_the_projection_comes_back_as_the_runtime_reads_it(base):
    projection, router = import_projection(base.model), Router.base()
    pooled = import_encoder(base.model).pool(router.tokens("dim the lights"))
    assert np.array_equal(projection.embed(pooled), router.embed("dim the lights"))


def test_a_router_without_a_place_for_texts_has_no_projection(assistant_path: Path):
    assert import_projection(read_bundle(assistant_path).model) is None
