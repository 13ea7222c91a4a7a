"""Texts that lie together and far from every tool, by the products of their directions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edge_router.routing.embedding import COSINE

LINK = 0.55
"""The cosine from which two texts lie together. Of the pairs in examples/assistant/examples.jsonl
that lie so close to the package's base, four of five are of one tool; at 0.5 fewer than three of
four, and at 0.6 fewer than half of the texts have a companion of their tool.
"""
FEWEST = 3
"""Texts that make a cluster: two may be one text in other words."""
_BLOCK = 512
"""Rows whose products are held at once."""


def find_clusters(
    texts: NDArray[np.float32], tools: NDArray[np.float32], *, fewest: int = FEWEST
) -> list[list[int]]:
    """Groups of rows of ``texts`` [texts, width] that lie together and near no row of ``tools``
    [rows, width], all of them directions; the largest group first, the most central row first.

    Greedy: the row with the most companions takes them, of equal ones the first; then the next of
    those that are left. Sums are of integers that float32 holds, so that every CPU finds the same.
    """
    far = np.flatnonzero(~_find_near(texts, tools))
    return [far[group].tolist() for group in _group(texts[far], fewest)]


def _find_near(texts: NDArray[np.float32], tools: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each text lies as near to something known of a tool as a companion would."""
    near = np.zeros(len(texts), np.bool_)
    for start in range(0, len(texts) if len(tools) else 0, _BLOCK):
        products = texts[start : start + _BLOCK] @ tools.T
        near[start : start + _BLOCK] = products.max(axis=1) >= LINK * COSINE
    return near


def _group(rows: NDArray[np.float32], fewest: int) -> Iterator[NDArray[np.int64]]:
    links = np.zeros((len(rows), len(rows)), np.bool_)
    for start in range(0, len(rows), _BLOCK):
        links[start : start + _BLOCK] = rows[start : start + _BLOCK] @ rows.T >= LINK * COSINE
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
