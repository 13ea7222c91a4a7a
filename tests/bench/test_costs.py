import numpy as np
import pytest

from bench.commands.costs import describe, find_saved, follow_confidence, log_rows
from edge_router.examples import Example

RIGHT = np.array([[True, True, True], [False, True, True], [False, False, True], [False] * 3])
EXAMPLES = [Example(f"text {number}", "t", (), "x", 1) for number in range(3000)]


def test_a_log_has_each_arm_as_often_with_its_own_reward_and_cost():
    is_right = np.tile(RIGHT[1], (3000, 1))
    rows = log_rows(EXAMPLES, is_right)
    found = {(o.tool, o.reward, o.cost, o.propensity) for o in rows}
    third = 1 / 3
    assert found == {("device", 0, 0, third), ("small", 1, 0.1, third), ("large", 1, 1, third)}
    assert 900 < sum(o.tool == "small" for o in rows) < 1100


def test_what_is_taken_has_its_reward_and_its_cost():
    assert describe("x", np.array([0, 1, 2, 2]), RIGHT) == {
        "at": "x",
        "reward": 0.75,
        "cost": pytest.approx(2.1 / 4),
        "shares": [0.25, 0.25, 0.5],
    }


def test_what_the_device_is_not_sure_of_goes_to_the_large_one():
    rows = list(follow_confidence(np.array([0.9, 0.4, 0.2, 0.1]), RIGHT))
    assert rows[0]["shares"] == [1.0, 0.0, 0.0]
    by_threshold = {row["at"]: row for row in rows}
    assert by_threshold[0.5]["shares"] == [0.25, 0.0, 0.75]
    assert by_threshold[0.5]["reward"] == 0.75


def test_the_cheapest_point_that_loses_no_more_than_a_hundredth_is_found():
    def point(at, reward, cost, large):
        return {"at": at, "reward": reward, "cost": cost, "shares": [1 - large, 0.0, large]}

    result = {
        "alone": [point("large", 0.98, 1.0, 1.0)],
        "curve": [point(0, 0.98, 0.9, 0.9), point(1, 0.971, 0.4, 0.4), point(2, 0.96, 0.1, 0.1)],
        "none": [point(0, 0.5, 0.1, 0.1)],
    }
    assert find_saved(result, "curve") == {
        "at": 1,
        "reward": 0.971,
        "large_calls_saved": 0.6,
        "cost_saved": 0.6,
    }
    assert find_saved(result, "none")["large_calls_saved"] == 0.0
