"""What each word adds to a score: Shapley values in whole numbers.

The marginal contributions of one order of the words lead from the empty text to the whole one, so
their sum is the difference of the two scores, whatever the order (Shapley, 1953). Up to
:data:`FEW` words all orders are counted; beyond, a fixed number of them in pairs of an order and
its reverse, whose errors partly cancel (Mitchell et al., 2022, "Sampling permutations for Shapley
value estimation", section 4.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise
from math import factorial
from typing import NamedTuple

FEW = 10
"""Up to so many words every subset is scored: 1,024 of them."""
ORDERS = 32
"""Orders of more words; with 32 words again at most 1,024 scores."""

Score = Callable[[int], int]
"""The score of the text that keeps the words whose bits are set."""


class Shares(NamedTuple):
    """The score shared out among the words."""

    steps: list[int]
    """For each word, summed over the orders."""
    orders: int
    """How many orders were counted."""


def share_out(words: int, score: Score, *, seed: bytes) -> Shares:
    """The shares of ``words`` words; ``seed`` picks the orders where not all are counted."""
    if words <= FEW:
        return Shares(_sum_all_orders(words, score), factorial(words))
    steps = [0] * words
    for order in _pick_orders(words, seed):
        masks = [0]
        for word in order:
            masks.append(masks[-1] | 1 << word)
        values = [score(mask) for mask in masks]
        for word, (before, after) in zip(order, pairwise(values), strict=True):
            steps[word] += after - before
    return Shares(steps, ORDERS)


def _sum_all_orders(words: int, score: Score) -> list[int]:
    values = [score(mask) for mask in range(1 << words)]
    # in how many orders a word is the next one after so many others
    counts = [factorial(k) * factorial(words - 1 - k) for k in range(words)]
    return [
        sum(
            counts[mask.bit_count()] * (values[mask | 1 << word] - values[mask])
            for mask in range(1 << words)
            if not mask >> word & 1
        )
        for word in range(words)
    ]


def _pick_orders(words: int, seed: bytes) -> list[list[int]]:
    """Orders by hashes, which no version of a random generator changes."""
    orders = []
    for number in range(ORDERS // 2):
        keys = [hashlib.sha256(b"%d %d " % (number, word) + seed).digest() for word in range(words)]
        order = sorted(range(words), key=keys.__getitem__)
        orders += [order, order[::-1]]
    return orders
