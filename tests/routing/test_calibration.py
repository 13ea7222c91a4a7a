import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.decision import Candidate
from edge_router.routing.calibration import Calibration, make_table

HALVES = {"shift": 1, "weights": (8, 4, 2, 1, 0)}


def rank(*logits: int, top: int | None = None) -> tuple[Candidate, ...]:
    calibration = Calibration(**HALVES, labels="abcdefghijkl"[: len(logits)], top=5)
    return calibration.rank(np.array(logits, np.int32), top)


def test_weights_are_read_by_the_distance_to_the_best():
    assert [c[:2] for c in rank(10, 8, 6)] == [("a", 8 / 14), ("b", 4 / 14), ("c", 2 / 14)]


def test_logits_far_below_get_the_last_weight():
    assert [c[:2] for c in rank(1000, 0)] == [("a", 1.0), ("b", 0.0)]


def test_equal_logits_are_ranked_in_the_order_of_the_labels():
    assert [c.tool for c in rank(3, 7, 7, 3)] == ["b", "c", "a", "d"]


def test_only_the_five_best_are_ranked_but_all_share_the_probability():
    found = rank(1, 2, 3, 4, 5, 6, 7)
    assert [c.tool for c in found] == ["g", "f", "e", "d", "c"]
    assert sum(c.confidence for c in found) < 1.0


@pytest.mark.parametrize("top", [1, 3, 8, 9, 12, 100])
def test_as_many_are_ranked_as_were_asked_for_with_the_same_bits(top: int):
    logits = (3, 9, 1, 9, 4, 4, 0, 2, 9, 5, 1, 3)
    assert rank(*logits, top=top) == rank(*logits, top=12)[:top]
    assert [c.tool for c in rank(*logits, top=12)] == list("bdijefalhckg")


def test_the_labels_may_say_that_no_tool_fits():
    calibration = Calibration(**HALVES, labels=["a", None], top=5)
    assert calibration.rank(np.array([0, 9], np.int32))[0].tool is None


def test_a_made_table_halves_where_it_was_told_to():
    shift, weights = make_table(1000.0)
    assert weights[0] == 2**30
    assert weights[-1] == 0
    assert abs(weights[1000 >> shift] / 2**29 - 1) < 0.02


@given(st.lists(st.integers(-(2**24), 2**24), min_size=1, max_size=40))
def test_candidates_are_ordered_by_probability(logits: list[int]):
    shift, weights = make_table(50_000.0)
    calibration = Calibration(shift=shift, weights=weights, labels=range(len(logits)), top=5)
    found = calibration.rank(np.array(logits, np.int32))
    confidences = [c.confidence for c in found]
    assert confidences == sorted(confidences, reverse=True)
    assert logits[found[0].tool] == max(logits)
    assert sum(confidences) <= 1.0 + 1e-9


def test_candidates_say_where_their_tool_is_known_from():
    assert {c.source for c in rank(1, 2)} == {"trained"}
    taught = Calibration(**HALVES, labels=["a", None], top=5, source="taught")
    assert {c.source for c in taught.rank(np.array([0, 9], np.int32))} == {"taught"}


def test_labels_may_be_given_in_place_of_its_own():
    calibration = Calibration(**HALVES, labels="ab", top=5)
    assert [c.tool for c in calibration.rank(np.array([1, 5], np.int32), None, "xy")] == ["y", "x"]


def test_the_share_of_one_answer_is_its_probability():
    calibration = Calibration(**HALVES, labels="abc", top=1)
    logits = np.array([6, 10, 8], np.int32)
    assert [calibration.share(logits, i) for i in range(3)] == [2 / 14, 8 / 14, 4 / 14]
