"""How far two spellings are apart."""

from __future__ import annotations


def within_distance(a: str, b: str, limit: int) -> bool:
    """Whether ``limit`` edits at most make ``b`` of ``a``."""
    return measure_distance(a, b, limit) <= limit


def measure_distance(a: str, b: str, limit: int) -> int:
    """The least number of letters inserted, left out, replaced or swapped with the next that makes
    ``b`` of ``a``; ``limit`` + 1 where it is more.

    Optimal string alignment (Damerau, 1964; Wagner and Fischer, 1974) on the diagonals that can
    still stay within the limit.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        low, high = max(1, i - limit), min(len(b), i + limit)
        row = [limit + 1] * (len(b) + 1)
        row[0] = i
        for j in range(low, high + 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != b[j - 1]))
            is_swap = i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == b[j - 1]
            row[j] = min(cost, before[j - 2] + 1) if is_swap else cost
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)
