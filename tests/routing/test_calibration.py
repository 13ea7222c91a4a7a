import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_router.routing.calibration import Calibration, make_table

HALVES = Calibration(shift=1, weights=(8, 4, 2, 1, 0))


def rank(*logits: int):
    return HALVES.rank(np.array(logits, np.int32))


def test_weights_are_read_by_the_distance_to_the_best():
    assert rank(10, 8, 6) == ([0, 1, 2], [8 / 14, 4 / 14, 2 / 14])


def test_logits_far_below_get_the_last_weight():
    assert rank(1000, 0) == ([0, 1], [1.0, 0.0])


def test_equal_logits_are_ranked_in_the_order_of_the_labels():
    assert rank(3, 7, 7, 3).labels == [1, 2, 0, 3]


def test_only_the_five_best_are_ranked_but_all_share_the_probability():
    found = rank(1, 2, 3, 4, 5, 6, 7)
    assert found.labels == [6, 5, 4, 3, 2]
    assert sum(found.probabilities) < 1.0


def test_a_made_table_halves_where_it_was_told_to():
    shift, weights = make_table(1000.0)
    assert weights[0] == 2**30
    assert weights[-1] == 0
    assert abs(weights[1000 >> shift] / 2**29 - 1) < 0.02


@given(st.lists(st.integers(-(2**24), 2**24), min_size=1, max_size=40))
def test_candidates_are_ordered_by_probability(logits: list[int]):
    shift, weights = make_table(50_000.0)
    found = Calibration(shift=shift, weights=weights).rank(np.array(logits, np.int32))
    assert found.probabilities == sorted(found.probabilities, reverse=True)
    assert logits[found.labels[0]] == max(logits)
    assert sum(found.probabilities) <= 1.0 + 1e-9
