"""Unsure of the tool, sure of what it belongs to: the probability of all tools of a domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class Domains:
    """The domains of a bundle's tools."""

    def __init__(self, domains: Mapping[str, str], labels: Sequence[str | None]) -> None:
        """``domains`` by tool; ``labels`` name the answers, in the order of the logits."""
        self._names = sorted(set(domains.values()))
        places = {name: number for number, name in enumerate(self._names, 1)}
        # place 0 is that of all answers without a domain
        self._places = np.array([places.get(domains.get(n or "", ""), 0) for n in labels], np.intp)

    def surest(self, weights: NDArray[np.int64], threshold: float) -> str | None:
        """The domain whose tools' ``weights`` [answers] have at least the share ``threshold`` of
        all; ``None`` where none has.
        """
        # whole numbers below 2**31, of 20,000 answers: float64 holds every sum exactly
        sums = np.bincount(self._places, weights, len(self._names) + 1)
        total = sums.sum()
        best = 1 + int(sums[1:].argmax())
        return self._names[best - 1] if sums[best] / total >= threshold else None
