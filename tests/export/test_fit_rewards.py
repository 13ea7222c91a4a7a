import numpy as np
import pytest

from edge_router.routing.rewards import Rewards
from edge_router_export.fit_rewards import fit_rewards, make_rewards


def expect(numbers, logit):
    ranked = Rewards(numbers, labels=("a",), top=1).rank(np.array([logit], np.int32), 0.0)
    return ranked[0].confidence


def test_the_curve_is_a_half_halfway_and_rises_by_its_slope():
    numbers = make_rewards(1000.0, 0.01, [0.0])
    assert expect(numbers, 1000) == pytest.approx(0.5, abs=0.005)
    assert expect(numbers, 1100) == pytest.approx(1 / (1 + np.exp(-1)), abs=0.005)
    assert expect(numbers, -(10**6)) < 2**-16
    assert expect(numbers, 10**6) > 1 - 2**-16


@pytest.mark.parametrize("slope", [1e-6, 0.01, 50.0])
def test_a_table_of_any_steepness_can_be_in_a_bundle(slope):
    numbers = make_rewards(-37.5, slope, [0.0, 0.125])
    assert 1 <= len(numbers.rewards) <= 2**16
    assert 0 <= numbers.shift <= 30
    assert list(numbers.rewards) == sorted(numbers.rewards)
    assert numbers.costs == (0, 125_000)


def test_rewards_are_found_as_often_as_they_were_earned():
    source = np.random.default_rng(4)
    logits = source.normal(5000, 2000, 20_000).astype(np.int32)
    chances = 1 / (1 + np.exp(-(logits - 4000) / 900))
    rewards = (source.random(20_000) < chances).astype(float)
    numbers = fit_rewards(logits, rewards, np.ones(20_000), [0.0])
    for logit in (2000, 4000, 5000, 8000):
        wanted = 1 / (1 + np.exp(-(logit - 4000) / 900))
        assert expect(numbers, logit) == pytest.approx(wanted, abs=0.02)


def test_a_row_counts_by_its_weight():
    logits, rewards = np.array([100, 100] * 500, np.int32), np.array([1.0, 0.0] * 500)
    weights = np.array([3.0, 1.0] * 500)
    assert expect(fit_rewards(logits, rewards, weights, [0.0]), 100) == pytest.approx(
        0.75, abs=0.01
    )


def test_few_rows_that_all_earned_theirs_promise_nothing_for_ever():
    numbers = fit_rewards(np.array([10, 20, 30], np.int32), np.ones(3), np.ones(3), [0.0])
    assert 0.6 < expect(numbers, 20) < 0.99
