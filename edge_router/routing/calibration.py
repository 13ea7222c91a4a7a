"""Integer logits to probabilities by a table of integers, so that every CPU gives the same bits.

A softmax with a temperature, ``p_i = 2**(-(max - z_i)/h) / sum``, where ``h`` is how many logit
steps halve a probability. ``exp`` differs between CPUs in the last bit; here each weight is read
from the bundle's table, the sum is one of int64 and exact in any order, and the one division is
IEEE's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_router.decision import TRAINED, Candidate

_FEW = 8
"""Up to so many candidates, taking the best of 150 logits again and again is quicker than sorting
them; of more logits, more so.
"""
_TAKEN = np.iinfo(np.int32).min
"""Below every logit: the accumulator of a head with 7-bit weights cannot reach it."""


class Labels(Protocol):
    """What the logits stand for, by their numbers."""

    def __getitem__(self, number: int, /) -> str | None:
        """The label of one logit."""
        ...


class Calibration:
    """A bundle's table of weights, and what its logits stand for."""

    def __init__(
        self,
        *,
        shift: int,
        weights: tuple[int, ...],
        labels: Sequence[str | None],
        top: int,
        source: str = TRAINED,
    ) -> None:
        """``weights[k]`` is the weight of a logit that lies ``k << shift`` below the best; the last
        one serves all below. ``labels`` name the logits; ``top`` of them are candidates, known from
        ``source``.
        """
        self._shift = shift
        self._weights = np.array(weights, np.int64)
        self._labels = tuple(labels)
        self._top = top
        self._source = source

    def rank(
        self, logits: NDArray[np.int32], top: int | None = None, labels: Labels | None = None
    ) -> tuple[Candidate, ...]:
        """The best ``top`` answers by ``logits`` [answers] with their calibrated probabilities,
        best first; equal ones in the order of the labels, or of the ``labels`` given in their
        place.
        """
        best = _best(logits, self._top if top is None else top)
        weights = self._weigh(logits, logits[best[0]])
        total, weight, source = int(np.add.reduce(weights)), weights.item, self._source
        labels = self._labels if labels is None else labels
        return tuple([Candidate(labels[i], weight(i) / total, source) for i in best])

    def weigh(self, logits: NDArray[np.int32]) -> NDArray[np.int64]:
        """What each answer weighs, [answers]; its probability is its share of the sum."""
        return self._weigh(logits, logits.max())

    def share(self, logits: NDArray[np.int32], answer: int) -> float:
        """The calibrated probability of one ``answer`` by its number."""
        weights = self.weigh(logits)
        return int(weights[answer]) / int(np.add.reduce(weights))

    def _weigh(self, logits: NDArray[np.int32], best: np.int32) -> NDArray[np.int64]:
        # ufunc.reduce and take are the array methods without a layer of Python above them
        weights: NDArray[np.int64] = self._weights.take((best - logits) >> self._shift, mode="clip")
        return weights


def make_table(
    halving: float, *, resolution: int = 64, octaves: int = 30
) -> tuple[int, tuple[int, ...]]:
    """Shift and weights of a softmax whose probability halves every ``halving`` logit steps.

    At least ``resolution`` entries an octave, from ``2**octaves`` down to 0. Made once, on the
    training machine: what a device reads are the integers.
    """
    shift = max(0, int(np.floor(np.log2(max(halving, 1.0) / resolution))))
    step = (1 << shift) / halving
    count = int(np.ceil((octaves + 1) / step)) + 1
    return shift, tuple(round(2.0 ** (octaves - k * step)) for k in range(count))


def _best(logits: NDArray[np.int32], top: int) -> list[int]:
    """Indices of the ``top`` largest, largest first; of equal ones the first comes first."""
    if top > _FEW:
        order: list[int] = np.argsort(-logits.astype(np.int64), kind="stable")[:top].tolist()
        return order
    left = logits.copy()
    best = []
    for _ in range(min(top, len(left))):
        label = int(left.argmax())
        best.append(label)
        left[label] = _TAKEN
    return best
