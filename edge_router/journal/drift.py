"""Whether the texts of a device still are what the router was made for, or what they were before.

Tools, confidence, abstention and unknown words are each tested, together at a level that is kept
however often one looks: a look a day calls at most 7 times :data:`LEVEL` of the weeks a drift where
there is none. That is the mean over bundles: all looks share the held-out texts of one, and where
those happen to be odd, false alarms come more often. The texts are taken to be independent of each
other; a program that sends one text again and again is a change of the mix, and is told as one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import Any

from edge_router.bundle import Bundle, Histogram
from edge_router.bundle.reference import STEPS
from edge_router.errors import InputError
from edge_router.journal.database import reading
from edge_router.journal.power import Power, find_power
from edge_router.journal.samples import (
    find_chi_squared,
    find_fisher,
    find_interval,
    find_least_fisher,
    find_psi,
    find_psi_by_chance,
    pool,
    reject_by_holm,
)
from edge_router.journal.texts import Texts, Window, count_bundles, read_texts, take_reference

LEVEL = 0.0028
"""The chance that one look calls texts a drift which are none."""
TOOLS_SHARE = 0.8
"""Of the level, for single tools, whose changes are the hardest to see; the rest is for the four
other tests alike.
"""
LEAST_TEXTS = 100
"""On either side: with fewer, even a tool whose share doubles from a fifth may pass unnoticed."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A share, before and now."""

    before: float
    """0 to 1."""
    now: float
    """0 to 1."""
    now_95: tuple[float, float]
    """Where the share lies, with 95 %."""


@dataclass(frozen=True, slots=True)
class ToolShift:
    """The share of texts whose best answer is one tool."""

    tool: str | None
    """Its name; ``None``: that no tool fits."""
    share: Shift
    """Before and now."""
    chance: float
    """The probability of a difference as large where nothing has changed."""
    has_moved: bool
    """Whether that is too small to be chance."""


@dataclass(frozen=True, slots=True)
class Look:
    """One test of all texts together."""

    name: str
    """``mix`` (of best answers), ``confidence``, ``abstained`` or ``unknown words``."""
    chance: float
    """The probability of a difference as large where nothing has changed."""
    has_moved: bool
    """Whether that is too small to be chance."""
    share: Shift | None = None
    """Of the texts that were not decided, that have an unknown word, or whose confidence is below
    ``bound``.
    """
    bound: float | None = None
    """The confidence at which the two samples differ most."""
    psi: float | None = None
    """Population stability index: how large the difference is."""
    psi_by_chance: float | None = None
    """What it is on average where nothing has changed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found."""

    texts: int
    """Texts that were looked at."""
    before: int
    """Texts that they were compared with."""
    is_reference: bool
    """Whether those are the held-out texts of the bundle, not earlier ones of the journal."""
    other_bundles: int
    """Texts that were left out, since another bundle decided on them."""
    looks: tuple[Look, ...] = ()
    """The tests; none where there are too few texts."""
    tools: tuple[ToolShift, ...] = ()
    """Every tool, the least likely to be chance first; none where there are too few texts."""
    tellable: int = 0
    """Tools of which there are texts enough to tell a change."""
    power: tuple[Power, ...] = ()
    """What such a look would have noticed."""

    @property
    def has_enough_texts(self) -> bool:
        """Whether anything can be said."""
        return min(self.texts, self.before) >= LEAST_TEXTS

    @property
    def has_drifted(self) -> bool:
        """Whether anything has moved."""
        return any(look.has_moved for look in self.looks) or any(t.has_moved for t in self.tools)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        said = {"has_enough_texts": self.has_enough_texts, "has_drifted": self.has_drifted}
        return said | asdict(self) | {"level": LEVEL}


def find_drift(
    path: str | os.PathLike[str],
    *,
    since: float,
    until: float = inf,
    against: float | None = None,
    bundle: Bundle | None = None,
) -> Drift:
    """The texts of the journal ``path`` from ``since`` to ``until`` (seconds since 1970), compared
    with its own from ``against`` to ``since``, or, without that, with the reference of ``bundle``.

    Texts of other bundles are left out; without a ``bundle``, those of all but the last one. Raises
    DataError for a file that cannot be read, and InputError where there is nothing to compare with:
    a bundle without a reference, or tools that were taught beside it.
    """
    if against is not None and against >= since:
        raise InputError("what comes before begins after it; give an earlier --against")
    window = Window(since, until)
    with reading(Path(path)) as database:
        found = count_bundles(database, window)
        sha256 = bundle.sha256 if bundle else next(iter(found), None)
        if against is not None:
            before = read_texts(database, Window(against, since), sha256)
        else:
            before = _take_reference(bundle)
        now = read_texts(database, window, sha256, edges=before.confidence.edges)
    others = sum(found.values()) - found.get(sha256, 0)
    if against is None:
        _check_tools(before, now)
    drift = compare(before, now, is_reference=against is None, other_bundles=others)
    if not drift.tellable:
        return drift
    level = LEVEL * TOOLS_SHARE / drift.tellable
    return replace(drift, power=find_power(drift.texts, drift.before, level))


def compare(
    before: Texts, now: Texts, *, is_reference: bool = False, other_bundles: int = 0
) -> Drift:
    """What differs between texts and those ``before``, their confidence between the same edges;
    without what would have been noticed.
    """
    drift = Drift(now.count, before.count, is_reference, other_bundles)
    if not drift.has_enough_texts:
        return drift
    tellable = _count_tellable(before, now)
    return replace(
        drift,
        looks=tuple(_look(before, now, LEVEL * (1 - TOOLS_SHARE) / 4)),
        tools=_compare_tools(before, now, tellable),
        tellable=tellable,
    )


def _take_reference(bundle: Bundle | None) -> Texts:
    parts = bundle.manifest.parts if bundle else None
    if parts is None or parts.choice is None or parts.reference is None:
        raise InputError(
            "the bundle has no reference of held-out texts; compare with earlier ones (--against)"
        )
    return take_reference(parts.reference, parts.choice)


def _check_tools(before: Texts, now: Texts) -> None:
    others = sorted(now.best.keys() - before.best.keys(), key=str)
    if others:
        raise InputError(
            f"{others[0] or 'that no tool fits'!r} is no answer of the bundle alone: tools were "
            "taught beside it; compare with earlier texts (--against)"
        )


def _count_tellable(before: Texts, now: Texts) -> int:
    """The tools for which any count could be no chance: the others cannot be named wrongly, and
    make the test of none stricter (Tarone, 1990).
    """
    level = LEVEL * TOOLS_SHARE
    both = Counter([before.best.get(n, 0) + now.best.get(n, 0) for n in _list_answers(before, now)])
    return sum(
        tools
        for count, tools in both.items()
        if find_least_fisher(count, now.count, before.count) <= level
    )


def _compare_tools(before: Texts, now: Texts, family: int) -> tuple[ToolShift, ...]:
    names = _list_answers(before, now)
    pairs = [(now.best.get(name, 0), before.best.get(name, 0)) for name in names]
    chances = [find_fisher(one, now.count, other, before.count) for one, other in pairs]
    moved = reject_by_holm(chances, LEVEL * TOOLS_SHARE, family)
    shifts = [
        ToolShift(name, _shift(other, before.count, one, now.count), chance, has_moved)
        for name, (one, other), chance, has_moved in zip(names, pairs, chances, moved, strict=True)
    ]
    return tuple(sorted(shifts, key=lambda shift: shift.chance))


def _look(before: Texts, now: Texts, level: float) -> Iterator[Look]:
    """The four tests, those of which there is something to test."""
    names = _list_answers(before, now)
    mixes = [[texts.best.get(name, 0) for name in names] for texts in (before, now)]
    yield _compare_counts("mix", mixes[0], mixes[1], level)
    yield _compare_confidence(before.confidence, now.confidence, level)
    chance = find_fisher(now.abstained, now.count, before.abstained, before.count)
    shift = _shift(before.abstained, before.count, now.abstained, now.count)
    yield Look("abstained", chance, chance <= level, shift)
    if min(before.unknown.texts, now.unknown.texts) >= LEAST_TEXTS:
        found = _compare_counts("unknown words", before.unknown.counts, now.unknown.counts, level)
        sides = [(h.texts - h.counts[0], h.texts) for h in (before.unknown, now.unknown)]
        yield replace(found, share=_shift(*sides[0], *sides[1]))


def _compare_confidence(before: Histogram, now: Histogram, level: float) -> Look:
    """The test, and the share below the edge at which the two differ most."""
    found = _compare_counts("confidence", before.counts, now.counts, level)
    below = list(zip(accumulate(before.counts), accumulate(now.counts), strict=True))[:-1]
    if not below:
        return found
    gaps = [abs(one / before.texts - other / now.texts) for one, other in below]
    place = gaps.index(max(gaps))
    one, other = below[place]
    shift = _shift(one, before.texts, other, now.texts)
    return replace(found, share=shift, bound=before.edges[place] / STEPS)


def _compare_counts(name: str, before: Sequence[int], now: Sequence[int], level: float) -> Look:
    bins = pool(before, now)
    chance = find_chi_squared(*bins)
    return Look(
        name,
        chance,
        chance <= level,
        psi=find_psi(*bins),
        psi_by_chance=find_psi_by_chance(len(bins[0]), sum(before), sum(now)),
    )


def _list_answers(before: Texts, now: Texts) -> list[str | None]:
    """All best answers, the most frequent first."""

    def place(name: str | None) -> tuple[int, str]:
        return -before.best.get(name, 0) - now.best.get(name, 0), str(name)

    return sorted(before.best.keys() | now.best.keys(), key=place)


def _shift(before: int, texts_before: int, now: int, texts_now: int) -> Shift:
    return Shift(before / texts_before, now / texts_now, find_interval(now, texts_now))
