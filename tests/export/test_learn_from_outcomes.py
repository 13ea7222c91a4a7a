"""The losses of logged outcomes, and a training that has nothing else."""

import json
import random
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from edge_router import DataError, Router
from edge_router_export.batches import IdTable
from edge_router_export.distill import UNLABELLED, Lessons, measure_loss
from edge_router_export.learn_from_outcomes import Feedback, measure_outcome_loss
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.train import train

FEW = {"base": "none", "vocabulary": "400", "embedding_width": "16", "width": "16", "updates": "1"}
ENDS = ["now", "today", "please", "again", "then", "now please", "again today", "at once"]
COLOURS = ["red", "green", "blue", "yellow", "black", "white", "brown", "pink", "grey", "orange"]
FRAMES = {"paint": "paint it {} {}", "eat": "eat the {} soup {}", "ask": "who is {} {}"}


def make_recipe(**overrides: str) -> TrainRecipe:
    return read_recipe(
        TrainRecipe,
        "tiny",
        {"objective": "likelihood", "max_weight": "1e6", "flipped": "0", **overrides},
    )


def make_feedback(taken, worth, propensity, weight=None) -> Feedback:
    return Feedback(
        np.array(taken, np.int64),
        np.array(worth, np.float32),
        np.array(propensity, np.float32),
        np.ones(len(taken), np.float32) if weight is None else np.array(weight, np.float32),
    )


def measure(logits, feedback: Feedback, guesses=None, **overrides: str) -> torch.Tensor:
    """The loss, times the rows: a sum."""
    rows = np.arange(len(feedback.taken))
    given = make_recipe(**overrides)
    return len(rows) * measure_outcome_loss(logits, feedback, rows, given, guesses)


@given(st.integers(0, 10_000), st.sampled_from(["ips", "dr"]))
def test_the_gradient_is_unbiased_whatever_the_policy_and_the_reward_model(seed, objective):
    """Over every text and every tool, each as often as the policy takes it, the gradients add up to
    that of the value that nobody sees: the reward of every tool.
    """
    source = torch.Generator().manual_seed(seed)
    rewards, guesses = (torch.rand(4, 3, generator=source) for _ in range(2))
    policy = torch.rand(4, 3, generator=source).add(0.05)
    policy = policy / policy.sum(1, keepdim=True)
    logits = torch.randn(4, 3, generator=source).requires_grad_()
    every = make_feedback(
        np.tile(np.arange(3), 4), *[v.flatten().numpy() for v in (rewards, policy, policy)]
    )
    repeated, same = logits.repeat_interleave(3, 0), guesses.repeat_interleave(3, 0)
    loss = measure(repeated, every, same, objective=objective)
    if objective == "dr":
        loss = loss - measure(repeated, every, objective="likelihood")
    (found,) = torch.autograd.grad(loss, logits)
    value = (logits.softmax(1) * rewards).sum()
    (wanted,) = torch.autograd.grad(-value, logits)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-3)


def test_the_likelihood_says_as_much_of_a_failure_as_of_a_success():
    logits = torch.tensor([[log(3), 0.0], [log(3), 0.0], [0.0, 0.0]])
    feedback = make_feedback([0, 0, 1], [1, 0, 1], [0.5, 0.5, 0.5])
    assert measure(logits, feedback).item() == pytest.approx(-log(0.75) - log(0.25) - log(0.5))
    # of ten rewards one says the opposite: 0.9 p + 0.1 (1 - p)
    seen = measure(logits, feedback, flipped="0.1").item()
    assert seen == pytest.approx(-log(0.7) - log(0.3) - log(0.5))


def test_a_half_reward_is_half_a_success_and_half_a_failure():
    loss = measure(torch.tensor([[log(3), 0.0]]), make_feedback([0], [0.5], [1.0]))
    assert loss.item() == pytest.approx(-(log(0.75) + log(0.25)) / 2)


@pytest.mark.parametrize(("worth", "sign"), [(1.0, -1), (0.0, 1)])
def test_where_the_model_is_sure_and_wrong_it_still_learns(worth, sign):
    logits = torch.tensor([[-60.0 * sign * -1, 0.0]], requires_grad=True)
    (gradient,) = torch.autograd.grad(measure(logits, make_feedback([0], [worth], [1.0])), logits)
    assert gradient[0, 0].item() == pytest.approx(sign, abs=1e-3)


def test_a_clipped_weight_is_no_larger_than_the_recipe_says():
    logits = torch.tensor([[0.0, 0.0]])
    feedback = make_feedback([0], [1.0], [0.001])
    assert measure(logits, feedback, objective="ips").item() == pytest.approx(-500)
    assert measure(logits, feedback, objective="ips", max_weight="8").item() == pytest.approx(-4)


def test_self_normalised_gradients_stay_when_every_reward_rises_by_as_much():
    logits = torch.tensor([[0.3, -0.2], [1.0, 0.1]], requires_grad=True)

    def differentiate(worth) -> torch.Tensor:
        feedback = make_feedback([0, 1], worth, [0.2, 0.7])
        return torch.autograd.grad(measure(logits, feedback, objective="snips"), logits)[0]

    torch.testing.assert_close(differentiate([0.1, 0.5]), differentiate([0.5, 0.9]))
    assert differentiate([0.1, 0.5]).abs().max() > 0.01


def test_self_normalised_taking_what_was_never_logged_is_no_way_out():
    """Two successes in two rounds, each tool taken in half: a policy that takes these tools and one
    that takes the third have the same ratio.
    """
    feedback = make_feedback([0, 1], [1, 1], [0.5, 0.5])
    logged, other = torch.tensor([[0.0, 0.0, -30.0]] * 2), torch.tensor([[0.0, 0.0, 30.0]] * 2)
    assert measure(logged, feedback, objective="snips").item() == pytest.approx(-2)
    assert measure(other, feedback, objective="snips").item() == pytest.approx(0)


@pytest.mark.parametrize("objective", ["likelihood", "ips", "dr"])
def test_a_weak_word_counts_less_and_a_text_without_an_outcome_nothing(objective):
    logits = torch.tensor([[0.3, -0.2], [1.0, 0.1], [0.0, 0.5]])
    parts = [
        measure(logits[i : i + 1], make_feedback([a], [1.0], [0.5]), objective=objective).item()
        for i, a in enumerate([0, 1])
    ]
    feedback = make_feedback([0, 1, -1], [1, 1, 0], [0.5, 0.5, 1], weight=[1, 0.3, 0])
    whole = measure(logits, feedback, objective=objective).item()
    assert whole == pytest.approx(parts[0] + 0.3 * parts[1], rel=1e-5)


def test_labels_and_outcomes_are_summed():
    logits = torch.tensor([[0.3, -0.2], [1.0, 0.1]])
    feedback = make_feedback([-1, 1], [0, 1], [1, 0.5], weight=[0, 1])
    ids, rows = IdTable([[1], [2]]), np.arange(2)
    labels = np.array([0, UNLABELLED])
    told = measure_loss(logits, Lessons(ids, labels, None), rows, make_recipe())
    logged = measure_outcome_loss(logits, feedback, rows, make_recipe())
    both = measure_loss(logits, Lessons(ids, labels, None, feedback), rows, make_recipe())
    assert both.item() == pytest.approx(told.item() + logged.item())


def test_lessons_are_told_apart_by_every_part_of_an_outcome():
    ids, labels = IdTable([[1], [2]]), np.array([UNLABELLED] * 2)
    usual = ([0, 1], [1, 0], [0.5, 0.5], [1, 1])
    variants = [None, make_feedback(*usual)]
    for place, other in enumerate([[1, 1], [0, 0], [0.4, 0.5], [0.3, 1]]):
        changed = [*usual]
        changed[place] = other
        variants.append(make_feedback(*changed))
    assert len({Lessons(ids, labels, None, f).fingerprint() for f in variants}) == 6


def write_log(path: Path, rows: int = 600, **changes) -> Path:
    """Rounds of a policy that takes the right tool in half of them, over texts whose frame says
    which that is.
    """
    source = random.Random(0)
    lines = []
    for _ in range(rows):
        right = source.choice(list(FRAMES))
        text = FRAMES[right].format(source.choice(COLOURS), source.choice(ENDS))
        tool = source.choices(list(FRAMES), [0.5 if t == right else 0.25 for t in FRAMES])[0]
        is_right = tool == right
        row = {"text": text, "tool": tool, "propensity": 0.5 if is_right else 0.25}
        lines.append(json.dumps({**row, "reward": int(is_right), **changes}) + "\n")
    path.write_text("".join(lines), "utf-8")
    return path


def find_accuracy(router: Router) -> float:
    asked = [(FRAMES[t].format(c, "now"), t) for t in FRAMES for c in COLOURS]
    return sum(router.route(text).candidates[0].tool == tool for text, tool in asked) / len(asked)


@pytest.mark.parametrize("objective", ["likelihood", "ips", "snips", "dr"])
def test_a_router_is_learnt_from_outcomes_alone(objective, tmp_path: Path, quiet):
    made = train(
        [],
        outcomes=[write_log(tmp_path / "log.jsonl")],
        output=tmp_path / "a.router",
        recipe="tiny",
        overrides={**FEW, "epochs": "30", "rate": "0.005", "objective": objective},
        progress=quiet,
    )
    router = Router.load(made.bundle_path)
    assert [tool.name for tool in router.tools] == ["ask", "eat", "paint"]
    assert find_accuracy(router) > 0.9
    found = made.metrics["outcomes"]
    assert found["value_95"][0] < found["value"] < found["value_95"][1] + 1e-9
    assert found["logged_value"] == pytest.approx(0.5, abs=0.1)
    assert found["value"] > 0.85
    report = made.report_path.read_text("utf-8")
    assert f"Learned from {found['learnt_from']} logged outcomes: value estimate" in report
    assert "thinned to the propensity 0.5" in report
    assert "held_out" not in made.metrics
    assert "## Most confused" not in report


def test_outcomes_stand_beside_examples_and_the_test_texts_get_their_report(tmp_path, quiet):
    examples = tmp_path / "e.jsonl"
    rows = [{"text": f"is it {c} outside", "tool": "weather"} for c in COLOURS]
    examples.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    test = tmp_path / "test.jsonl"
    test.write_text('{"text": "paint it red now then", "tool": "paint"}\n', "utf-8")
    made = train(
        [examples],
        outcomes=[write_log(tmp_path / "log.jsonl")],
        test=[test],
        output=tmp_path / "a.router",
        recipe="tiny",
        overrides={**FEW, "epochs": "30", "rate": "0.005"},
        progress=quiet,
    )
    router = Router.load(made.bundle_path)
    assert [tool.name for tool in router.tools] == ["ask", "eat", "paint", "weather"]
    assert router.route("is it red outside now").candidates[0].tool == "weather"
    assert made.metrics["test"]["accuracy"] == 1.0
    report = made.report_path.read_text("utf-8")
    assert "logged outcomes: value estimate" in report
    assert "## Most confused, test texts" in report


def test_rows_without_a_propensity_are_refused_or_taken_as_labels(tmp_path: Path, quiet):
    log = write_log(tmp_path / "log.jsonl", rows=200, propensity=None)

    def run(**settings):
        return train(
            [],
            outcomes=[log],
            output=tmp_path / "a.router",
            recipe="tiny",
            overrides={**FEW, "epochs": "30", "rate": "0.005", "folds": "2"},
            progress=quiet,
            **settings,
        )

    with pytest.raises(DataError, match=r"log\.jsonl:1: has no propensity.*labels.*199 further"):
        run()
    made = run(takes_labels=True)
    assert find_accuracy(Router.load(made.bundle_path)) > 0.9
    assert "outcomes" not in made.metrics  # they are labels now, and judged as labels are
