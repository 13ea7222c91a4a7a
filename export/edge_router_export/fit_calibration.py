"""From held-out texts: the temperature of the probabilities, and the confidence from which the
router decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from edge_router.bundle import CalibrationTable
from edge_router.routing.calibration import make_table

NEVER = 1.01
"""A threshold that no confidence reaches."""


def fit_table(logits: NDArray[np.int32], labels: NDArray[np.int64]) -> CalibrationTable:
    """The table whose probabilities make the held-out ``labels`` likeliest (temperature scaling;
    Guo et al., 2017).

    ``logits`` [texts, answers] are the shipped model's integers, so that the fit is of what runs.
    """
    distances = (logits.max(1, keepdims=True) - logits).astype(np.float64)
    own = distances[np.arange(len(labels)), labels]

    def negative_log_likelihood(log_halving: float) -> float:
        halvings = distances / np.exp(log_halving)
        return float(np.mean(own / np.exp(log_halving) + np.log2(np.exp2(-halvings).sum(1))))

    spread = float(np.log(max(2.0, np.median(distances[:, :]))))
    found = minimize_scalar(
        negative_log_likelihood, bounds=(spread - 7, spread + 3), method="bounded"
    )
    shift, weights = make_table(float(np.exp(found.x)))
    return CalibrationTable(shift, weights)


def fit_threshold(
    confidences: Sequence[float], is_right: Sequence[bool], *, target_precision: float
) -> float:
    """The lowest confidence such that of the held-out texts at or above it at least
    ``target_precision`` are right.

    One error more than was seen is counted, so that a few lucky texts do not carry a threshold.
    Where no confidence is high enough, :data:`NEVER`.
    """
    order = np.argsort(-np.asarray(confidences), kind="stable")
    ranked = np.asarray(confidences, np.float64)[order]
    errors = np.cumsum(~np.asarray(is_right, bool)[order]) + 1
    answered = np.arange(1, len(ranked) + 1)
    is_last_of_equals = np.append(ranked[:-1] != ranked[1:], True)
    good = np.flatnonzero((errors <= (1 - target_precision) * (answered + 1)) & is_last_of_equals)
    return float(ranked[good[-1]]) if len(good) else NEVER
