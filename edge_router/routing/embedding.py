"""A text's place among others, as a direction in integers: the same on every CPU."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

UNIT = 2048
"""Length of a direction. A direction's product with a row of up to four times this length stays
below 2**24, and with it every partial sum (Cauchy and Schwarz), so that float32 holds it exactly.
"""
COSINE = UNIT * UNIT
"""Steps of a product of two directions that stand for a cosine of 1."""
EXACT = 2.0**53
"""Whole numbers below are exact in float64."""


def to_direction(embedding: NDArray[np.int32]) -> NDArray[np.float32]:
    """``embedding`` [width] at the length :data:`UNIT`, rounded to integers; zeros stay zeros."""
    wide = embedding.astype(np.float64)
    # exact below 2**53, with every partial sum; no sum that is larger can come out below
    square = float(wide @ wide)
    if square >= EXACT:
        wide = np.floor(wide / 64)  # 25 bits are left, and 4,096 squares of them below 2**62
        square = float(int(np.square(wide.astype(np.int64)).sum()))
    if not square:
        return np.zeros(len(embedding), np.float32)
    direction: NDArray[np.float64] = np.rint(wide * (UNIT / math.sqrt(square)))
    return direction.astype(np.float32)


def to_rows(sums: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """Each row of ``sums`` [rows, width], integers, at ``length``, rounded to integers."""
    squares = np.square(sums).sum(axis=1, keepdims=True)
    rows: NDArray[np.float64] = np.rint(sums * (length / np.sqrt(np.maximum(squares, 1.0))))
    return rows
