"""Among which tools the right one is: every tool whose probability reaches a floor that was fitted
so that the right one does in ``coverage`` of the texts (a conformal prediction set, by the least
ambiguous set-valued classifier: Sadinle, Lei and Wasserman, 2019, arXiv:1609.00451).

A text that is clear has a set of one tool; one that says nothing to the model has many, or all; one
whose probability goes elsewhere, to *no tool fits*, may have none. All are legal: the promise is of
the share of texts, not of each one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle.doubt import FLOOR, ShortlistNumbers
from edge_router.decision import Candidate
from edge_router.routing.calibration import Calibration


class PredictionSet:
    """The floors of a bundle, by tool."""

    def __init__(
        self, numbers: ShortlistNumbers, tools: Sequence[str], calibration: Calibration
    ) -> None:
        """``tools`` in the order of the logits, whose probabilities ``calibration`` tells."""
        floors = numbers.floors * (len(tools) if len(numbers.floors) == 1 else 1)
        # exact: a power of two
        self._floors = {t: floor / FLOOR for t, floor in zip(tools, floors, strict=True)}
        self._lowest = min(numbers.floors) / FLOOR
        self._calibration = calibration

    def of(self, logits: NDArray[np.int32], candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """The tools of a text, best first; ``candidates`` are the best of what ``logits`` [answers]
        say.
        """
        if candidates[-1].confidence >= self._lowest and len(candidates) < len(logits):
            candidates = self._calibration.rank(logits, len(logits))
        return tuple(
            [
                tool
                for tool, confidence, _ in candidates
                if tool is not None and confidence >= self._floors[tool]
            ]
        )
