"""Texts that lie nearer to one another than to any tool, by the products of their directions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edge_router.routing.embedding import COSINE

LINK = 0.5
"""The cosine from which two texts may lie together: lower, twice as many clusters are shown and few
more of them are one tool's; higher, fewer tools that are missing show at all.
"""
FEWEST = 3
"""Texts that make a cluster: two may be one text in other words."""
_BLOCK = 512
"""Rows whose products are held at once."""


def find_clusters(
    texts: NDArray[np.float32], tools: NDArray[np.float32], *, fewest: int = FEWEST
) -> list[list[int]]:
    """Groups of rows of ``texts`` [texts, width] that lie nearer to one another than to any row of
    ``tools`` [rows, width], all of them directions; the largest group first, in each the most
    central row first.

    Greedy: the row with the most companions takes them, of equal ones the first; then the next of
    those that are left. Sums are of integers that float32 holds, so that every CPU finds the same.
    """
    return [group.tolist() for group in _group(texts, _find_nearest(texts, tools), fewest)]


def _find_nearest(texts: NDArray[np.float32], tools: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each text the product with what is nearest to it of the ``tools``."""
    nearest = np.full(len(texts), -np.inf, np.float32)
    for start in range(0, len(texts) if len(tools) else 0, _BLOCK):
        block = slice(start, start + _BLOCK)
        nearest[block] = (texts[block] @ tools.T).max(axis=1)
    return nearest


def _group(
    rows: NDArray[np.float32], nearest: NDArray[np.float32], fewest: int
) -> Iterator[NDArray[np.int64]]:
    links = np.zeros((len(rows), len(rows)), np.bool_)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        products = rows[block] @ rows.T
        is_nearer = (products > nearest[block, None]) & (products > nearest)
        links[block] = is_nearer & (products >= LINK * COSINE)
    np.fill_diagonal(links, val=True)  # rounded to integers, a direction is not quite a unit long
    companions = links.sum(axis=1)
    while len(rows) and companions.max() >= fewest:
        center = int(companions.argmax())
        members = np.flatnonzero(links[center])
        order = np.argsort(-(rows[members] @ rows[center]), kind="stable")
        yield members[order]
        companions -= links[:, members].sum(axis=1)
        companions[members] = 0
        links[:, members] = False
