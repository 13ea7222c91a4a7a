"""A score shared out among words, in whole numbers."""

from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.routing.attribution import ORDERS, share_out


def test_a_sum_gives_each_word_its_own_part():
    weights = [5, -3, 7]
    found = share_out(
        3, lambda kept: 100 + sum(w for i, w in enumerate(weights) if kept >> i & 1), seed=b""
    )
    assert found == ([30, -18, 42], 6)


def test_what_two_words_do_only_together_is_shared_evenly():
    assert share_out(3, lambda kept: 12 if kept & 0b11 == 0b11 else 0, seed=b"") == ([36, 36, 0], 6)


def test_no_word_and_one_word():
    assert share_out(0, lambda _: 4, seed=b"") == ([], 1)
    assert share_out(1, lambda kept: 4 + 3 * kept, seed=b"") == ([3], 1)


@given(st.integers(0, 14), st.randoms(use_true_random=False))
def test_the_shares_add_up_exactly(words, random):
    scores = [random.randrange(-(2**31), 2**31) for _ in range(1 << words)]
    found = share_out(words, scores.__getitem__, seed=b"any")
    assert sum(found.steps) == found.orders * (scores[-1] - scores[0])
    assert found.orders == (factorial(words) if words <= 10 else ORDERS)


def test_of_many_words_a_sum_is_still_exact_and_a_pair_nearly():
    weights = list(range(20))
    found = share_out(20, lambda kept: sum(w for w in weights if kept >> w & 1), seed=b"a")
    assert found.steps == [ORDERS * w for w in weights]
    # an order and its reverse: each of the two is last once
    for seed in (b"a", b"b", b"c", b"d"):
        pair = share_out(20, lambda kept: 100 if kept & 0b11 == 0b11 else 0, seed=seed)
        assert pair.steps == [50 * ORDERS, 50 * ORDERS] + [0] * 18


def test_the_seed_alone_picks_the_orders():
    def score(kept: int) -> int:
        return (kept * 2654435761) % 1000

    assert share_out(12, score, seed=b"a") == share_out(12, score, seed=b"a")
    assert share_out(12, score, seed=b"a") != share_out(12, score, seed=b"b")


@pytest.mark.parametrize("words", [10, 11, 32])
def test_at_most_so_many_texts_are_scored(words):
    asked = set()
    share_out(words, lambda kept: asked.add(kept) or 0, seed=b"")
    assert len(asked) <= 1024
