"""What held-out outcomes say of a router: what it may promise, and what it is worth. Nobody knows
the right tool of a text; what is known is what came of one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.evaluate import Prediction
from edge_router.examples import LoggedOutcome, normalize
from edge_router.off_policy import Estimate, Guesses, estimate_value
from edge_router_export.fit_threshold import Promise, fit_threshold
from edge_router_export.load_outcomes import Logged, net_reward
from edge_router_export.recipe import TrainRecipe

EVEN_QUANTILE = 0.1
"""Of the propensities of the router's own tools, the one that all are thinned to: the lower, the
more of its answers are covered, and the fewer rows are left to say something of them.
"""


@dataclass(frozen=True)
class HeldOutLog:
    """What was logged for texts that a router was not trained on."""

    outcomes: tuple[LoggedOutcome, ...]
    """One of each text that is judged, in their order."""
    logged: Logged
    """The whole log."""
    recipe: TrainRecipe
    """What is a good reward, what costs count, and the seed."""

    @property
    def is_good(self) -> NDArray[np.bool_]:
        """Of each outcome [texts]."""
        return np.array([o.reward >= self.recipe.good_reward for o in self.outcomes], bool)


@dataclass(frozen=True)
class Worth:
    """What a router is worth on held-out outcomes, beside the policy that logged them."""

    texts: int
    """The held-out outcomes."""
    learnt_from: int
    """The outcomes that the router was trained on."""
    router: Estimate
    """Mean reward, costs taken off, if the best candidate is always taken."""
    logged: Estimate
    """Mean reward of the policy that logged."""
    effective_texts: float
    """So many outcomes of the router's own would say as much."""
    is_sound: bool
    """The log says enough of this router's tools for the interval to be one."""

    @property
    def sentence(self) -> str:
        """All of it for a reader."""
        doubt = (
            ""
            if self.is_sound
            else "; the log says too little of this router's tools for the interval to be trusted"
        )
        return (
            f"learned from {self.learnt_from} logged outcomes: value estimate of this router "
            f"{_interval(self.router)}, of the logging policy {_interval(self.logged)}, from "
            f"{self.texts} held-out outcomes (doubly robust, 95 % intervals){doubt}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "texts": self.texts,
            "learnt_from": self.learnt_from,
            "value": self.router.value,
            "value_95": [self.router.low, self.router.high],
            "logged_value": self.logged.value,
            "logged_value_95": [self.logged.low, self.logged.high],
            "effective_texts": self.effective_texts,
            "is_sound": self.is_sound,
            "sentence": self.sentence,
        }


def measure_worth(predictions: Sequence[Prediction], log: HeldOutLog) -> Worth:
    """By the doubly robust estimate, the router's own confidence being its model of the reward: the
    threshold is left aside, since of a text that is not answered nothing was logged.
    """
    outcomes, logged = log.outcomes, log.logged
    rewards = np.array([net_reward(o, log.recipe.cost_weight) for o in outcomes])
    propensities = np.array([o.propensity for o in outcomes], np.float64)
    takes = np.array(
        [p.best == o.tool for p, o in zip(predictions, outcomes, strict=True)], np.float64
    )
    sure = np.array([p.confidence for p in predictions])
    sure = logged.lowest + (logged.highest - logged.lowest) * sure
    # of another tool than its best the router says little; the mean of such rewards is close enough
    others = float(rewards[takes == 0].mean()) if (takes == 0).any() else logged.lowest
    numbers: dict[str, int] = {}
    texts = np.array([numbers.setdefault(normalize(o.text), len(numbers)) for o in outcomes])
    guesses = Guesses(of_logged=np.where(takes == 1, sure, others), of_taken=sure)
    value = estimate_value(rewards, propensities, takes, guesses=guesses, texts=texts)
    policy = estimate_value(rewards, propensities, propensities, texts=texts)
    return Worth(
        len(outcomes),
        len(logged.train),
        value.reward,
        policy.reward,
        value.effective_texts,
        value.is_sound,
    )


def promise_by_outcomes(
    predictions: Sequence[Prediction], log: HeldOutLog, max_error: float
) -> Promise:
    """The threshold with what it promises, from the outcomes whose logged tool is the router's own
    best: what came of it was seen.

    They are texts for which the log was likely to take that tool. Thinned at random to one
    propensity (rejection sampling; von Neumann, 1951) each text is as likely to be among them, and
    the exact binomial bound holds as it does for labelled texts.
    """
    rows = _once_a_text(predictions, log)
    own = [row for row in rows if row.is_own]
    even = float(np.quantile([row.propensity for row in own], EVEN_QUANTILE)) if own else 1.0
    source = random.Random(f"{log.recipe.seed} thin")
    kept = [row for row in own if source.random() * row.propensity <= even]
    promise = fit_threshold(
        [row.confidence for row in kept], [row.is_good for row in kept], max_error=max_error
    )
    answered = sum(row.has_tool and row.confidence >= promise.threshold for row in rows)
    covered = min(1.0, promise.answered / (even * answered)) if answered else 0.0
    grounds = (
        f"they are those of {len(rows)} texts whose logged tool is the router's own, thinned to "
        f"the propensity {even:.2g}, so that no text counts more for being logged more often; they "
        f"cover about {covered:.0%} of what is answered, and less is known of texts for which the "
        "log took the router's tool more seldom than that"
    )
    more = promise.more_texts
    if more and kept:  # so many rows must be logged for one that is kept
        logged = len(log.logged.train) + len(log.logged.held_out)
        more = ceil(more * logged / len(kept))
    return replace(promise, grounds=grounds, more_texts=more)


@dataclass(frozen=True)
class _Row:
    """What the promise needs of one text."""

    confidence: float
    has_tool: bool
    """The router has a tool for it, whatever the threshold."""
    is_own: bool
    """And it is the one that was taken."""
    is_good: bool
    propensity: float


def _once_a_text(predictions: Sequence[Prediction], log: HeldOutLog) -> list[_Row]:
    """The first row of each text: two are not independent."""
    rows: dict[str, _Row] = {}
    for p, o, is_good in zip(predictions, log.outcomes, log.is_good.tolist(), strict=True):
        has_tool = p.tool is not None
        row = _Row(p.confidence, has_tool, has_tool and p.best == o.tool, is_good, o.propensity)
        rows.setdefault(normalize(o.text), row)
    return list(rows.values())


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
