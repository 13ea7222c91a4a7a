"""Texts that stand for the trained tools when others are taught beside them on the device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Anchor
from edge_router.examples import Example
from edge_router_export.load_data import group_by_tool

PER_TOOL = 3
"""Texts for each tool: one alone lets taught tools take 2 more of 100 texts like theirs from the
trained ones, at as many lost to them.
"""
MOST = 1500
"""Texts in all, since each is compared with every text that is routed beside taught tools."""
_ROUNDS = 10  # of k-means; nothing moves any more after about six


def pick_anchors(
    examples: Sequence[Example], directions: NDArray[np.float64], seed: int
) -> tuple[Anchor, ...]:
    """For each tool the texts next to the centres of its examples; ``directions`` [examples, width]
    are unit vectors.
    """
    places = {id(example): number for number, example in enumerate(examples)}
    groups = {tool: group for tool, group in group_by_tool(examples, seed).items() if tool}
    each = max(1, min(PER_TOOL, MOST // max(len(groups), 1)))
    picked = []
    for tool in sorted(groups):
        group = groups[tool]
        rows = directions[[places[id(example)] for example in group]]
        picked += [Anchor(group[number].text, tool) for number in _medoids(rows, each)]
    return tuple(picked)


def _medoids(rows: NDArray[np.float64], count: int) -> list[int]:
    """The numbers of up to ``count`` rows next to the centres of as many clusters, rising."""
    chosen = [int((rows @ rows.sum(axis=0)).argmax())]
    while len(chosen) < min(count, len(rows)):
        chosen.append(int((rows @ rows[chosen].T).max(axis=1).argmin()))
    centres = rows[chosen]
    for _ in range(_ROUNDS):
        owner = (rows @ centres.T).argmax(axis=1)
        sums = np.array([rows[owner == number].sum(axis=0) for number in range(len(centres))])
        # a cluster that lost all its rows keeps its centre
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    return sorted({int(number) for number in (rows @ centres.T).argmax(axis=0)})
