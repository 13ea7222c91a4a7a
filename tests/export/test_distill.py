from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch

from edge_router.errors import RecipeError
from edge_router_export import distill as module
from edge_router_export.batches import IdTable
from edge_router_export.distill import (
    RECIPE_KEYS,
    UNLABELLED,
    Lessons,
    distill,
    measure_loss,
    rate_share,
)
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.student import Student

ROWS = [[1 + i % 7, 2 + i % 5, 10 + i] for i in range(12)]
LESSONS = Lessons(IdTable(ROWS), np.arange(12) % 7, None)


def make_recipe(**overrides: str) -> TrainRecipe:
    few = {"epochs": "2", "updates": "0", "batch": "5", "rate": "0.01"}
    return read_recipe(TrainRecipe, "tiny", {**few, **overrides})


def learn(student: Student, recipe: TrainRecipe, folder: Path, lessons: Lessons = LESSONS):
    """The progress of a training."""
    seen: list[tuple[str, int, int]] = []
    distill(student, lessons, recipe, folder / "checkpoint", lambda *done: seen.append(done))
    return seen


@pytest.mark.parametrize(
    ("done", "updates", "share"),
    [
        (0, 20, 0.5),  # a warm-up of two updates
        (1, 20, 1 - 1 / 20),
        (0, 5, 1.0),
        (9, 5000, 0.1 * (1 - 9 / 5000)),  # never more than a hundred
        (99, 5000, 1 - 99 / 5000),
        (2500, 5000, 0.5),
        (4999, 5000, 1e-3),
    ],
)
def test_the_rate_warms_up_over_a_tenth_and_falls_in_a_straight_line(done, updates, share):
    assert rate_share(done, updates) == pytest.approx(share)


def test_each_update_takes_its_share_of_the_rate(student, tmp_path, monkeypatch):
    asked: list[tuple[int, int]] = []
    before = {name: value.clone() for name, value in student.named_parameters()}
    monkeypatch.setattr(
        module, "rate_share", lambda done, updates: asked.append((done, updates)) or 0
    )
    learn(student, make_recipe(), tmp_path)
    assert asked == [(i, 6) for i in range(6)]
    assert all(torch.equal(value, before[name]) for name, value in student.named_parameters())


def test_a_pass_reads_every_text_once_in_another_order_each_time(student, tmp_path, monkeypatch):
    read: list[list[int]] = []
    batch = IdTable.batch
    monkeypatch.setattr(
        IdTable, "batch", lambda table, rows: read.append(rows.tolist()) or batch(table, rows)
    )
    learn(student, make_recipe(), tmp_path)
    assert sorted(map(len, read)) == [2, 2, 5, 5, 5, 5]
    first, second = [*chain(*read[:3])], [*chain(*read[3:])]
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second


@pytest.mark.parametrize(("least", "updates"), [("0", 6), ("6", 6), ("7", 9), ("80", 81)])
def test_few_texts_are_read_more_often(student, tmp_path, least, updates):
    seen = learn(student, make_recipe(updates=least), tmp_path)
    assert [done for _, done, _ in seen] == list(range(1, updates + 1))
    assert {total for *_, total in seen} == {updates}


def test_labels_are_learnt(student, tmp_path):
    learn(student, make_recipe(epochs="60"), tmp_path)
    assert not student.training
    logits = student(LESSONS.ids.batch(np.arange(12)))
    assert logits.argmax(1).tolist() == LESSONS.labels.tolist()


def test_a_teacher_is_learnt_from_where_there_are_no_labels(student, tmp_path):
    wanted = np.random.default_rng(0).permutation(12) % 7
    logits = (8.0 * np.eye(7)[wanted]).astype(np.float16)
    lessons = Lessons(LESSONS.ids, np.full(12, UNLABELLED), logits)
    learn(student, make_recipe(epochs="60"), tmp_path, lessons)
    assert student(LESSONS.ids.batch(np.arange(12))).argmax(1).tolist() == wanted.tolist()


def test_the_loss_is_cross_entropy_plus_the_divergence_from_a_softened_teacher():
    logits = torch.tensor([[2.0, 0.0], [1.0, 3.0]])
    lessons = Lessons(
        IdTable([[1], [2], [3]]),
        np.array([0, UNLABELLED, 1]),
        np.array([[4, 0], [9, 9], [0, 2]], np.float16),
    )
    recipe = make_recipe(temperature="2", label_weight="0.5")
    # rows 0 and 2: cross-entropy ln(1 + e^-2) each; divergences worked out by hand at half the logits
    entropy = np.log(1 + np.exp(-2.0))

    def divergence(wanted: float, got: float) -> float:
        p, q = 1 / (1 + np.exp(-wanted / 2)), 1 / (1 + np.exp(-got / 2))
        return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))

    expected = 0.5 * entropy + 4 * (divergence(4, 2) + divergence(2, 2)) / 2
    assert measure_loss(logits, lessons, np.array([0, 2]), recipe).item() == pytest.approx(expected)
    # an unlabelled text adds nothing to the labels' sum, and its batch is not smaller for that
    labelled = Lessons(lessons.ids, lessons.labels, None)
    loss = measure_loss(logits, labelled, np.array([0, 1]), recipe).item()
    assert loss == pytest.approx(entropy / 2)


def test_a_token_that_no_text_has_stays_as_the_base_knows_it(student, tmp_path):
    before = student.encoder.embedding.weight[40:].clone()
    learn(student, make_recipe(epochs="10"), tmp_path)
    assert torch.equal(student.encoder.embedding.weight[40:], before)
    assert not torch.equal(student.encoder.embedding.weight[1:12], before[:11])


def test_tokens_are_dropped_as_the_recipe_says(student, tmp_path):
    start = {name: value.clone() for name, value in student.state_dict().items()}
    ends = []
    for share in ("0.0", "0.5"):
        student.load_state_dict(start)
        learn(student, make_recipe(token_dropout=share), tmp_path)
        ends.append(student.head.detach().clone())
    assert not torch.equal(*ends)


def test_a_huge_gradient_is_cut(student, tmp_path, monkeypatch):
    lengths = []
    clip = torch.nn.utils.clip_grad_norm_

    def watch(parameters, most):
        parameters = list(parameters)
        clip(parameters, most)
        lengths.append(float(torch.stack([p.grad.norm() for p in parameters]).norm()))

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", watch)
    monkeypatch.setattr(module, "measure_loss", lambda logits, *_: 1e4 * logits.square().sum())
    learn(student, make_recipe(), tmp_path)
    assert len(lengths) == 6
    assert lengths == pytest.approx([2.0] * 6, rel=1e-3)


def test_a_training_that_diverges_says_so(student, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "measure_loss", lambda logits, *_: logits.sum() * float("nan"))
    with pytest.raises(RecipeError, match=r"diverged at update 1: its loss is nan; lower .*'rate'"):
        learn(student, make_recipe(), tmp_path)


@pytest.mark.parametrize("key", RECIPE_KEYS)
def test_what_it_goes_by_are_keys_of_a_recipe(key):
    assert hasattr(make_recipe(), key)


def test_lessons_are_told_apart_by_all_that_is_in_them():
    logits = np.zeros((12, 7), np.float16)
    variants = [
        LESSONS,
        Lessons(IdTable(ROWS[::-1]), LESSONS.labels, None),
        Lessons(LESSONS.ids, LESSONS.labels[::-1], None),
        Lessons(LESSONS.ids, LESSONS.labels, logits),
        Lessons(LESSONS.ids, LESSONS.labels, logits + np.float16(1)),
    ]
    assert len({lessons.fingerprint() for lessons in variants}) == 5
    assert Lessons(IdTable(ROWS), np.arange(12) % 7, None).fingerprint() == LESSONS.fingerprint()
