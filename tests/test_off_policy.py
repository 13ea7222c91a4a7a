"""Values of a policy from what another one logged."""

import numpy as np
import pytest

from edge_router.comparison import compare
from edge_router.decision import Candidate, Decision, Reason
from edge_router.errors import DataError
from edge_router.examples import LoggedOutcome
from edge_router.off_policy import Guesses, estimate_mean, estimate_value

TOOLS = ("a", "b", "c", "d")


class Told:
    """Routes the text ``7`` to what it was told of number 7, sure by 0.7."""

    def __init__(self, tools):
        self.tools = tools

    def route(self, text, *, threshold=None, top=None):
        best = self.tools[int(text)]
        shown = sorted((*TOOLS, None), key=lambda tool: tool != best)
        candidates = tuple(Candidate(tool, 0.7 if tool == best else 0.075) for tool in shown)
        reason = Reason.OUT_OF_SCOPE if best is None else Reason.CONFIDENT
        return Decision(best, 0.7, reason, candidates, 0.0)


def log_rows(rng, texts, *, share_best, rewards):
    """For each text its best tool with a probability, else any of the four; ``rewards[text][tool]``
    is what follows.
    """
    rows = []
    for text in texts:
        tool = rng.integers(4) if rng.random() >= share_best else text % 4
        propensity = (1 - share_best) / 4 + share_best * (tool == text % 4)
        rows.append(
            LoggedOutcome(
                text=str(text),
                tool=TOOLS[tool],
                propensity=propensity,
                reward=float(rewards[text, tool]),
            )
        )
    return rows


def test_a_reward_counts_by_how_seldom_its_tool_was_taken():
    rewards, propensities = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.5, 0.5, 0.25, 0.25])
    value = estimate_value(rewards, propensities, np.array([1.0, 0.0, 0.0, 1.0]))
    assert value.reward.value == 0.5  # (1 / 0.5) / 4
    assert value.effective_texts == pytest.approx((2 + 4) ** 2 / (4 + 16))
    assert not value.is_sound  # two rows say nothing


def test_a_model_that_knows_the_rewards_leaves_nothing_to_chance():
    rewards, propensities = np.array([1.0, 0.0, 1.0]), np.full(3, 0.5)
    guesses = Guesses(of_logged=rewards, of_taken=np.array([1.0, 1.0, 0.0]))
    value = estimate_value(rewards, propensities, np.array([1.0, 0.0, 1.0]), guesses=guesses)
    assert value.reward.value == pytest.approx(2 / 3)


def test_rows_of_one_text_count_as_one():
    worth = np.array([1.0, 0.0, 1.0, 0.0])
    apart = estimate_mean(worth, np.array([0, 1, 2, 3]))
    together = estimate_mean(np.repeat(worth, 10), np.repeat([0, 1, 2, 3], 10))
    assert (together.value, together.low) == (apart.value, pytest.approx(apart.low))


def test_what_the_log_never_took_is_told():
    rows = np.arange(400)
    takes = (rows % 10 > 2).astype(float)  # of three in ten texts the log always took another tool
    value = estimate_value(np.ones(400), np.ones(400), takes)
    assert value.unseen_share == pytest.approx(0.3)
    assert not value.is_sound


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    count = 500
    chances = rng.random((count, 4))
    old = Told([TOOLS[text % 4] for text in range(count)])
    new = Told([TOOLS[(text if text % 3 else text + 1) % 4] for text in range(count)])
    picks = {id(r): [TOOLS.index(tool) for tool in r.tools] for r in (old, new)}
    held = {"new": 0, "gain": 0}
    for _ in range(100):
        rewards = (rng.random((count, 4)) < chances).astype(float)
        means = {key: chances[np.arange(count), tools].mean() for key, tools in picks.items()}
        texts = rng.permutation(count)
        found = compare(old, new, log_rows(rng, texts, share_best=0.3, rewards=rewards))
        held["new"] += found.new.reward.low <= means[id(new)] <= found.new.reward.high
        gain = means[id(new)] - means[id(old)]
        held["gain"] += found.gain.low <= gain <= found.gain.high
    assert all(90 <= count <= 100 for count in held.values()), held


def test_routers_that_agree_have_no_gain_whatever_was_logged():
    rewards = np.random.default_rng(1).random((200, 4))
    rows = log_rows(np.random.default_rng(2), range(200), share_best=0.5, rewards=rewards)
    same = [TOOLS[text % 4] for text in range(200)]
    found = compare(Told(same), Told(list(same)), rows)
    assert (found.gain.low, found.gain.value, found.gain.high, found.differing) == (0, 0, 0, 0)
    assert found.texts == found.rows == 200


def test_cost_is_taken_off_the_reward():
    rows = [
        LoggedOutcome(text=str(i), tool=TOOLS[i % 2], propensity=0.5, reward=1.0, cost=i % 2)
        for i in range(200)
    ]
    found = compare(Told(["a"] * 200), Told(["b"] * 200), rows, cost_weight=0.25)
    assert found.gain.value == pytest.approx(-0.25)


def test_an_abstention_is_worth_what_it_is_said_to_be():
    rows = [
        LoggedOutcome(text=str(i), tool="a", propensity=1.0, reward=float(i % 2))
        for i in range(100)
    ]
    old, new = Told(["a"] * 100), Told([None if i % 2 == 0 else "a" for i in range(100)])
    found = compare(old, new, rows, abstention_reward=0.9)
    assert found.old.reward.value == pytest.approx(0.5)
    assert found.new.reward.value == pytest.approx((50 * 0.9 + 50) / 100)
    assert found.is_sound


def test_an_abstention_that_nobody_valued_is_refused():
    rows = [LoggedOutcome(text="0", tool="a", propensity=1.0, reward=1.0)]
    with pytest.raises(DataError, match=r"abstains on 1 of the texts.*--abstention-reward"):
        compare(Told(["a"]), Told([None]), rows)


def test_rows_without_a_tool_say_what_an_abstention_is_worth():
    rows = [
        LoggedOutcome(text=str(i), tool=None if i % 2 else "a", propensity=0.5, reward=i % 2)
        for i in range(200)
    ]
    found = compare(Told(["a"] * 200), Told([None] * 200), rows)
    assert found.gain.value == pytest.approx(1.0, abs=0.05)


def test_a_row_without_a_propensity_is_refused_with_its_place():
    row = LoggedOutcome(text="0", tool="a", propensity=None, reward=1, file="log.jsonl", line=3)
    with pytest.raises(DataError, match=r"^log\.jsonl:3: has no propensity.*explores"):
        compare(Told(["a"]), Told(["a"]), [row])


def test_an_empty_log_is_refused():
    with pytest.raises(DataError, match="give a log with at least one outcome"):
        compare(Told([]), Told([]), [])
