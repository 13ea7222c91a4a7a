"""The logs that are made by hiding labels, and what is measured of those who learn from them."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra [export]")

from bench import outcome_logs, outcome_peers
from bench.__main__ import main
from bench.commands import outcomes
from bench.outcome_logs import make_log, make_policy
from edge_router.examples import Example, LoggedOutcome

TINY = Path(__file__).parents[1] / "data" / "tiny.router"
KINDS = {
    "coffee": ["make me a {} coffee", "a {} espresso please", "brew {} coffee now"],
    "weather": ["will it be {} tomorrow", "the forecast says {}", "is it {} outside"],
}
ADJECTIVES = ["hot", "cold", "strong", "mild", "nice", "good", "bad", "big"]
ROWS = [(t.format(a), tool) for tool, texts in KINDS.items() for t in texts for a in ADJECTIVES]
EXAMPLES = [Example(text, tool, (), "train", n) for n, (text, tool) in enumerate(ROWS)]


@pytest.fixture
def sets(write_sets) -> Path:
    test = [("a coffee please", "coffee"), ("is it warm outside", "weather")]
    return write_sets({"snips/train": ROWS, "snips/valid": [("a", "coffee")], "snips/test": test})


def test_the_policy_is_right_as_often_as_it_shall_be_and_takes_every_tool_now_and_then():
    policy = make_policy(EXAMPLES)
    right = np.array([policy.tools.index(str(e.tool)) for e in EXAMPLES])
    own = policy.propensities[np.arange(len(right)), right]
    assert policy.tools == ("coffee", "weather")
    assert own.mean() == pytest.approx(0.6, abs=1e-6)
    assert np.allclose(policy.propensities.sum(1), 1)
    assert policy.propensities.min() >= 0.05  # half of the tenth that is uniform


def test_a_log_tells_the_reward_of_what_was_taken_and_how_probable_that_was(sets):
    log = make_log("snips", rounds=100)
    labels = dict(ROWS)
    assert all(o.reward == float(o.tool == labels[o.text]) for o in log)
    assert len({o.text for o in log[:48]}) == 48  # all once before any twice
    policy = make_policy(EXAMPLES)
    texts = [e.text for e in EXAMPLES]
    for o in log:
        chances = policy.propensities[texts.index(o.text)]
        assert o.propensity == chances[policy.tools.index(str(o.tool))]
    assert make_log("snips", rounds=100) == log


def test_flips_turn_rewards_of_the_same_rounds(sets):
    plain, turned = (make_log("snips", rounds=400, flipped=f) for f in (0.0, 0.1))
    assert [(o.text, o.tool) for o in plain] == [(o.text, o.tool) for o in turned]
    flipped = sum(a.reward != b.reward for a, b in zip(plain, turned, strict=True))
    assert 20 < flipped < 60


@pytest.mark.parametrize("name", outcome_peers.LEARNERS)
def test_every_learner_learns_from_a_log(sets, name):
    try:
        learner = outcome_peers.make_learner(name)
    except outcome_peers.LearnerMissingError as error:
        pytest.skip(str(error))
    learner.fit(make_log("snips", rounds=1000))
    assert learner.predict("make me a hot coffee") == "coffee"
    assert learner.predict("is it cold outside") == "weather"


def test_a_learner_is_weighted_by_propensities_and_ignores_failures():
    rows = [LoggedOutcome(text="the same", tool="often", propensity=0.9, reward=1.0)] * 3
    rows += [LoggedOutcome(text="the same", tool="seldom", propensity=0.1, reward=1.0)] * 2
    rows += [LoggedOutcome(text="the same", tool="never", propensity=0.1, reward=0.0)] * 9
    learner = outcome_peers.make_learner("regression")
    learner.fit(rows)
    assert learner.predict("the same") == "seldom"


def test_the_command_measures_each_system_on_the_same_log(sets, tmp_path, monkeypatch):
    asked: list[tuple] = []
    written: dict = {}

    def train(run, runs, log):
        asked.append((run.dataset, run.flipped, run.recipe, len(log), sum(o.reward for o in log)))
        return TINY

    monkeypatch.setattr(outcomes, "_train", train)
    monkeypatch.setattr(
        outcomes, "write_result", lambda name, found, bundles: written.update(found)
    )
    options = ["--dataset", "snips", "--recipe", "tiny", "--peer", "regression"]
    assert main(["outcomes", "--runs", str(tmp_path), *options]) == 0
    assert [row[:4] for row in asked] == [
        ("snips", 0.0, "tiny", 15000),
        ("snips", 0.1, "tiny", 15000),
    ]
    assert asked[0][4] == pytest.approx(9000, rel=0.03)
    assert [(row["system"], row["flipped"]) for row in written["rows"]] == [
        ("edge-router `tiny`, dr", 0.0),
        ("logistic regression, inverse propensity", 0.0),
        ("edge-router `tiny`, dr", 0.1),
        ("logistic regression, inverse propensity", 0.1),
        ("the policy that logged, its best tool", None),
    ]
    assert written["rows"][1]["accuracy"] == 1.0
    json.dumps(written)


def test_a_training_gets_the_log_and_no_label(sets, tmp_path, monkeypatch):
    commands: list[list[str]] = []
    monkeypatch.setattr(outcomes.subprocess, "run", lambda command, **_: commands.append(command))
    log = make_log("snips", rounds=50)
    outcomes._train(outcomes._Run("snips", 0.1, "tiny", "dr"), tmp_path, log)
    (command,) = commands
    assert command[3:6] == ["train", "--outcomes", str(tmp_path / "snips-flipped.jsonl")]
    rows = (tmp_path / "snips-flipped.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == 50
    assert set(json.loads(rows[0])) == {"text", "tool", "propensity", "reward", "cost", "weak"}
    assert outcome_logs.RIGHT == 0.6
