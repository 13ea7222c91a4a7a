"""What tools that are taught on the device look for in a text: a row of integers for each.

A row starts as the mean of its tool's examples and is then fitted against the other tools by
logistic regression: a fixed number of rounds of gradient descent with momentum. Every sum is one of
integers that float64 holds exactly, exponentials come from a table of integers, and the rest is
IEEE's division, root and rounding, element by element: so the same examples give the same bits on
every CPU, in whatever order they and the tools come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from edge_router.routing.embedding import COSINE, UNIT, to_rows

ROUNDS = 16
"""Rounds of the fit; more change nothing, where held-out texts are asked."""
MOMENTUM = 0.9
RATE = 0.1
WORK = 4e9
"""Multiplications that a fit may take, about a third of a second; thousands of tools get fewer
rounds for it, or keep the mean of their examples.
"""
LONGEST = 8000
"""Length of a row at most, so that its product with a direction is below 2**24."""
LIKENESS = 0.3
"""Cosine of two texts of one tool, as it is where tools are like those people have."""

_FINE = 1 << 16  # length of a mean while it is fitted, in finer steps than a direction has
_SHARE = 1 << 12  # steps of a probability in the fit
_EVEN = 1 << 10  # steps of an example's weight: the examples of each tool weigh 1 together
_SHIFT = 12  # 64 entries of the table of halvings for each sixteenth of a cosine
_OCTAVES = 30


@dataclass(frozen=True, slots=True)
class Head:
    """Rows for the taught tools, and what each gets beside its row's product."""

    rows: NDArray[np.float32]
    """[tools, width], integers of length :data:`LONGEST` at most."""
    offsets: NDArray[np.float32]
    """[tools], integers, added to the product: see :func:`make_offsets`."""
    rounds: int = 0
    """Rounds that the rows were fitted in; 0: they are means."""

    def logits(
        self, direction: NDArray[np.float32], places: NDArray[np.intp] | None = None
    ) -> NDArray[np.float32]:
        """Integers [tools], or of those at ``places``, for one text; a cosine of 1 is
        :data:`COSINE` steps.
        """
        if places is None:
            return self.rows @ direction + self.offsets
        return self.rows[places] @ direction + self.offsets[places]


def fit_head(
    directions: NDArray[np.float32],
    owners: NDArray[np.int64],
    tools: int,
    rivals: NDArray[np.int64] | None = None,
) -> Head:
    """Rows for ``tools`` tools from examples' ``directions`` [examples, width] and ``owners``
    [examples]: the tool of each, or -1 where none of them answers.

    ``rivals`` [examples] is what an answer that is not taught gets at each example, in steps of a
    logit; ``None`` where there is no such answer. A tool without an example gets zeros.
    """
    if not tools:
        return Head(np.zeros((0, directions.shape[1]), np.float32), np.zeros(0, np.float32))
    examples, is_own = directions.astype(np.float64), owners >= 0
    counts = np.bincount(owners[is_own], minlength=tools).astype(np.float64)
    sums = np.zeros((tools, examples.shape[1]))
    np.add.at(sums, owners[is_own], examples[is_own])
    rows = to_rows(sums, _FINE)
    rounds = min(ROUNDS, int(WORK / (2 * max(len(owners) * tools, 1) * examples.shape[1])))
    if rounds:
        _fit(rows, examples, owners, rivals, rounds)
    return Head(_to_unit_rows(rows), make_offsets(counts), rounds)


def make_offsets(counts: NDArray[np.float64]) -> NDArray[np.float32]:
    """What a tool of few examples gets beside its product, in steps, [tools].

    The mean of n directions of cosine c among each other has the cosine c sqrt(n / (1 + (n-1) c))
    with a further one, at most sqrt(c): without the difference, a tool of one example would lose
    its texts to those of many.
    """
    counts = np.maximum(counts, 1.0)
    likeness = LIKENESS * np.sqrt(counts / (1 + (counts - 1) * LIKENESS))
    return np.rint((math.sqrt(LIKENESS) - likeness) * COSINE).astype(np.float32)


def _fit(
    rows: NDArray[np.float64],
    examples: NDArray[np.float64],
    owners: NDArray[np.int64],
    rivals: NDArray[np.int64] | None,
    rounds: int,
) -> None:
    """Moves the ``rows`` from the means towards what tells the tools apart."""
    own = (owners[:, None] == np.arange(len(rows))).astype(np.float64)
    weights = np.maximum(np.rint(_EVEN / np.maximum(own @ own.sum(axis=0), 1.0)), 1.0)[:, None]
    # a step of the sums is that many steps of a row at the rate
    rate = RATE * _FINE / (_SHARE * _EVEN * UNIT)
    speed = np.zeros_like(rows)
    for _ in range(rounds):
        ahead = np.rint(rows + MOMENTUM * speed)
        shares = _shares(examples @ ahead.T, rivals)
        slope = ((shares - _SHARE * own) * weights).T @ examples
        speed = np.rint(MOMENTUM * speed - rate * slope)
        rows += speed


@cache
def halvings() -> NDArray[np.int64]:
    """``2**(30 - k/64)`` rounded down, for k from 0 until it is 0.

    By whole roots of whole numbers, since the C library's powers differ between CPUs.
    """
    octave = []
    for k in range(64):
        root = 1 << (64 * 60 - k)
        for _ in range(6):  # the 64th root
            root = math.isqrt(root)
        octave.append(root)
    table = [root >> (60 - _OCTAVES + more) for more in range(_OCTAVES + 1) for root in octave]
    return np.array([*table, 0], np.int64)


def weigh_halvings(halving: int) -> tuple[int, tuple[int, ...]]:
    """Shift and weights of a softmax whose probability halves every ``halving`` steps of a logit,
    as ``Calibration`` takes them; made on the device, to the same integers on every CPU.
    """
    shift = max(0, halving.bit_length() - 7)  # 64 entries or more for each halving
    powers = halvings().tolist()
    entries = ((_OCTAVES + 1) * halving >> shift) + 2
    places = [min((k << shift) * 64 // halving, len(powers) - 1) for k in range(entries)]
    return shift, tuple([powers[place] for place in places])


def _shares(products: NDArray[np.float64], rivals: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Each tool's share of each example, [examples, tools], in steps of :data:`_SHARE`."""
    logits = np.rint(products * (UNIT / _FINE))
    best = logits.max(axis=1, keepdims=True)
    if rivals is not None:
        best = np.maximum(best, rivals[:, None])
    weights = _weigh(best - logits)
    total = weights.sum(axis=1, keepdims=True)
    if rivals is not None:
        total = total + _weigh(best - rivals[:, None])
    shares: NDArray[np.float64] = np.rint(weights * _SHARE / total)
    return shares


def _weigh(distances: NDArray[np.float64]) -> NDArray[np.int64]:
    return halvings().take(distances.astype(np.int64) >> _SHIFT, mode="clip")


def _to_unit_rows(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    coarse = np.rint(rows * (UNIT / _FINE))
    lengths = np.sqrt(np.square(coarse).sum(axis=1, keepdims=True))
    # rounding adds at most half the root of the width to a length
    short: NDArray[np.float64] = np.rint(coarse * (LONGEST / np.maximum(lengths, LONGEST)))
    return short.astype(np.float32)
