"""From held-out outcomes: what to expect of an answer by its own logit, and what answers cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from edge_router.bundle.reward_numbers import SURE, UNIT, RewardNumbers

_PLACES = 4096
"""Entries of the table: between two of them a reward differs by a hundredth at most."""
_REACH = 12.0
"""Slopes to either side of the middle: beyond, a reward is 0 or 1 to within 2**-17."""


def fit_rewards(
    logits: NDArray[np.int32],
    rewards: NDArray[np.float64],
    weights: NDArray[np.float64],
    costs: Sequence[float],
    cost_weight: float = 0.0,
) -> RewardNumbers:
    """The logistic curve through the ``rewards`` [rows], 0 to 1, over the logged answers' own
    ``logits`` [rows], each row counted by its weight (Platt, 1999). ``costs`` are one an answer;
    ``cost_weight`` is what a cost of 1 takes off a reward where nobody says otherwise.

    Two rows more are counted, one with a reward and one without, so that a few rows that all earned
    theirs do not promise it for ever.
    """
    seen = np.append(logits.astype(np.float64), [logits.mean()] * 2)
    worths, counts = np.append(rewards, [0.0, 1.0]), np.append(weights, [1.0, 1.0])
    spread = max(float(np.std(seen)), 1.0)
    standard = (seen - seen.mean()) / spread

    def loss(numbers: NDArray[np.float64]) -> float:
        slope, middle = np.exp(numbers[0]), numbers[1]
        scores = slope * (standard - middle)
        # log(1 + e^x) without an overflow
        return float(np.sum(counts * (np.logaddexp(0, scores) - worths * scores)) / counts.sum())

    found = minimize(loss, [0.0, 0.0], method="L-BFGS-B", bounds=[(-5.0, 5.0), (-20.0, 20.0)])
    halfway = float(seen.mean() + spread * found.x[1])
    slope = float(np.exp(found.x[0]) / spread)
    return make_rewards(halfway, slope, costs, cost_weight)


def make_rewards(
    halfway: float, slope: float, costs: Sequence[float], cost_weight: float = 0.0
) -> RewardNumbers:
    """The table of a logistic curve that is a half at the logit ``halfway`` and rises there by
    ``slope`` / 4 a step.
    """
    width = 2 * _REACH / slope
    shift = max(0, int(np.ceil(np.log2(max(width / _PLACES, 1.0)))))
    count = max(3, int(np.ceil(width)) >> shift)  # of the steepest curve: below, between, above
    low = round(halfway) - (count << shift) // 2
    # each entry serves 2**shift logits: it is right in their middle
    middles = low + np.arange(count) * (1 << shift) + ((1 << shift) - 1) / 2
    steps = np.rint(SURE * expit(slope * (middles - halfway))).astype(int)
    return RewardNumbers(
        low=low,
        shift=shift,
        rewards=tuple(steps.tolist()),
        costs=tuple([round(cost * UNIT) for cost in costs]),
        cost_weight=round(cost_weight * UNIT),
    )
