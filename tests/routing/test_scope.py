import numpy as np
import pytest

from edge_router.bundle import ScopeNumbers
from edge_router.routing.scope import Scope, lead, measure_likeness


@pytest.mark.parametrize(
    ("logits", "tools", "expected"),
    [([9, 0, 0], 3, 6), ([9, 0, 1], 3, 6), ([-5, -5], 2, 0), ([9, 0, 8], 2, 1), ([9, 0, 2], 2, 5)],
)
def test_the_lead_is_over_the_mean_or_no_tools_own_logit(logits, tools, expected):
    assert lead(np.array(logits, np.int32), tools) == expected


def test_the_lead_of_large_logits_does_not_overflow():
    assert lead(np.array([2**30, -(2**30)] * 3000, np.int32), 6000) == 2**30


def test_likeness_is_that_of_the_best_tools_nearest_anchor():
    anchors = (np.array([[2048.0, 0], [0, 2048]]), np.array([[2048.0, 0]]))
    up, right = np.array([0, 7], np.int32), np.array([5, 0], np.int32)
    first, second = np.array([9, 1, 0], np.int32), np.array([1, 9, 20], np.int32)
    assert measure_likeness(anchors, first, up) == measure_likeness(anchors, first, right) == 2**22
    assert measure_likeness(anchors, second, up) == 0
    assert measure_likeness((None, *anchors[1:]), first, up) == 0
    assert measure_likeness((), first, up) == 0
    assert measure_likeness(anchors, first, 0 * up) == 0
    # so long a vector's square is no whole number in float64
    assert measure_likeness(anchors, first, 2**28 * up) == 2**22


def test_the_scope_is_the_share_of_held_out_texts_that_are_no_more_usual():
    scope = Scope(ScopeNumbers(2, 1, (10, 20, 30, 40), 0.25), (), tools=2)
    logits = np.array([10, 0], np.int32)  # leads by 5
    assert [scope.of(logits, likeness) for likeness in (-1, 0, 19, 20, 99)] == [
        0.0,
        0.25,
        0.5,
        0.75,
        1.0,
    ]
    assert (scope.holds(0.25), scope.holds(0.2)) == (True, False)
