import numpy as np

from edge_router.evaluate import expected_calibration_error
from edge_router.routing.calibration import Calibration
from edge_router_export.fit_calibration import fit_table


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


def test_of_few_texts_that_are_all_right_the_table_does_not_learn_to_be_always_sure():
    logits = np.array([[9000, 1000, 500], [400, 8000, 0], [100, 700, 6000]] * 20, np.int32)
    table = fit_table(logits, np.tile(np.arange(3), 20))
    calibration = Calibration(shift=table.shift, weights=table.weights, labels="abc", top=1)
    assert 0.9 < calibration.rank(logits[0])[0].confidence < 0.999
    undecided = np.array([3000, 2900, 2800], np.int32)
    assert calibration.rank(undecided)[0].confidence < 0.4
