"""What a policy would have earned on texts that another one answered: a logged reward counts where
both take the same tool, divided by the probability with which the other took it.

Inverse propensity (Horvitz and Thompson, 1952), made doubly robust by a model of the reward
(Dudík, Langford and Li, 2011, arXiv:1103.4601): right if the propensities are, and close if the
model is.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CERTAINTY = 0.95
"""Of every interval."""
FEWEST = 50
"""Effective texts that an interval needs: with 30, of intervals of 95 % some 90 % held in a
simulation, with 60, 97 %.
"""
_Z = NormalDist().inv_cdf((1 + CERTAINTY) / 2)
_UNSEEN_SHARE = 0.01
_UNSEEN_ERRORS = 3.0
"""Texts for which the log has nothing count from 1 % on, and by so many standard errors."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and what is left open of it."""

    value: float
    """The estimate."""
    low: float
    """The lower end of its 95 % interval."""
    high: float
    """The upper end."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a policy is worth, as far as a log tells."""

    reward: Estimate
    """The mean reward of a text."""
    effective_texts: float
    """So many texts with even weights would say as much, (sum w)^2 / sum w^2 (Kish, 1965)."""
    unseen_share: float
    """About the share of texts for which the log never takes what the policy does; 0 where that may
    be chance. Weights have a mean of 1 where it always may.
    """

    @property
    def is_sound(self) -> bool:
        """The log says enough of this policy for the interval to be one."""
        return self.effective_texts >= FEWEST and self.unseen_share == 0


@dataclass(frozen=True, slots=True)
class Guesses:
    """What a model of the reward says, which must not have seen these rows; arrays [rows]."""

    of_logged: Numbers
    """The reward of the logged tool."""
    of_taken: Numbers
    """The reward of what the policy takes, or its mean over what it may take."""


def estimate_value(
    rewards: Numbers,
    propensities: Numbers,
    takes: Numbers,
    *,
    guesses: Guesses | None = None,
    texts: NDArray[np.int64] | None = None,
) -> Value:
    """The value of a policy that takes the logged tool of each row with the probability ``takes``
    [rows]: 0 or 1 for one that explores not.

    Without ``guesses`` by inverse propensity alone. ``texts`` [rows] are numbers from 0 on, equal
    for rows of one text, whose errors are not independent. Four flips of a coin of which the policy
    takes two: rewards 1, 1, 0, 0, propensities 0.5, takes 1, 0, 1, 0: a value of 0.5.
    """
    weights = takes / propensities
    worth = measure_worth(rewards, weights, guesses)
    rows = np.arange(len(rewards)) if texts is None else texts
    seen = estimate_mean(weights, rows)
    missing = 1 - seen.value
    error = (seen.high - seen.value) / _Z
    is_unseen = missing > _UNSEEN_SHARE and missing > _UNSEEN_ERRORS * error
    squares = float(np.sum(weights**2))
    return Value(
        reward=estimate_mean(worth, rows),
        effective_texts=float(np.sum(weights)) ** 2 / squares if squares else 0.0,
        unseen_share=missing if is_unseen else 0.0,
    )


def measure_worth(rewards: Numbers, weights: Numbers, guesses: Guesses | None) -> Numbers:
    """Each row's part of a policy's value [rows], whose mean it is."""
    if guesses is None:
        return weights * rewards
    return guesses.of_taken + weights * (rewards - guesses.of_logged)


def estimate_mean(worth: Numbers, texts: NDArray[np.int64]) -> Estimate:
    """The mean of ``worth`` [rows] with its normal interval, rows of one text counted as one
    (Liang and Zeger, 1986).
    """
    mean, count = float(worth.mean()), int(texts.max()) + 1
    sums = np.bincount(texts, worth - mean, count)
    correction = count / max(count - 1, 1)
    margin = _Z * float(np.sqrt(correction * np.sum(sums**2))) / len(worth)
    return Estimate(mean, mean - margin, mean + margin)
