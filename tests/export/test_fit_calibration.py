import numpy as np
import pytest

from edge_router.evaluate import expected_calibration_error
from edge_router.routing.calibration import Calibration
from edge_router_export.fit_calibration import NEVER, fit_table, fit_threshold


def test_fitted_probabilities_are_as_right_as_they_say():
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, (4000, 6))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([random.choice(6, p=row) for row in chances])
    integers = np.rint(logits * 2000).astype(np.int32)
    table = fit_table(integers, labels)
    calibration = Calibration(shift=table.shift, weights=table.weights, labels="abcdef", top=1)
    best = [calibration.rank(row)[0] for row in integers]
    right = [b.tool == "abcdef"[label] for b, label in zip(best, labels, strict=True)]
    assert expected_calibration_error([b.confidence for b in best], right) < 0.02


def test_the_threshold_is_the_lowest_that_keeps_the_precision():
    confidences = [0.9] * 60 + [0.8] * 60 + [0.7] * 60
    is_right = [True] * 120 + [False] * 30 + [True] * 30
    assert fit_threshold(confidences, is_right, target_precision=0.98) == 0.8


def test_equal_confidences_stand_or_fall_together():
    assert fit_threshold([0.9] * 100, [True] * 90 + [False] * 10, target_precision=0.95) == NEVER


@pytest.mark.parametrize("count", [0, 5, 40])
def test_too_few_texts_promise_nothing(count: int):
    assert fit_threshold([0.99] * count, [True] * count, target_precision=0.98) == NEVER
