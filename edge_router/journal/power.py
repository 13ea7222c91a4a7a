"""What a look at so many texts would notice: how likely the doubling of a tool's share is seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, fsum, lgamma, log, sqrt

from edge_router.journal.samples import find_fisher

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
"""From which a tool's share doubles."""
_NEGLIGIBLE = 1e-12
_WIDTH = 6  # standard deviations of what there was before that are looked at, on either side
_POINTS = 8  # of them in one: between two, what is noticed hardly differs


@dataclass(frozen=True, slots=True)
class Power:
    """One share."""

    share: float
    """From which a tool's share doubles."""
    noticed: float
    """The probability that it is noticed."""


def find_power(now: int, before: int, level: float) -> tuple[Power, ...]:
    """For each of :data:`SHARES`, where ``now`` texts are compared with those ``before`` and one
    tool is tested at ``level``.
    """
    return tuple([Power(share, find_noticed(share, now, before, level)) for share in SHARES])


def find_noticed(share: float, now: int, before: int, level: float) -> float:
    """The probability that the doubling of a tool's ``share`` is noticed, over what either side may
    have of it by chance.
    """
    spread = sqrt(before * share * (1 - share))
    first, last = (round(before * share + side * _WIDTH * spread) for side in (-1, 1))
    noticed, chances, least = [], [], 0
    for count in range(max(0, first), min(before, last) + 1, ceil(spread / _POINTS)):
        least = _find_least(count, now, before, level, least)
        chances.append(_find_binomial(count, before, share))
        noticed.append(chances[-1] * _sum_from(least, now, 2 * share))
    return fsum(noticed) / fsum(chances)


def _find_least(count: int, now: int, before: int, level: float, known: int) -> int:
    """The fewest of ``now`` texts, at least ``known``, that are too many to be chance where there
    were ``count`` before; one more than all where none are.
    """
    low, high = max(known, count * now // before), now + 1
    while low < high:
        middle = (low + high) // 2
        if find_fisher(middle, now, count, before) <= level:
            high = middle
        else:
            low = middle + 1
    return low


def _sum_from(least: int, texts: int, share: float) -> float:
    """The probability of ``least`` and more of ``texts``."""
    is_above = least > texts * share
    counts = range(least, texts + 1) if is_above else range(least - 1, -1, -1)
    total = 0.0
    for count in counts:  # away from the mean, and so ever less
        term = _find_binomial(count, texts, share)
        total += term
        if term < _NEGLIGIBLE:
            break
    return total if is_above else 1 - total


def _find_binomial(count: int, texts: int, share: float) -> float:
    """The probability of ``count`` of ``texts``, each with probability ``share``."""
    chosen = lgamma(texts + 1) - lgamma(count + 1) - lgamma(texts - count + 1)
    return exp(chosen + count * log(share) + (texts - count) * log(1 - share))
