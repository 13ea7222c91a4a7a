"""From held-out texts: the temperature of the probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from edge_router.bundle import CalibrationTable
from edge_router.routing.calibration import make_table


def fit_table(logits: NDArray[np.int32], labels: NDArray[np.int64]) -> CalibrationTable:
    """The table whose probabilities make the held-out ``labels`` likeliest (temperature scaling;
    Guo et al., 2017).

    ``logits`` [texts, answers] are the shipped model's integers, so that the fit is of what runs.
    One text more is counted whose answers are all as likely: of few texts that are all right, the
    likeliest table would be one that is always sure.
    """
    distances = (logits.max(1, keepdims=True) - logits).astype(np.float64)
    unseen = 1.0 / (len(labels) + 1)
    own = distances[np.arange(len(labels)), labels] * (1 - unseen) + distances.mean(1) * unseen

    def negative_log_likelihood(log_halving: float) -> float:
        halvings = distances / np.exp(log_halving)
        return float(np.mean(own / np.exp(log_halving) + np.log2(np.exp2(-halvings).sum(1))))

    spread = float(np.log(max(2.0, np.median(distances))))
    found = minimize_scalar(
        negative_log_likelihood, bounds=(spread - 7, spread + 3), method="bounded"
    )
    shift, weights = make_table(float(np.exp(found.x)))
    return CalibrationTable(shift, weights)
