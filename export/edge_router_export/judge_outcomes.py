"""What held-out outcomes say of a router: how sure it is where it is right, what it may promise, and
what it is worth. Nobody knows the right tool of a text; what is known is what came of one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import median
from typing import Any

import numpy as np

from edge_router.evaluate import Prediction
from edge_router.examples import LoggedOutcome, normalize
from edge_router.off_policy import Estimate, Guesses, estimate_value
from edge_router_export.fit_threshold import Promise, fit_threshold
from edge_router_export.load_outcomes import Logged, net_reward
from edge_router_export.recipe import TrainRecipe

EVEN = 0.5
"""Of the median propensity of the router's own tools, what all are thinned to: rows that are taken
twice as often and more lose half, those that are taken half as often keep all.
"""

Judgements = Sequence[tuple[Prediction, LoggedOutcome]]
"""What the router says of each held-out text, beside what was logged for it."""


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


def measure_worth(judgements: Judgements, logged: Logged, recipe: TrainRecipe) -> Worth:
    """By the doubly robust estimate, the router's own confidence being its model of the reward: the
    threshold is left aside, since of a text that is not answered nothing was logged.
    """
    outcomes = [outcome for _, outcome in judgements]
    rewards = np.array([net_reward(o, recipe.cost_weight) for o in outcomes])
    propensities = np.array([o.propensity for o in outcomes], np.float64)
    takes = np.array([p.best == o.tool for p, o in judgements], np.float64)
    span = logged.highest - logged.lowest
    sure = logged.lowest + span * np.array([p.confidence for p, _ in judgements])
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
    judgements: Judgements, logged: Logged, recipe: TrainRecipe, max_error: float
) -> Promise:
    """The threshold with what it promises, from the outcomes whose logged tool is the router's own
    best: what came of it was seen.

    They are texts for which the log was likely to take that tool. Thinned at random to one
    propensity (rejection sampling; von Neumann, 1951) each text is as likely to be among them, and
    the exact binomial bound holds as it does for labelled texts.
    """
    own = [(p, o) for p, o in _once_a_text(judgements) if p.tool is not None and p.best == o.tool]
    even = EVEN * median([float(o.propensity or 1) for _, o in own]) if own else EVEN
    kept = _thin(own, even, recipe.seed)
    promise = fit_threshold(
        [p.confidence for p, _ in kept],
        [o.reward >= recipe.good_reward for _, o in kept],
        max_error=max_error,
    )
    answered = sum(p.tool is not None and p.confidence >= promise.threshold for p, _ in judgements)
    covered = min(1.0, promise.answered / (even * answered)) if answered else 0.0
    grounds = (
        f"they are those of {len(judgements)} held-out ones whose logged tool is the router's own, "
        f"thinned to the propensity {even:.2g}, so that no text counts more for being logged more "
        f"often; they cover about {covered:.0%} of what is answered: where the log took the "
        "router's tool less often than that, less is known"
    )
    more = promise.more_texts
    if more and kept:  # of the log's rows so many must be added for one more that is kept
        more = ceil(more * (len(logged.train) + len(logged.held_out)) / len(kept))
    return replace(promise, grounds=grounds, more_texts=more)


def _once_a_text(judgements: Judgements) -> list[tuple[Prediction, LoggedOutcome]]:
    """The first of each text: two are not independent."""
    return list({normalize(o.text): (p, o) for p, o in reversed(judgements)}.values())[::-1]


def _thin(own: Judgements, even: float, seed: int) -> list[tuple[Prediction, LoggedOutcome]]:
    source = random.Random(f"{seed} thin")
    return [(p, o) for p, o in own if source.random() * float(o.propensity or 1) < even]


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
