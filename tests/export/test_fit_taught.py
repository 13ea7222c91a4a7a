import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_router import DataError, Router
from edge_router.routing.embedding import COSINE
from edge_router_export import fit_taught as module
from edge_router_export.fit_taught import (
    TextEncoder,
    Trial,
    find_teaching,
    fit_taught,
    make_trials,
    read_tool_sets,
)
from edge_router_export.recipe import PretrainRecipe, read_recipe

ROOMS = ["kitchen", "bedroom", "hall", "cellar", "garden", "attic", "office", "garage"]
ASKED = {
    "lights.on": "turn on the lights in the {}",
    "music.play": "play some music in the {}",
    "door.lock": "lock the door of the {}",
    None: "who painted the {}",
}
STRANGERS = [f"what is the {noun} of {place}" for noun in "abcdef" for place in ("rome", "peru")]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    router = Router.base()
    return TextEncoder(router._tokenizer, router.bundle.model)


@pytest.fixture
def recipe() -> PretrainRecipe:
    return replace(read_recipe(PretrainRecipe, "pretrain"), taught_max_error=0.2)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    rows = [
        json.dumps({"text": text.format(room), "tool": tool})
        for tool, text in ASKED.items()
        for room in ROOMS
    ]
    path = tmp_path / "house.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_numbers_are_fitted_alike_twice_and_rise_with_the_tools(house: Path, encoder, recipe):
    sets = read_tool_sets([house])
    found = fit_taught(sets, STRANGERS, encoder, recipe)
    assert found == fit_taught(sets, STRANGERS, encoder, recipe)
    assert 0 < found.halving < COSINE
    assert list(found.rest) == sorted(found.rest)
    assert 0 < found.rest[0] < COSINE
    assert found.policy.max_error == 0.2


def test_a_trial_teaches_some_tools_and_asks_for_all(house: Path, encoder):
    trials = list(make_trials(read_tool_sets([house]), STRANGERS, encoder, seed=1))
    assert {trial.tools for trial in trials} == {1, 2, 3}
    one = trials[0]  # of 8 texts of the tool one is taught; 24 others and 12 strangers are asked
    assert one.logits.shape == (7 + 24 + 12, 2)
    assert one.labels.tolist() == [0] * 7 + [1] * 36


def test_a_tool_whose_texts_are_all_taught_is_not_asked_for(house: Path, encoder, monkeypatch):
    monkeypatch.setattr(module, "SHOTS", (8,))
    assert list(make_trials(read_tool_sets([house]), STRANGERS, encoder, seed=1)) == []


def test_the_rest_lies_between_what_tools_and_strangers_get():
    own, strange = [[800, 0]] * 20, [[300, 0]] * 20
    logits = np.array(own + strange) * COSINE // 1000
    trial = Trial(1, logits, np.array([0] * 20 + [1] * 20))
    ((rest, loss),) = module._fit_rests([trial], scale=20.0).values()
    assert 0.3 < rest < 0.8
    assert loss < 0.1


def test_texts_come_in_the_shares_that_a_router_gets():
    trial = Trial(1, np.zeros((300, 2), np.int64), np.array([0] * 100 + [1] * 200))
    numbers = module._as_they_come(trial)
    assert sum(number < 100 for number in numbers) == 100
    assert len(numbers) - 100 == 25


def test_the_package_has_numbers_of_its_own():
    assert find_teaching() == Router.base().bundle.manifest.parts.embedding.teaching


def test_a_set_without_texts_is_named(tmp_path: Path):
    path = tmp_path / "empty.jsonl"
    path.write_text('{"text": "hello", "tool": null}\n', "utf-8")
    with pytest.raises(DataError, match=r"empty.jsonl: has no tool with a text"):
        read_tool_sets([path])
