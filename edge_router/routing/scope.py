"""How usual a text is among those that have a tool, in exact arithmetic: by how much its best logit
leads the others, and how close it is to the examples of that logit's tool.

A text that fits no tool raises no logit far above the rest, whatever a softmax makes of them
(max-logit scores: Hendrycks et al., 2022, arXiv:1911.11132), and lies far from what the tool was
made for. What is shown is a conformal p-value: the share of held-out texts that are no more usual.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Anchor
from edge_router.bundle.doubt import ScopeNumbers
from edge_router.routing.embedding import EXACT, UNIT, to_direction
from edge_router.routing.reader import Reader

Anchors = tuple[NDArray[np.float64] | None, ...]
"""By tool, the directions [anchors, width] of the examples that stand for it."""


class Scope:
    """A bundle's numbers with its anchors' directions."""

    def __init__(self, numbers: ScopeNumbers, anchors: Anchors, *, tools: int) -> None:
        """``anchors`` of each tool; none at all where closeness weighs nothing. Of the logits, the
        first ``tools`` are those of tools.
        """
        self._numbers = numbers
        self._anchors = anchors
        self._tools = tools

    @property
    def needs_embedding(self) -> bool:
        """Whether a text's embedding is asked for."""
        return bool(self._anchors)

    def likeness(self, logits: NDArray[np.int32], embedding: NDArray[np.int32]) -> int:
        """How close a text is to its best tool; see :func:`measure_likeness`."""
        return measure_likeness(self._anchors, logits, embedding)

    def of(self, logits: NDArray[np.int32], likeness: int) -> float:
        """The scope of a text, 0 to 1."""
        numbers = self._numbers
        score = numbers.lead * lead(logits, self._tools) + numbers.likeness * likeness
        return bisect_right(numbers.places, score) / len(numbers.places)

    def holds(self, scope: float) -> bool:
        """Whether such a text may have a tool."""
        return scope >= self._numbers.threshold


def read_anchors(anchors: Iterable[Anchor], tools: Sequence[str], reader: Reader) -> Anchors:
    """The ``anchors`` by tool, each read once; none at all where there are none."""
    found: dict[str, list[NDArray[np.float64]]] = {}
    for anchor in anchors:
        direction = reader.direction(anchor.text)
        if direction is not None:
            found.setdefault(anchor.tool, []).append(direction.astype(np.float64))
    return tuple([np.array(found[n]) if n in found else None for n in tools]) if found else ()


def measure_likeness(
    anchors: Anchors, logits: NDArray[np.int32], embedding: NDArray[np.int32]
) -> int:
    """How close a text is to the nearest anchor of its best tool, a cosine of 1 being 2**22 steps;
    0 without anchors.

    The nearest of all tools' tells no more, and takes a route half as long again.
    """
    own = anchors[int(logits[: len(anchors)].argmax())] if anchors else None
    if own is None:
        return 0
    # whole numbers that float64 holds, with every partial sum, up to the division
    wide = embedding.astype(np.float64)
    square = float(wide @ wide)
    if square >= EXACT:
        wide = to_direction(embedding).astype(np.float64)
        square = float(wide @ wide)
    closest = float(np.maximum.reduce(own @ wide))
    return int(closest * (UNIT / math.sqrt(square))) if square else 0


def lead(logits: NDArray[np.int32], tools: int) -> int:
    """Steps by which the best of the first ``tools`` logits leads their mean, or the last logit
    where there is one more, for *no tool fits*, and it is the higher.
    """
    own = logits[:tools]
    rival = int(np.add.reduce(own, dtype=np.int64)) // tools
    if len(logits) > tools:
        rival = max(rival, int(logits[tools]))
    return int(np.maximum.reduce(own)) - rival
