"""From held-out texts, or held-out outcomes: the temperature of the probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from edge_router.bundle import CalibrationTable
from edge_router.routing.calibration import make_table

MOST_FLIPPED = 0.45
"""Share of rewards that may say the opposite: with a half nothing could be learnt."""


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


def fit_table_to_outcomes(
    logits: NDArray[np.int32], taken: NDArray[np.int64], is_good: NDArray[np.bool_]
) -> CalibrationTable:
    """The table that makes it likeliest that what was ``taken`` [texts] turned out as it did, where
    a share of the rewards, fitted along, says the opposite.

    Not weighted by propensities: what comes of a tool for a text does not depend on how often it is
    taken, and the weights would only add variance. As in :func:`fit_table` one text more is
    counted, half of whose rewards are good.
    """
    distances = (logits.max(1, keepdims=True) - logits).astype(np.float64)
    rows = np.arange(len(taken))
    unseen = 1.0 / (len(taken) + 1)

    def negative_log_likelihood(parameters: NDArray[np.float64]) -> float:
        weights = np.exp2(-distances / np.exp(parameters[0]))
        sure = weights[rows, taken] / weights.sum(1)
        turned = MOST_FLIPPED / (1 + np.exp(-parameters[1]))
        seen = turned + (1 - 2 * turned) * np.clip(sure, 1e-9, 1 - 1e-9)
        told = np.where(is_good, np.log(seen), np.log(1 - seen))
        either = (np.log(seen) + np.log(1 - seen)) / 2
        return float(-np.mean((1 - unseen) * told + unseen * either))

    spread = float(np.log(max(2.0, np.median(distances))))
    found = minimize(
        negative_log_likelihood,
        x0=(spread - 2, -3.0),
        bounds=((spread - 7, spread + 3), (-8.0, 8.0)),
        method="L-BFGS-B",
    )
    shift, weights = make_table(float(np.exp(found.x[0])))
    return CalibrationTable(shift, weights)
