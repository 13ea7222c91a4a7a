"""Which of thousands of rows are worth a look: those whose signs agree most with a direction's.

Each row is kept as one bit a component, and rows are compared by counting the bits that differ
(random hyperplanes; Charikar, 2002, doi:10.1145/509907.509965; here the axes take their place): a
few instructions a row, where the product takes hundreds.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

NEAR = 256
"""Rows that are near, or a few more where some are equally near."""

_WORD_BYTES = 8


class Shortlist:
    """The signs of many rows."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        """``rows`` [rows, width] are compared by the signs of their components."""
        self._words = np.ascontiguousarray(_to_words(rows).T)

    def are_near(self, direction: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which rows are nearest to ``direction`` [width], [rows]."""
        asked = _to_words(direction[None])[0]
        distances = np.zeros(self._words.shape[1], np.int16)
        for column, word in zip(self._words, asked, strict=True):
            distances += _count_bits(column ^ word)
        # by counting, since which of several equally near rows a partition takes is its own affair
        reached = np.cumsum(np.bincount(distances))
        nearest: NDArray[np.bool_] = distances <= np.searchsorted(reached, NEAR)
        return nearest


def _to_words(rows: NDArray[np.float32]) -> NDArray[np.uint64]:
    """The signs of each row's components as 64-bit words."""
    bits = np.packbits(rows > 0, axis=1)
    if missing := -bits.shape[1] % _WORD_BYTES:
        bits = np.pad(bits, ((0, 0), (0, missing)))
    return bits.view(np.uint64)


def _count_bits(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """How many bits of each word are 1."""
    if hasattr(np, "bitwise_count"):
        found: NDArray[np.uint8] = np.bitwise_count(words)
        return found
    halves = words.view(np.uint16).reshape(-1, 4)  # numpy 1.26
    counts: NDArray[np.uint8] = _half_word_bits().take(halves).sum(axis=1, dtype=np.uint8)
    return counts


@cache
def _half_word_bits() -> NDArray[np.uint8]:
    words = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    bits: NDArray[np.uint8] = np.unpackbits(words, axis=1).sum(axis=1, dtype=np.uint8)
    return bits
