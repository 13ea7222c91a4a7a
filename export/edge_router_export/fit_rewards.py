"""From held-out outcomes: what to expect of an answer by its own logit, and what answers cost."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log2

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from edge_router.bundle.reward_numbers import MAX_OFFSET, MAX_SLOPE, SURE, UNIT, RewardNumbers

_PLACES = 4096
"""Entries of the table: from one to the next a reward differs by 2**-9 at most."""
_REACH = 12.0
"""Log odds to either side of the table's middle: beyond, a reward is 0 or 1 to within 2**-17."""
_MAX_SHIFT = 40

Numbers = NDArray[np.float64]


def fit_rewards(
    logits: NDArray[np.int32],
    taken: NDArray[np.int64],
    rewards: Numbers,
    weights: Numbers,
    costs: Sequence[float],
    cost_weight: float = 0.0,
) -> RewardNumbers:
    """A logistic curve for each answer (Platt, 1999), through the ``rewards`` [rows], 0 to 1, over
    the ``logits`` [rows] of the answers that were ``taken`` [rows], each row counted by its weight.
    ``costs`` are one an answer; ``cost_weight`` is what a cost of 1 takes off a reward where nobody
    says otherwise.

    One curve for all would take the noise of an answer that is always right for news of it. Each
    curve is drawn to the mean one, by a normal prior of its slope and middle with a deviation of 1
    in log odds a standard deviation of the logits: the fewer its rows, the nearer it stays.
    """
    center, spread = float(logits.mean()), max(float(np.std(logits)), 1.0)
    standard = (logits - center) / spread
    # so many rows with even weights would say as much (Kish, 1965)
    counts = weights * weights.sum() / np.square(weights).sum()
    slopes, middles = _fit_curves(standard, taken, rewards, counts, len(costs))
    return make_rewards(slopes / spread, middles - slopes * center / spread, costs, cost_weight)


def make_rewards(
    slopes: Numbers, middles: Numbers, costs: Sequence[float], cost_weight: float = 0.0
) -> RewardNumbers:
    """The numbers of logistic curves whose log odds are slope times logit plus middle
    [answers].
    """
    steps = _PLACES / (2 * _REACH)  # of the table, for log odds of 1
    steepest = max(float(slopes.max()), 1e-12) * steps
    shift = max(0, min(_MAX_SHIFT, floor(log2(MAX_SLOPE / steepest))))
    # the entry in the middle serves log odds of 0
    offsets = np.rint((middles + _REACH) * steps * 2.0**shift)
    places = (np.arange(_PLACES) + 0.5) / steps - _REACH
    return RewardNumbers(
        rewards=_to_integers(SURE * expit(places)),
        slopes=_to_integers(np.minimum(slopes * steps * 2.0**shift, MAX_SLOPE)),
        offsets=_to_integers(offsets.clip(-MAX_OFFSET, MAX_OFFSET)),
        shift=shift,
        costs=_to_integers(UNIT * np.array(costs)),
        cost_weight=round(cost_weight * UNIT),
    )


def _fit_curves(
    logits: Numbers, taken: NDArray[np.int64], rewards: Numbers, counts: Numbers, answers: int
) -> tuple[Numbers, Numbers]:
    """Slopes, none below 0, and middles [answers]. Two rows more stand for the mean curve, one with
    a reward and one without, so that a few rows that all earned theirs do not promise it for ever.
    """

    def measure(numbers: Numbers) -> tuple[float, Numbers]:
        slopes, middles = numbers[2 : 2 + answers], numbers[2 + answers :]
        scores = slopes[taken] * logits + middles[taken]
        off_slope, off_middle = slopes - numbers[0], middles - numbers[1]
        loss = counts @ (np.logaddexp(0, scores) - rewards * scores)
        loss += (off_slope @ off_slope + off_middle @ off_middle) / 2
        loss += np.logaddexp(0, numbers[1]) + np.logaddexp(0, -numbers[1])
        pull = counts * (expit(scores) - rewards)
        mean = [-off_slope.sum(), -off_middle.sum() + 2 * expit(numbers[1]) - 1]
        by_slope = np.bincount(taken, pull * logits, answers) + off_slope
        by_middle = np.bincount(taken, pull, answers) + off_middle
        return float(loss), np.concatenate([mean, by_slope, by_middle])

    start = np.concatenate([[1.0, 0.0], np.ones(answers), np.zeros(answers)])
    bounds = [(0.0, None), (None, None)] + [(0.0, None)] * answers + [(None, None)] * answers
    found = minimize(measure, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[2 : 2 + answers], found[2 + answers :]


def _to_integers(values: Numbers) -> tuple[int, ...]:
    return tuple(int(value) for value in np.rint(values))
