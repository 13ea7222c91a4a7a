from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edge_router import DataError
from edge_router.bundle import CalibrationTable
from edge_router.examples import Example
from edge_router.tool import Tool
from edge_router_export import judge
from edge_router_export.judge import (
    Judged,
    evaluate_judged,
    fit_probabilities,
    fit_promise,
    fold,
    judge_held_out,
)
from edge_router_export.load_data import Data
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.steps import Steps
from edge_router_export.train_student import Trained
from edge_router_export.vocabulary import train_tokenizer

TABLE = CalibrationTable(0, (*[1 << (30 - k) for k in range(31)], 0))
"""A probability halves with every logit step."""


def rows(tool: str | None, count: int) -> tuple[Example, ...]:
    return tuple([Example(f"{tool} number {i}", tool, (), "a.jsonl", i) for i in range(count)])


def make_data(*groups: tuple[Example, ...], valid: tuple[Example, ...] = ()) -> Data:
    examples = tuple([example for group in groups for example in group])
    tools = sorted({e.tool for e in examples if e.tool is not None})
    answers_no_tool = any(e.tool is None for e in examples)
    return Data(examples, valid, (), tuple(map(Tool, tools)), answers_no_tool, (), {})


def make_recipe(**overrides: str) -> TrainRecipe:
    return read_recipe(TrainRecipe, "tiny", overrides)


def test_every_example_is_held_out_once_and_never_trained_on_there():
    data = make_data(rows("tea", 10), rows("light", 7), rows(None, 4))
    parts = fold(data, make_recipe(folds="5"))
    held = [example for part in parts for example in part.valid]
    assert Counter(held) == Counter(data.train)
    for part in parts:
        assert set(part.train) | set(part.valid) == set(data.train)
        assert not set(part.train) & set(part.valid)
        assert (part.tools, part.answers_no_tool) == (data.tools, True)
        counts = Counter(e.tool for e in part.valid)
        assert counts["tea"] == 2  # of every tool its share
        assert counts["light"] in (1, 2)


def test_weak_examples_are_trained_on_and_judge_nothing():
    weak = tuple([replace(e, is_weak=True) for e in rows("weakly", 3)])
    data = make_data(rows("tea", 4), rows("light", 3), weak)
    parts = fold(data, make_recipe(folds="5"))
    assert len(parts) == 4
    assert Counter(e for part in parts for e in part.valid) == Counter(data.train[:7])
    assert all(set(weak) <= set(part.train) for part in parts)
    assert all(not set(part.train) & set(part.valid) for part in parts)


def test_the_split_is_random_but_equal_for_an_equal_seed_and_of_each_tool_alone():
    data, more = (
        make_data(rows("tea", 10), rows("light", 10)),
        make_data(rows("zoo", 9), rows("tea", 10), rows("light", 10)),
    )

    def folds_of_tea(data: Data, seed: str) -> list[set[str]]:
        parts = fold(data, make_recipe(seed=seed))
        return [{e.text for e in part.valid if e.tool == "tea"} for part in parts]

    assert folds_of_tea(data, "1") == folds_of_tea(more, "1") != folds_of_tea(data, "2")
    assert folds_of_tea(data, "1")[0] != {"tea number 0", "tea number 5"}


@pytest.mark.parametrize(
    ("counts", "folds", "parts"),
    [((2, 2), 5, 2), ((3, 2), 5, 3), ((10, 2), 5, 5), ((10, 10), 100, 10), ((10, 10), 2, 2)],
)
def test_no_fold_is_empty_and_none_lacks_a_tool(counts, folds, parts):
    data = make_data(rows("tea", counts[0]), rows("light", counts[1]))
    made = fold(data, make_recipe(folds=str(folds)))
    assert len(made) == parts
    assert all(part.valid for part in made)
    assert all({e.tool for e in part.train} == {"tea", "light"} for part in made)


@pytest.fixture
def trained_on(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Example, ...]]:
    """The training examples of each student, which is a number here and says only that."""
    seen: list[tuple[Example, ...]] = []

    def train_student(data: Data, recipe: TrainRecipe, steps: Steps) -> Trained:
        seen.append(data.train)
        steps.progress("learns", 3, 3)
        words = train_tokenizer([e.text for e in data.train], 200).to_str().encode()
        return Trained(words, len(seen) - 1)

    monkeypatch.setattr(judge, "train_student", train_student)
    monkeypatch.setattr(
        judge,
        "quantize_student",
        lambda number: SimpleNamespace(logits=lambda ids: np.array([number, len(ids)], np.int32)),
    )
    monkeypatch.setattr(
        judge, "measure_likeness", lambda data, student, recipe, texts: np.zeros(len(texts))
    )
    return seen


def test_each_text_is_judged_by_a_model_that_was_not_trained_on_it(trained_on, tmp_path, quiet):
    data = make_data(rows("tea", 6), rows("light", 6))
    found = judge_held_out(data, None, make_recipe(folds="3"), Steps(tmp_path, quiet))
    assert len(trained_on) == 3
    assert Counter(found.examples) == Counter(data.train)
    assert found.names == ("light", "tea")
    for example, (number, tokens) in zip(found.examples, found.logits, strict=True):
        assert example not in trained_on[number]
        assert tokens == 3 + len(example.text.split()[2]) - 1


def test_the_steps_of_each_fold_say_which_it_is(trained_on, tmp_path: Path):
    said: list[tuple[str, int, int]] = []
    data = make_data(rows("tea", 4), rows("light", 4))
    steps = Steps(tmp_path, lambda *what: said.append(what))
    judge_held_out(data, None, make_recipe(folds="2"), steps)
    assert said == [("fold 1 of 2: learns", 3, 3), ("fold 2 of 2: learns", 3, 3)]
    steps.progress("learns", 1, 3)  # the others' are as they were
    assert said[-1] == ("learns", 1, 3)


def test_held_out_texts_are_judged_by_the_student_that_ships(trained_on, tmp_path: Path, quiet):
    held = (Example("tea please", "tea", (), "b", 1), Example("\u200b", "tea", (), "b", 2))
    data = make_data(rows("tea", 6), rows("light", 6), valid=held)
    words = train_tokenizer(["tea please"], 50).to_str().encode()
    found = judge_held_out(data, Trained(words, 42), make_recipe(), Steps(tmp_path, quiet))
    assert trained_on == []
    # a text without a token is not asked about
    assert [(e.text, list(row)) for e, row in zip(found.examples, found.logits, strict=True)] == [
        ("tea please", [42, 2])
    ]


def make_judged(*judged: tuple[str | None, list[int]], names=("light", "tea")) -> Judged:
    examples = [Example("x", tool, (), "a", 1) for tool, _ in judged]
    logits = np.array([row for _, row in judged], np.int32)
    return Judged(tuple(examples), logits, names, np.zeros(len(examples), np.int64))


def test_an_evaluation_is_what_the_runtime_would_say():
    judged = make_judged(("tea", [0, 1]), ("light", [0, 3]), (None, [5, 0]))
    found = evaluate_judged(judged, TABLE, 0.7).predictions
    assert [(p.best, p.tool) for p in found] == [("tea", None), ("tea", "tea"), ("light", "light")]
    assert [p.confidence for p in found] == pytest.approx([2 / 3, 8 / 9, 32 / 33])
    assert [p.is_right for p in found] == [True, False, False]


def test_probabilities_are_fitted_to_the_texts_whose_answer_the_model_knows():
    known = [("tea", [0, 9]), ("tea", [0, 9]), ("light", [9, 0]), ("light", [0, 9])] * 10
    unknown = [(None, [9, 0])] * 40
    assert fit_probabilities(make_judged(*known, *unknown)) == fit_probabilities(
        make_judged(*known)
    )
    with pytest.raises(DataError, match="no held-out text has a tool"):
        fit_probabilities(make_judged(*unknown))


def test_a_text_that_fits_no_tool_counts_against_the_promise():
    right = [("tea", [0, 5]), ("light", [5, 0])] * 50
    assert fit_promise(make_judged(*right), TABLE, 0.02).threshold == pytest.approx(32 / 33)
    outside = [(None, [0, 5])] * 10
    promise = fit_promise(make_judged(*right, *outside), TABLE, 0.02)
    assert (promise.max_error, promise.texts) == (0.15, 110)


def test_a_text_whose_best_answer_is_no_tool_says_nothing_of_the_threshold():
    names = ("light", "tea", None)
    right = [("tea", [0, 5, 0]), ("light", [5, 0, 0])] * 20
    outside = [(None, [0, 0, 9]), ("tea", [0, 0, 9])] * 30
    promise = fit_promise(make_judged(*right, *outside, names=names), TABLE, 0.02)
    assert (promise.max_error, promise.texts) == (0.1, 40)
