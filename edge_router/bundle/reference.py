"""The part ``reference``: what held-out texts look like to the router, to tell later whether the
texts of a device still do. No decision goes by it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from edge_router.bundle.strict_json import JsonObject, ObjectReader

STEPS = 2**30
"""Steps of an edge that stand for a share of 1."""
MAX_EDGES = 1000
MAX_ANSWERS = 20_001
MAX_TEXTS = 2**31
CONFIDENCE_BINS = 20
"""Bins of equal share at most: texts that are equally sure cannot be told apart."""
UNKNOWN_EDGES = (1, STEPS // 8, STEPS // 4, STEPS // 2)
"""No unknown word, then below an eighth, a quarter, a half of the words, and from there on. Most
texts have none, so that bins of equal share would be one bin.
"""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many texts have a share of so much."""

    edges: tuple[int, ...]
    """Where a bin ends and the next begins, rising, in steps of 2**-30; an edge is part of the bin
    that it begins.
    """
    counts: tuple[int, ...]
    """Texts by bin: one more than edges."""

    @property
    def texts(self) -> int:
        """All of them."""
        return sum(self.counts)

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {"edges": list(self.edges), "counts": list(self.counts)}


@dataclass(frozen=True, slots=True)
class Reference:
    """Held-out texts as the router decides on them; texts without a token are not among them."""

    texts: int
    """How many."""
    best: tuple[int, ...]
    """Texts by their best answer, decided for or not, in the order of the logits."""
    abstained: int
    """Texts that were not decided."""
    confidence: Histogram
    """Of the best answer."""
    unknown: Histogram
    """The share of unknown words, of the texts with a word; see ``routing/known_words.py``."""
    is_cross_validated: bool = False
    """Each text was judged by a model that was trained on all but its part of the examples, not by
    the one in the bundle.
    """

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "texts": self.texts,
            "best": list(self.best),
            "abstained": self.abstained,
            "confidence": self.confidence.to_dict(),
            "unknown": self.unknown.to_dict(),
            "is_cross_validated": self.is_cross_validated,
        }


def count_shares(shares: Iterable[float], edges: Sequence[int]) -> Histogram:
    """The histogram of ``shares``, each 0 to 1."""
    counts = [0] * (len(edges) + 1)
    for share in shares:
        counts[bisect_right(edges, share * STEPS)] += 1  # exact: the factor is a power of two
    return Histogram(tuple(edges), tuple(counts))


def find_edges(shares: Iterable[float], bins: int = CONFIDENCE_BINS) -> tuple[int, ...]:
    """Edges of ``bins`` of equal share at most; fewer where many shares are equal."""
    ordered = [floor(share * STEPS) for share in sorted(shares)]
    edges = {ordered[len(ordered) * place // bins] for place in range(1, bins)} if ordered else ()
    return tuple(sorted(edge for edge in edges if edge > ordered[0]))


def read_reference(read: ObjectReader) -> Reference:
    """The part from its object."""
    texts = read.integer("texts", 1, MAX_TEXTS)
    reference = Reference(
        texts=texts,
        best=read.integers("best", MAX_ANSWERS, texts),
        abstained=read.integer("abstained", 0, texts),
        confidence=_read_histogram(read.mapping("confidence"), "confidence", texts),
        unknown=_read_histogram(read.mapping("unknown"), "unknown", texts),
        is_cross_validated=read.boolean("is_cross_validated"),
    )
    if sum(reference.best) != texts:
        raise read.wrong("best", "counts of all its texts")
    if reference.confidence.texts != texts:
        raise read.wrong("confidence", "a histogram of all its texts")
    if reference.unknown.texts > texts:
        raise read.wrong("unknown", "a histogram of no more than its texts")
    return reference


def _read_histogram(value: Any, name: str, texts: int) -> Histogram:
    read = ObjectReader(value, f"manifest.json: reference.{name}")
    edges = read.integers("edges", MAX_EDGES, STEPS)
    counts = read.integers("counts", MAX_EDGES + 1, texts)
    if list(edges) != sorted(set(edges)):
        raise read.wrong("edges", "rising")
    if len(counts) != len(edges) + 1:
        raise read.wrong("counts", "one more than the edges")
    read.finish("this edge-router")
    return Histogram(edges, counts)
