"""The smallest deletion of words that changes an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

MOST_TRIED = 640
"""Deletions tried in full sizes: all of up to nine words, and all pairs of 32."""


class Deletion(NamedTuple):
    """Words whose deletion changes the answer."""

    words: tuple[int, ...]
    """Their numbers, in the order of the text."""
    is_smallest: bool
    """Every deletion of fewer words was tried."""


def find_deletion(
    shares: Sequence[int], is_changed: Callable[[tuple[int, ...]], bool]
) -> Deletion | None:
    """The smallest set of words without which the answer ``is_changed``; at least one word stays.

    Sizes are tried whole, from 1 up, as long as there are at most :data:`MOST_TRIED` deletions;
    then words are deleted in the order of their ``shares``, largest first and smallest first, and
    of what changes the answer each word is kept that may be.
    """
    order = sorted(range(len(shares)), key=lambda word: -shares[word])
    left, size = MOST_TRIED, 1
    while size < len(order) and comb(len(order), size) <= left:
        left -= comb(len(order), size)
        for words in combinations(order, size):
            if is_changed(words):
                return Deletion(tuple(sorted(words)), True)  # noqa: FBT003 - a field
        size += 1
    if size >= len(order):
        return None
    found = [_grow(order, size, is_changed), _grow(order[::-1], size, is_changed)]
    smallest = min((words for words in found if words), key=len, default=None)
    # one of the size whose sets were too many to try is the smallest there is
    return Deletion(tuple(sorted(smallest)), len(smallest) == size) if smallest else None


def _grow(
    order: Sequence[int], size: int, is_changed: Callable[[tuple[int, ...]], bool]
) -> tuple[int, ...] | None:
    for count in range(size, len(order)):
        words = tuple(order[:count])
        if is_changed(words):
            for word in words:
                fewer = tuple([other for other in words if other != word])
                if fewer and is_changed(fewer):
                    words = fewer
            return words
    return None
