"""The examples that a text lies near, by the cosine of their directions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.decision import TAUGHT, TRAINED
from edge_router.explanation import Neighbor
from edge_router.routing.reader import Reader

NEAREST = 5
"""Examples of all tools that are shown."""
NEAREST_OF_ONE = 3
"""Examples of each of the two answers that are shown, beyond those."""

Known = tuple[str, str | None, str]
"""An example: its text, its tool, and where it is known from."""


def find_neighbors(
    direction: NDArray[np.float32],
    *,
    taught: Sequence[tuple[str, str | None]],
    anchors: Sequence[tuple[str, str | None]],
    reader: Reader,
    answers: Sequence[str | None],
) -> tuple[Neighbor, ...]:
    """The nearest of ``taught`` texts and ``anchors`` with their tools, and the nearest of each of
    the ``answers``; nearest first, equal ones in their order. An anchor that was taught is one.
    """
    known: dict[str, Known] = {text: (text, tool, TRAINED) for text, tool in anchors}
    known |= {text: (text, tool, TAUGHT) for text, tool in taught}
    read = [(row, reader.direction(row[0])) for row in known.values()]
    rows = [(row, place) for row, place in read if place is not None]
    if not rows or not direction.any():
        return ()
    cosines = _find_cosines(np.array([place for _, place in rows], np.float32), direction)
    order = sorted(range(len(rows)), key=lambda number: -cosines[number])
    shown = set(order[:NEAREST])
    for answer in answers:
        shown.update([n for n in order if rows[n][0][1] == answer][:NEAREST_OF_ONE])
    return tuple([Neighbor(*rows[n][0], cosines[n]) for n in order if n in shown])


def _find_cosines(rows: NDArray[np.float32], direction: NDArray[np.float32]) -> list[float]:
    """Exact sums of integers below 2**24, and of each IEEE's root and division."""
    products = (rows @ direction).tolist()
    squares = np.square(rows).sum(axis=1).tolist()
    own = float(np.square(direction).sum())
    pairs = zip(products, squares, strict=True)
    return [min(p / math.sqrt(square * own), 1.0) if square else 0.0 for p, square in pairs]
