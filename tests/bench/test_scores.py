"""Intervals against what theory says of them."""

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.scores import interval_of_pairs, interval_of_samples, interval_of_share


def test_the_interval_of_a_share_is_that_of_the_binomial_distribution():
    # 500 of 1000: the 2.5 % and 97.5 % points of Binomial(1000, 0.5) are 469 and 531
    low, high = interval_of_share([True, False] * 500)
    assert low == pytest.approx(0.469, abs=0.002)
    assert high == pytest.approx(0.531, abs=0.002)


def test_the_same_values_give_the_same_interval_every_time():
    right = [True] * 90 + [False] * 10
    assert interval_of_share(right) == interval_of_share(right)


def test_pairs_stay_together():
    numbers = list(range(50))

    def share_equal(first, second):
        return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)

    assert interval_of_pairs(share_equal, numbers, numbers) == [1.0, 1.0]


def test_samples_are_drawn_apart_and_may_differ_in_length():
    # the difference of two means: variance 1/4 each, so a standard error of sqrt(1/4/400 + 1/4/100)
    low, high = interval_of_samples(
        lambda a, b: float(a.mean() - b.mean()), [0, 1] * 200, [0, 1] * 50
    )
    assert low == pytest.approx(-1.96 * 0.0559, abs=0.012)
    assert high == pytest.approx(1.96 * 0.0559, abs=0.012)
