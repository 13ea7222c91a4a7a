"""Integer logits to probabilities by a table of integers, so that every CPU gives the same bits.

A softmax with a temperature, ``p_i = 2**(-(max - z_i)/h) / sum``, where ``h`` is how many logit
steps halve a probability. ``exp`` differs between CPUs in the last bit; here each weight is read
from the bundle's table, the sum is one of int64 and exact in any order, and the one division is
IEEE's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOP = 5
"""How many candidates a decision shows."""


_TAKEN = np.iinfo(np.int32).min
"""Below every logit: the accumulator of a head with 7-bit weights cannot reach it."""


class Ranking(NamedTuple):
    """The best answers to one text."""

    labels: list[int]
    """Indices of the best logits, best first; equal ones in the order of the labels."""
    probabilities: list[float]
    """Their calibrated probabilities."""


class Calibration:
    """A bundle's table of weights."""

    def __init__(self, *, shift: int, weights: tuple[int, ...]) -> None:
        """``weights[k]`` is the weight of a logit that lies ``k << shift`` below the best; the last
        one serves all below.
        """
        self._shift = shift
        self._weights = np.array(weights, np.int64)

    def rank(self, logits: NDArray[np.int32]) -> Ranking:
        """The best :data:`TOP` labels of ``logits`` [answers] with their probabilities."""
        labels = _best_labels(logits)
        # ufunc.reduce and take are the array methods without a layer of Python above them
        weights = self._weights.take((logits[labels[0]] - logits) >> self._shift, mode="clip")
        total = np.add.reduce(weights).item()
        return Ranking(labels, [weights.item(label) / total for label in labels])


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


def _best_labels(logits: NDArray[np.int32]) -> list[int]:
    left = logits.copy()
    best = []
    for _ in range(min(TOP, len(left))):
        # argmax gives the first of equals; five of them are quicker than any sort of a whole array
        label = left.argmax().item()
        best.append(label)
        left[label] = _TAKEN
    return best
