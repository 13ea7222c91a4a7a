import numpy as np
import pytest

from edge_router.bundle.reward_numbers import MAX_OFFSET, MAX_SLOPE
from edge_router.routing.rewards import Rewards
from edge_router_export.fit_rewards import fit_rewards, make_rewards


def expect(numbers, logit, answer=0):
    """The reward of one answer where all have the same logit."""
    count = len(numbers.costs)
    rewards = Rewards(numbers, labels=tuple(map(str, range(count))), top=count)
    ranked = rewards.rank(np.full(count, logit, np.int32), 0.0)
    return {c.tool: c.confidence for c in ranked}[str(answer)]


def fit_one(logits, rewards, weights=None):
    return fit_rewards(
        np.array(logits, np.int32),
        np.zeros(len(logits), np.int64),
        np.array(rewards, float),
        np.ones(len(logits)) if weights is None else np.array(weights, float),
        [0.0],
    )


def test_a_curve_is_a_half_halfway_and_rises_by_its_slope():
    numbers = make_rewards(np.array([0.01]), np.array([-10.0]), [0.0])
    assert expect(numbers, 1000) == pytest.approx(0.5, abs=0.001)
    assert expect(numbers, 1100) == pytest.approx(1 / (1 + np.exp(-1)), abs=0.001)
    assert expect(numbers, -(2**31)) < 2**-16
    assert expect(numbers, 2**31 - 1) > 1 - 2**-16


@pytest.mark.parametrize("slope", [0.0, 1e-6, 0.01, 50.0, 1e9])
def test_curves_of_any_steepness_can_be_in_a_bundle(slope):
    numbers = make_rewards(np.array([slope, 0.01]), np.array([-37.5, 2.0]), [0.0, 0.125])
    assert all(0 <= value <= MAX_SLOPE for value in numbers.slopes)
    assert all(abs(value) <= MAX_OFFSET for value in numbers.offsets)
    assert list(numbers.rewards) == sorted(numbers.rewards)
    assert numbers.costs == (0, 125_000)
    for logit in (-(2**31), 2**31 - 1):  # no overflow turns the best into the worst
        assert expect(numbers, logit, 1) == pytest.approx(float(logit > 0), abs=1e-4)


def test_rewards_are_found_as_often_as_they_were_earned():
    source = np.random.default_rng(4)
    logits = source.normal(5000, 2000, 20_000).astype(np.int32)
    chances = 1 / (1 + np.exp(-(logits - 4000) / 900))
    numbers = fit_one(logits, source.random(20_000) < chances)
    for logit in (2000, 4000, 5000, 8000):
        wanted = 1 / (1 + np.exp(-(logit - 4000) / 900))
        assert expect(numbers, logit) == pytest.approx(wanted, abs=0.02)


def test_an_answer_whose_logit_says_nothing_has_a_flat_curve_of_its_own():
    source = np.random.default_rng(5)
    logits = source.normal(0, 1000, 6000).astype(np.int32)
    taken = np.arange(6000) % 2
    chances = np.where(taken == 0, 1 / (1 + np.exp(-logits / 300)), 0.98)
    numbers = fit_rewards(
        logits, taken, (source.random(6000) < chances).astype(float), np.ones(6000), [0.0, 1.0]
    )
    for logit, wanted in ((-900, 0.047), (0, 0.5), (900, 0.953)):
        assert expect(numbers, logit, 0) == pytest.approx(wanted, abs=0.04)
        assert expect(numbers, logit, 1) == pytest.approx(0.98, abs=0.015)


def test_an_answer_with_few_rows_is_much_like_the_others():
    source = np.random.default_rng(6)
    logits = source.normal(0, 1000, 3000).astype(np.int32)
    taken = np.where(np.arange(3000) < 2997, np.arange(3000) % 2, 2)
    rewards = (source.random(3000) < 1 / (1 + np.exp(-logits / 300))).astype(float)
    logits[taken == 2], rewards[taken == 2] = 300, 1.0
    numbers = fit_rewards(logits, taken, rewards, np.ones(3000), [0.0] * 3)
    assert expect(numbers, -900, 2) < 0.15
    assert expect(numbers, 0, 2) > expect(numbers, 0, 0)


def test_a_row_counts_by_its_weight():
    numbers = fit_one([100, 100] * 500, [1.0, 0.0] * 500, [3.0, 1.0] * 500)
    assert expect(numbers, 100) == pytest.approx(0.75, abs=0.01)


def test_few_rows_that_all_earned_theirs_promise_nothing_for_ever():
    assert 0.6 < expect(fit_one([10, 20, 30], np.ones(3)), 20) < 0.99
