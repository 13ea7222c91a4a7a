from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from edge_router_export import train_teacher as module
from edge_router_export.learn_from_outcomes import Feedback
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.steps import Steps
from edge_router_export.train_teacher import Task, label_texts

TASK = Task(["tea", "lamp", "more tea", "light"], [1, 0, 1, 0], 2)


class FakeTeacher:
    """Says of a text how long it is, times its own seed; the second answer is always 0."""

    fits: list[dict]

    def __init__(self, teacher: SimpleNamespace, answers: int, seed: int) -> None:
        self.teacher, self.answers, self.seed = teacher, answers, seed

    def fit(self, texts, labels, **rest) -> None:
        self.fits.append({"name": self.teacher.name, "texts": texts, "labels": labels, **rest})

    def state_dict(self) -> dict:
        return {}

    def load_state_dict(self, state) -> None:
        pass

    def logits(self, texts, progress) -> np.ndarray:
        progress("teacher reads", len(texts), len(texts))
        return np.array([[len(text) * self.seed, 0] for text in texts], np.float16)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    monkeypatch.setattr(FakeTeacher, "fits", [], raising=False)
    monkeypatch.setattr(module, "FineTunedTeacher", FakeTeacher)
    monkeypatch.setattr(
        module,
        "Teacher",
        lambda name: SimpleNamespace(name=name, width=768 if name == "wide" else 384),
    )
    return FakeTeacher.fits


def make_recipe(**overrides: str) -> TrainRecipe:
    few = {"teachers": '["one", "wide"]', "teacher_batch": "2", "teacher_updates": "0"}
    return read_recipe(TrainRecipe, "tiny", {**few, **overrides})


def test_the_teachers_words_are_averaged_and_stand_beside_their_texts(fits, tmp_path, quiet):
    groups = [["a", "bbb"], [], ["cc"]]
    found = label_texts(groups, TASK, make_recipe(), Steps(tmp_path, quiet))
    # seeds 1 and 2: three times the length over two teachers, less the mean of the two answers
    assert found.dtype == np.float16
    assert found.tolist() == [[0.75, -0.75], [2.25, -2.25], [1.5, -1.5]]


def test_each_teacher_is_fine_tuned_once_on_the_examples_with_a_seed_of_its_own(
    fits, tmp_path, quiet
):
    recipe = make_recipe(teacher_epochs="3", teacher_rate="0.001")
    label_texts([["a"], ["b"]], TASK, recipe, Steps(tmp_path, quiet))
    assert [(f["name"], f["seed"], f["epochs"], f["batch"]) for f in fits] == [
        ("one", 1, 3, 2),
        ("wide", 2, 3, 2),
    ]
    assert all((f["texts"], f["labels"]) == (TASK.texts, TASK.labels) for f in fits)
    # wide ones diverge at the rate that suits small ones
    assert [f["rate"] for f in fits] == pytest.approx([0.001, 0.0004])


@pytest.mark.parametrize(("updates", "epochs"), [("10", 5), ("11", 6), ("9", 5), ("2", 3)])
def test_few_examples_are_read_more_often(fits, tmp_path, quiet, updates, epochs):
    recipe = make_recipe(teacher_epochs="3", teacher_updates=updates)
    label_texts([["a"]], TASK, recipe, Steps(tmp_path, quiet))
    assert [f["epochs"] for f in fits] == [epochs, epochs]


def test_only_new_texts_are_asked_about(fits, tmp_path, quiet):
    asked: list[int] = []
    steps = Steps(tmp_path, lambda step, done, total: asked.append(total))
    label_texts([["a", "b"], ["c"]], TASK, make_recipe(), steps)
    assert asked == [2, 1, 2, 1]
    asked.clear()
    label_texts([["a", "b"], ["c", "d", "e"]], TASK, make_recipe(), steps)
    assert asked == [3, 3]
    assert len(fits) == 2


def test_a_folder_is_another_teacher_when_its_files_change(fits, tmp_path: Path, quiet):
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / "weights").write_text("one", "utf-8")
    recipe = make_recipe(teachers=f'["{folder}"]')
    steps = Steps(tmp_path / "work", quiet)
    label_texts([["a"]], TASK, recipe, steps)
    label_texts([["a"]], TASK, recipe, steps)
    assert len(fits) == 1
    (folder / "weights").write_text("two", "utf-8")
    label_texts([["a"]], TASK, recipe, steps)
    assert len(fits) == 2
    # the same files elsewhere are the same teacher
    moved = folder.rename(tmp_path / "moved")
    label_texts([["a"]], TASK, make_recipe(teachers=f'["{moved}"]'), steps)
    assert len(fits) == 2


def test_a_teacher_is_fitted_anew_for_another_outcome_and_learns_from_it(fits, tmp_path, quiet):
    def ask(reward: float, **overrides: str) -> None:
        feedback = Feedback(
            np.array([0, -1, 1, -1]),
            np.array([reward, 0, 0, 0], np.float32),
            np.array([0.5, 1, 0.5, 1], np.float32),
            np.array([1, 0, 1, 0], np.float32),
        )
        task = replace(TASK, labels=[-100, 0, -100, 0], feedback=feedback)
        recipe = make_recipe(teachers="one", **overrides)
        label_texts([["a"]], task, recipe, Steps(tmp_path, quiet))

    ask(1.0)
    ask(1.0)
    ask(1.0, objective="ips")  # a teacher always goes by likelihood
    assert len(fits) == 1
    ask(0.0)
    ask(0.0, flipped="0.1")
    assert len(fits) == 3
    even = torch.zeros(4, 2)
    # two outcomes of a half each, of four texts
    loss = fits[0]["measure_more"](even, np.arange(4)).item()
    assert loss == pytest.approx(2 * np.log(2) / 4)
