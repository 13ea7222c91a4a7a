"""The tests of two samples, held against scipy's."""

import math

import pytest

from edge_router.journal.samples import (
    find_chi_squared,
    find_fisher,
    find_interval,
    find_least_fisher,
    find_psi,
    find_psi_by_chance,
    find_upper_chi_squared,
    pool,
    reject_by_holm,
)

CASES = [
    (0, 10, 7, 12),
    (9, 100, 3, 90),
    (14, 1000, 20, 3000),
    (400, 1000, 900, 3000),
    (5, 5, 0, 9),
]


@pytest.mark.parametrize(("first", "texts", "second", "other_texts"), CASES)
def test_fishers_test_is_scipys(first: int, texts: int, second: int, other_texts: int):
    stats = pytest.importorskip("scipy.stats", reason="needs the extra [export]")
    found = stats.hypergeom(texts + other_texts, texts, first + second)
    tail = min(found.sf(first - 1), found.cdf(first))
    assert find_fisher(first, texts, second, other_texts) == pytest.approx(2 * tail, rel=1e-9)
    table = [[first, texts - first], [second, other_texts - second]]
    more, less = [stats.fisher_exact(table, alternative=side)[1] for side in ("greater", "less")]
    assert min(more, less) == pytest.approx(tail, rel=1e-9)


def test_fishers_test_by_hand():
    # of 4 texts that have it, all 4 are among the first 5 of 10: 5 of 210 ways, on either side
    assert find_fisher(4, 5, 0, 5) == pytest.approx(10 / 210)
    assert find_fisher(0, 5, 4, 5) == pytest.approx(10 / 210)
    assert find_fisher(2, 5, 2, 5) == 1.0
    assert find_fisher(0, 5, 0, 9) == 1.0


def test_what_cannot_be_chance_has_no_chance():
    assert find_fisher(3000, 3000, 0, 3000) == 0.0
    assert find_fisher(0, 3000, 3000, 3000) == 0.0


def test_the_least_chance_is_that_of_all_on_one_side():
    assert find_least_fisher(4, 5, 5) == pytest.approx(10 / 210)
    assert find_least_fisher(2, 1000, 3000) == pytest.approx(find_fisher(2, 1000, 0, 3000))
    assert find_least_fisher(8, 5, 4) == pytest.approx(find_fisher(5, 5, 3, 4))
    assert find_least_fisher(0, 5, 5) == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 19, 60, 149, 401])
@pytest.mark.parametrize("value", [0.01, 0.7, 3.0, 20.0, 60.0, 500.0, 1900.0])
def test_chi_squareds_upper_tail_is_scipys(value: float, freedom: int):
    stats = pytest.importorskip("scipy.stats", reason="needs the extra [export]")
    theirs = float(stats.chi2.sf(value, freedom))
    assert find_upper_chi_squared(value, freedom) == pytest.approx(theirs, rel=1e-9, abs=1e-300)


def test_chi_squareds_upper_tail_by_its_table():
    # the usual bounds of 5 % (Abramowitz and Stegun, table 26.8)
    for bound, freedom in ((3.841459, 1), (5.991465, 2), (18.30704, 10), (124.342, 100)):
        assert find_upper_chi_squared(bound, freedom) == pytest.approx(0.05, abs=1e-5)
    assert find_upper_chi_squared(0.0, 5) == find_upper_chi_squared(3.0, 0) == 1.0


def test_the_test_of_two_histograms_is_scipys():
    stats = pytest.importorskip("scipy.stats", reason="needs the extra [export]")
    for first, second in (([20, 30, 50], [90, 60, 150]), ([7, 13], [40, 20]), ([5] * 20, [9] * 20)):
        theirs = stats.chi2_contingency([first, second], correction=False)[1]
        assert find_chi_squared(first, second) == pytest.approx(theirs, rel=1e-9)
    assert find_chi_squared([10], [30]) == 1.0


def test_bins_are_put_together_until_each_is_expected_to_hold_five():
    # of 400 texts, 100 are in the smaller sample: a cell must hold 20 of both
    first, second = [90, 4, 1, 0, 5], [200, 30, 5, 5, 60]
    assert pool(first, second) == ([90, 4, 6], [200, 30, 70])
    assert pool([1, 2], [3, 4]) == ([3], [7])
    assert pool([50, 50, 0], [50, 50, 1]) == ([50, 50], [50, 51])
    assert pool([], []) == ([0], [0])


def test_the_stability_index_by_hand():
    assert find_psi([10, 10], [10, 10]) == 0.0
    # shares 0.25 and 0.75 against 0.5 and 0.5, with half a text more in each bin
    low, high = 25.5 / 101, 75.5 / 101
    expected = (0.5 - low) * math.log(0.5 / low) + (0.5 - high) * math.log(0.5 / high)
    assert find_psi([25, 75], [50, 50]) == pytest.approx(expected)
    assert find_psi([0, 100], [50, 50]) < 3  # an empty bin is no infinity


def test_the_stability_index_by_chance_is_what_samples_of_one_kind_have():
    np = pytest.importorskip("numpy")
    random, shares = np.random.default_rng(2), [0.1] * 10
    found = [
        find_psi(
            random.multinomial(1000, shares).tolist(), random.multinomial(3000, shares).tolist()
        )
        for _ in range(400)
    ]
    assert np.mean(found) == pytest.approx(find_psi_by_chance(10, 1000, 3000), rel=0.1)


def test_wilsons_interval_is_the_one_of_his_formula():
    assert find_interval(0, 10) == pytest.approx((0.0, 0.277533), abs=1e-6)
    assert find_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe, 1998
    assert find_interval(10, 10)[1] == pytest.approx(1.0)


def test_holm_grows_less_strict_with_each_that_is_named():
    chances = [0.02, 0.001, 0.5, 0.011]
    assert reject_by_holm(chances, 0.05, 4) == [True, True, False, True]
    assert reject_by_holm(chances, 0.05, 6) == [False, True, False, False]
    assert reject_by_holm([0.03, 0.02], 0.05, 2) == [True, True]
    assert reject_by_holm([0.03, 0.04], 0.05, 2) == [False, False]  # 0.03 is above 0.05 / 2
    assert reject_by_holm([0.01], 0.05, 0) == [False]
