"""What a number of texts look like to a router: read from a journal, or from a bundle."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from edge_router.bundle import Choice, Histogram, Reference
from edge_router.bundle.reference import UNKNOWN_EDGES, count_shares, find_edges

_DECIDED = ("confident", "needs_confirmation")
_ABSTAINED = ("low_confidence", "out_of_scope")
# Replies are no texts of their own; what was empty, forbidden or had no tool was not ranked.
_RANKED = f"NOT is_reply AND reason IN {_DECIDED + _ABSTAINED} AND at >= ? AND at < ?"


class Text(NamedTuple):
    """One of them."""

    best: str | None
    """The best answer; ``None``: that no tool fits."""
    confidence: float
    """Its confidence."""
    is_abstained: bool
    """It was not decided; what is to be confirmed is."""
    unknown_share: float | None
    """Of its words; ``None`` where it has none, or that is not known."""


class Window(NamedTuple):
    """A time."""

    since: float
    """Its first moment, in seconds since 1970."""
    until: float = inf
    """The first moment after it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that a router ranked its tools for."""

    count: int
    """How many."""
    best: Mapping[str | None, int]
    """Texts by their best answer; ``None``: that no tool fits."""
    abstained: int
    """Texts that were not decided; those to be confirmed are."""
    confidence: Histogram
    """Of the best answer."""
    unknown: Histogram
    """The share of unknown words, of the texts where it is known."""


def take_reference(reference: Reference, choice: Choice) -> Texts:
    """The held-out texts of a bundle."""
    return Texts(
        reference.texts,
        dict(zip(choice.labels, reference.best, strict=True)),
        reference.abstained,
        reference.confidence,
        reference.unknown,
    )


def count_texts(texts: Sequence[Text], *, edges: Sequence[int] | None = None) -> Texts:
    """All of ``texts``, their confidence between ``edges``, or between some that part them into
    bins of equal share.
    """
    sure = [text.confidence for text in texts]
    unknown = [text.unknown_share for text in texts if text.unknown_share is not None]
    return Texts(
        len(texts),
        Counter(text.best for text in texts),
        sum(text.is_abstained for text in texts),
        count_shares(sure, find_edges(sure) if edges is None else edges),
        count_shares(unknown, UNKNOWN_EDGES),
    )


def read_texts(
    database: sqlite3.Connection,
    window: Window,
    bundle: str | None,
    *,
    edges: Sequence[int] | None = None,
) -> Texts:
    """The texts of a window that the ``bundle`` of this sha256 decided on; see
    :func:`count_texts`.
    """
    rows = database.execute(
        f"SELECT candidate, confidence, reason, unknown_share FROM records "  # noqa: S608 - of our own constants
        f"WHERE {_RANKED} AND bundle IS ?",
        (*window, bundle),
    )
    found = [Text(best, sure, why in _ABSTAINED, unknown) for best, sure, why, unknown in rows]
    return count_texts(found, edges=edges)


def count_bundles(database: sqlite3.Connection, window: Window) -> dict[str | None, int]:
    """Texts of a window by the sha256 of the bundle that decided on them, the last one first."""
    return dict(
        database.execute(
            f"SELECT bundle, count(*) FROM records WHERE {_RANKED} "  # noqa: S608 - of our own constants
            "GROUP BY 1 ORDER BY max(at) DESC",
            window,
        )
    )
