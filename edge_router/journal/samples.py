"""Two samples of texts compared: what could be chance, and what could not.

No package for statistics is needed where a router runs; the tests hold these against one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, fsum, lgamma, log, sqrt

LEAST_EXPECTED = 5
"""Texts that a cell of a chi-squared test must hold by expectation (Cochran, 1954)."""
_Z_95 = 1.959963984540054
_TINY = 1e-17
"""Terms of a tail that are smaller, as a share of its sum, no longer change it."""


def find_fisher(first: int, first_texts: int, second: int, second_texts: int) -> float:
    """The probability of a difference as large by chance alone, where ``first`` of ``first_texts``
    and ``second`` of ``second_texts`` have something: Fisher's exact test, two-sided as twice the
    tail on the side of the difference.
    """
    if first * second_texts < second * first_texts:
        first, first_texts, second, second_texts = second, second_texts, first, first_texts
    return min(1.0, 2 * _sum_tail(first, first_texts, first + second, second_texts))


def find_least_fisher(both: int, first_texts: int, second_texts: int) -> float:
    """The smallest that :func:`find_fisher` can be where ``both`` samples have so many together."""
    most, least = min(both, first_texts), max(0, both - second_texts)
    return min(
        find_fisher(count, first_texts, both - count, second_texts) for count in (least, most)
    )


def find_chi_squared(first: Sequence[int], second: Sequence[int]) -> float:
    """The probability of a difference as large between two histograms by chance alone (Pearson's
    test of homogeneity); 1 where they have one bin. Both were made by :func:`pool`.
    """
    texts = (sum(first), sum(second))
    whole = sum(texts)
    found = fsum(
        (count - total * of_all / whole) ** 2 / (total * of_all / whole)
        for counts, of_all in zip((first, second), texts, strict=True)
        for count, total in zip(counts, map(sum, zip(first, second, strict=True)), strict=True)
    )
    return find_upper_chi_squared(found, len(first) - 1)


def find_upper_chi_squared(value: float, freedom: int) -> float:
    """The probability that chi-squared with ``freedom`` degrees exceeds ``value``: a finite sum, as
    the degrees are whole (Abramowitz and Stegun, 26.4.4 and 26.4.5).
    """
    if freedom < 1 or value <= 0:
        return 1.0
    half, odd = value / 2, freedom % 2
    places = [place + odd / 2 for place in range((freedom + odd) // 2)]
    terms = [exp(place * log(half) - half - lgamma(place + 1)) for place in places[: freedom // 2]]
    return min(1.0, fsum(terms) + (erfc(sqrt(half)) if odd else 0.0))


def pool(first: Sequence[int], second: Sequence[int]) -> tuple[list[int], list[int]]:
    """The same histograms with neighbours put together until each cell is expected to hold
    :data:`LEAST_EXPECTED` texts.
    """
    whole = sum(first) + sum(second)
    needed = LEAST_EXPECTED * whole / max(1, min(sum(first), sum(second)))
    cells: list[tuple[int, int]] = []
    left = right = 0
    for one, other in zip(first, second, strict=True):
        left, right = left + one, right + other
        if left + right >= needed:
            cells.append((left, right))
            left = right = 0
    if (left or right) and cells:
        last = cells.pop()
        left, right = left + last[0], right + last[1]
    if left or right or not cells:
        cells.append((left, right))
    return [cell[0] for cell in cells], [cell[1] for cell in cells]


def find_psi(first: Sequence[int], second: Sequence[int]) -> float:
    """The population stability index of two histograms; half a text more in each bin, so that an
    empty one is no infinity.
    """
    one, other = (
        [(count + 0.5) / (sum(counts) + len(counts) / 2) for count in counts]
        for counts in (first, second)
    )
    return fsum((b - a) * log(b / a) for a, b in zip(one, other, strict=True))


def find_psi_by_chance(bins: int, first_texts: int, second_texts: int) -> float:
    """What the index is on average where nothing has changed (Yurdakul and Naranjo, 2020): with
    many bins and few texts more than the 0.1 and 0.25 that are often taken for a change.
    """
    return (bins - 1) * (1 / first_texts + 1 / second_texts)


def find_interval(count: int, texts: int) -> tuple[float, float]:
    """Where the share ``count`` of ``texts`` lies with 95 % (Wilson, 1927)."""
    share, square = count / texts, _Z_95**2
    middle = (share + square / (2 * texts)) / (1 + square / texts)
    width = _Z_95 * sqrt(share * (1 - share) / texts + square / (4 * texts**2))
    width /= 1 + square / texts
    return max(0.0, middle - width), min(1.0, middle + width)


def reject_by_holm(chances: Sequence[float], level: float, family: int) -> list[bool]:
    """Which of the ``chances`` are too small to be one, so that with ``level`` at most any of them
    is named wrongly (Holm, 1979); ``family`` is how many of them could be.
    """
    rejected = [False] * len(chances)
    for place, number in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if place >= family or chances[number] > level / (family - place):
            break
        rejected[number] = True
    return rejected


def _sum_tail(count: int, texts: int, both: int, other_texts: int) -> float:
    """The probability of ``count`` and more of ``both`` in ``texts``, hypergeometric."""
    most = min(both, texts)
    term = exp(
        _log_choose(texts, count)
        + _log_choose(other_texts, both - count)
        - _log_choose(texts + other_texts, both)
    )
    total = 0.0
    while count <= most:
        total += term
        term *= (texts - count) * (both - count)
        count += 1
        term /= count * (other_texts - both + count)
        if term < total * _TINY:
            break
    return min(1.0, total)


def _log_choose(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)
