"""Routers that expect a reward of each tool, and weigh it against the tool's cost where they run."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from edge_router import DataError, Router
from edge_router.errors import RecipeError
from edge_router.verify import verify
from edge_router_export.batches import IdTable
from edge_router_export.distill import UNLABELLED, Lessons, measure_loss
from edge_router_export.learn_from_outcomes import Feedback, measure_outcome_loss
from edge_router_export.load_data import Files, load_data
from edge_router_export.load_outcomes import split_log
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.train import train

COSTS = {"device": 0.0, "large": 1.0}
COLOURS = ["red", "green", "blue", "white", "black", "pink", "gold", "grey", "brown", "lime"]
ENDS = ["please", "now", "today", "for me", "again", "quickly", "slowly", "once more"]


def make_recipe(**overrides: str) -> TrainRecipe:
    return read_recipe(TrainRecipe, "tiny", {"objective": "each", **overrides})


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def log_rows(count: int = 800) -> list[dict]:
    """The large model is always right, the device on what must be painted."""
    source, rows = random.Random(0), []
    for _ in range(count):
        frame = source.choice(["paint it {} {}", "who is {} {}"])
        text = frame.format(source.choice(COLOURS), source.choice(ENDS))
        tool = source.choice(list(COSTS))
        reward = int(tool == "large" or text.startswith("paint"))
        row = {"text": text, "tool": tool, "propensity": 0.5, "reward": reward}
        rows.append({**row, "cost": COSTS[tool]})
    return rows


def test_a_tool_is_judged_by_its_own_logit_alone():
    logits = torch.tensor([[0.3, -2.0, 1.5], [1.0, 0.1, -0.4]], requires_grad=True)
    feedback = Feedback(
        np.array([1, 0]),
        np.array([1.0, 0.25], np.float32),
        np.array([0.5, 0.1], np.float32),
        np.ones(2, np.float32),
    )
    loss = 2 * measure_outcome_loss(logits, feedback, np.arange(2), make_recipe(flipped="0"))
    wanted = np.log(1 + np.exp(2.0)) + 0.25 * np.log(1 + np.exp(-1)) + 0.75 * np.log(1 + np.e)
    assert loss.item() == pytest.approx(wanted)
    loss.backward()
    sure = 1 / (1 + np.exp([2.0, -1.0]))
    assert logits.grad.numpy() == pytest.approx(
        np.array([[0, sure[0] - 1, 0], [sure[1] - 0.25, 0, 0]]), abs=1e-6
    )


def test_the_student_nears_what_the_teacher_says_of_each_and_not_of_their_differences():
    lessons = Lessons(
        IdTable([[1], [2]]),
        np.array([UNLABELLED] * 2),
        np.array([[2.0, 2.0], [-1.0, 3.0]], np.float16),
    )

    def differentiate(shift: float) -> torch.Tensor:
        logits = torch.tensor(lessons.teacher_logits + shift).float().requires_grad_()
        measure_loss(logits, lessons, np.arange(2), make_recipe(temperature="2")).backward()
        return logits.grad

    assert differentiate(0.0).abs().max() < 1e-6
    assert (differentiate(1.0) > 0.01).all()


def test_one_router_holds_the_curve_from_cheap_to_good(tmp_path: Path, quiet):
    made = train(
        [],
        outcomes=[write(tmp_path / "log.jsonl", log_rows())],
        output=tmp_path / "a.router",
        recipe="tiny",
        overrides={
            "objective": "each",
            "teachers": "none",
            "epochs": "30",
            "rate": "0.005",
            "cost_weight": "0.5",
        },
        progress=quiet,
    )
    router = Router.load(made.bundle_path)
    assert verify(router) == ()

    def choose(text: str, weight: float | None = None) -> str | None:
        return router.route(text, cost_weight=weight).tool

    easy, hard = "paint it pink now then", "who is pink now then"
    assert (choose(easy), choose(hard)) == ("device", "large")  # at the recipe's weight
    assert (choose(easy, 20), choose(hard, 20)) == ("device", "device")
    assert choose(hard, 0) == "large"
    sure = {c.tool: c.confidence for c in router.route(hard).candidates}
    assert sure["device"] < 0.2
    assert sure["large"] > 0.8
    parts = router.bundle.manifest.parts
    assert parts.rewards.costs == (0, 1_000_000)
    assert parts.rewards.cost_weight == 500_000
    assert parts.choice.policy.threshold == 0
    assert (parts.shortlist, parts.scope) == (None, None)
    assert parts.embedding is None or parts.embedding.teaching is None
    found = made.metrics["outcomes"]
    # 1 for the easy half at no cost, 1 - 0.5 for the others
    assert found["value"] == pytest.approx(0.75, abs=0.07)
    assert "Promised by the threshold: none: what is best" in made.report_path.read_text("utf-8")
    assert made.warnings == ()


def test_labels_beside_it_a_prior_and_no_log_are_refused_with_what_to_do(tmp_path: Path):
    log = write(tmp_path / "log.jsonl", log_rows(40))
    labelled = write(tmp_path / "e.jsonl", [{"text": "paint it", "tool": "device"}] * 2)

    def load(examples=(), valid=(), outcomes=(log,), **overrides: str) -> None:
        files = Files(examples=examples, valid=valid, outcomes=outcomes)
        load_data(files, make_recipe(**overrides))

    load()
    with pytest.raises(DataError, match=r"e\.jsonl:1: names one tool as right.*leave"):
        load(examples=(labelled,))
    with pytest.raises(DataError, match=r"e\.jsonl:1: names one tool as right"):
        load(valid=(labelled,))
    with pytest.raises(DataError, match=r"give them by --outcomes"):
        load(examples=(labelled,), outcomes=())
    with pytest.raises(RecipeError, match=r"'prior' names a router whose answers exclude"):
        load(prior='"old.router"')


@pytest.mark.parametrize("reward", [-0.1, 1.5])
def test_a_reward_off_the_scale_is_refused_with_its_line(tmp_path: Path, reward):
    rows = [*log_rows(40), {"text": "a", "tool": "large", "propensity": 1, "reward": reward}]
    log = write(tmp_path / "log.jsonl", rows)
    with pytest.raises(DataError, match=rf"log\.jsonl:41: its reward is {reward}; .*0 to 1"):
        load_data(Files(examples=(), outcomes=(log,)), make_recipe())


def test_costs_are_means_of_the_whole_log_and_leave_the_rewards_alone(tmp_path: Path):
    rows = [{**row, "cost": 0.5 + row["cost"]} for row in log_rows(200)]
    log = write(tmp_path / "log.jsonl", rows)
    logged = load_data(Files(examples=(), outcomes=(log,)), make_recipe(cost_weight="3")).logged
    assert (logged.lowest, logged.highest) == (0.0, 1.0)
    assert logged.worths(logged.train) == [o.reward for o in logged.train]
    assert (logged.mean_cost("device"), logged.mean_cost("large")) == (0.5, 1.5)
    again, _ = split_log([*logged.train, *logged.held_out], set(), set(), make_recipe())
    assert again.mean_cost("large") == 1.5
