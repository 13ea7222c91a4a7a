"""What each answer is worth less what it costs, by tables of integers, so that every CPU gives the
same bits.

The reward to expect of an answer is a logistic curve of its own logit, read from a table that was
made once on the training machine; each answer has its own steepness and middle. A weight of the
cost that is chosen where the router runs gives the whole curve between the cheapest answers and the
best ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle.reward_numbers import SURE, UNIT, RewardNumbers
from edge_router.decision import TRAINED, Candidate


class Rewards:
    """A bundle's tables of rewards and costs."""

    def __init__(self, numbers: RewardNumbers, *, labels: tuple[str | None, ...], top: int) -> None:
        """``labels`` name the logits; ``top`` of them are candidates."""
        self._slopes = np.array(numbers.slopes, np.int64)
        self._offsets = np.array(numbers.offsets, np.int64)
        self._shift = numbers.shift
        self._rewards = np.array(numbers.rewards, np.int64)
        self._costs = np.array(numbers.costs, np.float64) / UNIT
        self._labels, self._top = labels, top

    def rank(
        self, logits: NDArray[np.int32], cost_weight: float, top: int | None = None
    ) -> tuple[Candidate, ...]:
        """The best ``top`` answers by reward less ``cost_weight`` times cost, best first, equal
        ones in the order of the labels. A candidate's confidence is its reward, 0 to 1.
        """
        places = (logits * self._slopes + self._offsets) >> self._shift
        rewards = self._rewards.take(places, mode="clip") / SURE
        # three IEEE operations on each, one after the other: the same everywhere
        order = np.argsort(-(rewards - cost_weight * self._costs), kind="stable")
        count = self._top if top is None else top
        labels, reward = self._labels, rewards.item
        return tuple([Candidate(labels[i], reward(i), TRAINED) for i in order[:count].tolist()])
