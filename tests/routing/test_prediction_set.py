import numpy as np

from edge_router.bundle import ShortlistNumbers
from edge_router.bundle.doubt import FLOOR
from edge_router.routing.calibration import Calibration
from edge_router.routing.prediction_set import PredictionSet

HALVES = (*[1 << (30 - k) for k in range(31)], 0)
"""A probability halves with every logit step."""


def shortlist(logits: list[int], floors: list[float], *, top: int = 5, labels="abc"):
    calibration = Calibration(shift=0, weights=HALVES, labels=[*labels], top=top)
    numbers = ShortlistNumbers(0.99, tuple([int(floor * FLOOR) for floor in floors]))
    tools = [label for label in labels if label is not None]
    integers = np.array(logits, np.int32)
    return PredictionSet(numbers, tools, calibration).of(integers, calibration.rank(integers))


def test_tools_from_their_floor_on_are_listed_best_first():
    # probabilities 2/7, 4/7 and 1/7
    assert shortlist([5, 6, 4], [0.2]) == ("b", "a")
    assert shortlist([5, 6, 4], [0.14]) == ("b", "a", "c")
    assert shortlist([5, 6, 4], [0.5, 0.5, 0.1]) == ("b", "c")


def test_a_probability_that_is_the_floor_is_listed():
    assert shortlist([5, 5], [0.5], labels="ab") == ("a", "b")


def test_more_tools_than_candidates_are_shown_are_found_all_the_same():
    assert shortlist([5, 6, 4], [0.14], top=1) == ("b", "a", "c")


def test_no_tool_is_listed_where_no_tool_fits():
    assert shortlist([0, 0, 20], [0.01], labels=("a", "b", None)) == ()
