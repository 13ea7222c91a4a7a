"""A prior: where training starts, and how far it may go."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from edge_router import Router
from edge_router.bundle import CalibrationTable, read_bundle
from edge_router.errors import RecipeError
from edge_router.routing.calibration import make_table
from edge_router_export.restore import find_base
from edge_router_export.stay_near import Prior, ask_prior, read_halving, start_at_prior
from edge_router_export.student import Student
from edge_router_export.train import train

FEW = {"base": "none", "vocabulary": "300", "embedding_width": "16", "width": "16", "folds": "2"}
COLOURS = ["red", "green", "blue", "yellow", "black", "white", "brown", "pink", "grey", "orange"]


@pytest.mark.parametrize("halving", [1.0, 37.5, 900.0, 123_456.7])
def test_the_temperature_is_read_out_of_a_table(halving):
    assert read_halving(CalibrationTable(*make_table(halving))) == pytest.approx(halving, rel=1e-3)


def test_the_divergence_is_over_shared_answers_and_weighs_what_the_prior_gives_them():
    prior = Prior(np.array([[0.6, 0.2], [0.0, 0.0]], np.float32), np.array([2, 0]))
    logits = torch.tensor([[0.0, 5.0, 0.0], [1.0, 2.0, 3.0]])
    # of 0.8 in all: 0.75 and 0.25 against a half each; nothing of a text of other tools alone
    wanted = 0.8 * (0.75 * np.log(1.5) + 0.25 * np.log(0.5)) / 2
    assert prior.measure_divergence(logits, np.arange(2)).item() == pytest.approx(wanted)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A router of two tools."""
    folder = tmp_path_factory.mktemp("prior")
    rows = [{"text": f"paint it {c}", "tool": "paint"} for c in COLOURS]
    rows += [{"text": f"eat the {c} soup", "tool": "eat"} for c in COLOURS]
    examples = folder / "e.jsonl"
    examples.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    made = train(
        [examples],
        output=folder / "first.router",
        recipe="tiny",
        overrides={**FEW, "epochs": "40"},
        progress=lambda *_: None,
    )
    return made.bundle_path


def test_the_head_starts_where_the_prior_is(first: Path, student: Student):
    bundle = read_bundle(first)
    labels = {"eat": 0, "other": 1, "paint": 2}
    wide = Student(student.encoder, 3)
    wide.head = torch.nn.Parameter(torch.zeros(3, 64))
    start_at_prior(wide, bundle, labels)
    assert wide.head[1].abs().max() == 0
    assert wide.head[0].abs().max() > 0


def test_the_prior_says_what_its_router_says(first: Path):
    router = Router.load(first)
    found = ask_prior(read_bundle(first), ["paint it red", ""], {"paint": 1, "new": 0})
    own = {c.tool: c.confidence for c in router.route("paint it red", top=2).candidates}
    assert found.answers.tolist() == [1]
    assert found.probabilities[:, 0].tolist() == pytest.approx([own["paint"], 0.0])


def test_a_prior_holds_a_router_back_from_a_log_that_says_otherwise(first: Path, tmp_path, quiet):
    """The log rewards the wrong of the two tools, and a new one."""
    rows = []
    for i, colour in enumerate(COLOURS * 6):
        for text, tool in ((f"paint it {colour}", "eat"), (f"who is {colour} {i}", "ask")):
            rows.append({"text": text, "tool": tool, "propensity": 0.5, "reward": 1})
            rows.append({"text": text, "tool": "paint", "propensity": 0.5, "reward": 0})
        rows.append({"text": "paint", "tool": "paint", "propensity": 0.5, "reward": 1})
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def find_confidence(name: str, **overrides: str) -> tuple[float, str | None]:
        made = train(
            [],
            outcomes=[log],
            output=tmp_path / f"{name}.router",
            recipe="tiny",
            overrides={**FEW, "epochs": "10", **overrides},
            work_dir=tmp_path / "work",
            progress=quiet,
        )
        router = Router.load(made.bundle_path)
        own = {c.tool: c.confidence for c in router.route("paint it red", top=3).candidates}
        return own["paint"], router.route("who is red 0").candidates[0].tool

    near, new = find_confidence("near", prior=json.dumps(str(first)), prior_weight="5.0")
    far, _ = find_confidence("far", prior=json.dumps(str(first)), prior_weight="0")
    assert near > 0.5 > far
    assert new == "ask"  # which the prior does not know


def test_a_base_without_tools_is_no_prior():
    bundle = read_bundle(find_base("base"))
    with pytest.raises(RecipeError, match="knows no tool to stay near; give a trained router"):
        ask_prior(bundle, ["a"], {"tea": 0})
