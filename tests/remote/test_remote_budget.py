"""What a day may cost, and what is counted."""

import math
from contextlib import suppress

import pytest

from edge_router.errors import RemoteBudgetError, RemoteSettingError
from edge_router.remote import Budget, Spent, Usage
from edge_router.remote.budget import Ledger, count_usage

DAY_S = 86_400.0


class Time:
    now_s = 20_000 * DAY_S


@pytest.fixture
def time() -> Time:
    return Time()


def make_ledger(time: Time, **limits: float) -> Ledger:
    return Ledger(Budget(**limits), wall_s=lambda: time.now_s)


def spend(ledger: Ledger, tokens_in: int, tokens_out: int, *, most_out: int = 0) -> None:
    with ledger.reserve(Usage(tokens_in, max(most_out, tokens_out))) as bill:
        bill.add(Usage(tokens_in, tokens_out))


def test_tokens_are_spent_until_the_day_ends(time):
    ledger = make_ledger(time, tokens_per_day=100)
    spend(ledger, 60, 30)
    with pytest.raises(RemoteBudgetError, match="budget of 100 tokens has 90 spent"):
        spend(ledger, 5, 6)
    spend(ledger, 5, 5)
    time.now_s += DAY_S - 1
    with pytest.raises(RemoteBudgetError):
        spend(ledger, 1, 0)
    time.now_s += 1
    spend(ledger, 60, 40)


def test_money_is_spent_by_its_two_prices(time):
    ledger = make_ledger(
        time, money_per_day=1.0, price_per_million_in=2.0, price_per_million_out=10.0
    )
    spend(ledger, 250_000, 40_000)
    assert ledger.spent() == Spent(20_000, Usage(250_000, 40_000), 0.9)
    with pytest.raises(RemoteBudgetError, match=r"budget of 1 of money has 0\.9 spent"):
        spend(ledger, 0, 10_001)
    spend(ledger, 0, 10_000)


def test_what_is_under_way_is_set_aside_and_freed_again(time):
    ledger = make_ledger(time, tokens_per_day=100)
    with ledger.reserve(Usage(10, 50)) as bill:
        with pytest.raises(RemoteBudgetError), ledger.reserve(Usage(0, 41)):
            pass
        bill.add(Usage(10, 5))
    assert ledger.spent().usage == Usage(10, 5)
    with ledger.reserve(Usage(0, 85)):
        pass


def test_a_request_that_failed_is_counted_by_its_bill(time):
    ledger = make_ledger(time)
    with suppress(ZeroDivisionError), ledger.reserve(Usage(10, 50)) as bill:
        bill.add(Usage(10, 1))
        raise ZeroDivisionError
    assert ledger.spent().usage == Usage(10, 1)


def test_a_budget_of_nothing_allows_nothing(time):
    with pytest.raises(RemoteBudgetError):
        spend(make_ledger(time, tokens_per_day=0), 1, 0)


def test_a_clock_that_ran_ahead_once_does_not_close_the_budget(time):
    ledger = make_ledger(time, tokens_per_day=100)
    time.now_s += 9_000 * DAY_S
    spend(ledger, 100, 0)
    time.now_s -= 9_000 * DAY_S
    spend(ledger, 100, 0)


def test_a_process_goes_on_counting_where_a_former_one_stopped(time):
    before = Spent(20_000, Usage(80, 10), 0.0)
    ledger = Ledger(Budget(tokens_per_day=100), wall_s=lambda: time.now_s, before=before)
    with pytest.raises(RemoteBudgetError):
        spend(ledger, 11, 0)
    time.now_s += DAY_S
    spend(ledger, 11, 0)


@pytest.mark.parametrize(
    "limits",
    [
        {"tokens_per_day": -1},
        {"money_per_day": math.nan, "price_per_million_in": 1.0},
        {"money_per_day": math.inf, "price_per_million_in": 1.0},
        {"price_per_million_out": -0.1},
        {"money_per_day": 1.0},
    ],
)
def test_a_budget_that_could_never_hold_is_refused(limits):
    with pytest.raises(RemoteSettingError):
        Budget(**limits)


@pytest.mark.parametrize(
    ("reported", "counted"),
    [
        ({"prompt_tokens": 90, "completion_tokens": 30}, (90, 30)),
        ({"prompt_tokens": 700, "completion_tokens": 200}, (700, 200)),
        ({"prompt_tokens": 90}, (90, 20)),
        ({"completion_tokens": 30}, (80, 30)),
        (None, (80, 20)),
        ([], (80, 20)),
        ({"prompt_tokens": -1, "completion_tokens": 0}, (80, 20)),
        ({"prompt_tokens": 9, "completion_tokens": 1}, (80, 20)),
        ({"prompt_tokens": 10**9, "completion_tokens": 10**9}, (80, 20)),
        ({"prompt_tokens": "90", "completion_tokens": 30.0}, (80, 20)),
        ({"prompt_tokens": True, "completion_tokens": None}, (80, 20)),
    ],
)
def test_reported_figures_count_where_they_are_sane(reported, counted):
    assert count_usage(reported, Usage(80, 20), most_out=300) == counted


def test_hidden_reasoning_may_use_up_the_limit_of_the_answer():
    reported = {"prompt_tokens": 80, "completion_tokens": 9_000}
    assert count_usage(reported, Usage(80, 20), most_out=9_000).tokens_out == 9_000
    assert count_usage(reported, Usage(80, 20), most_out=300).tokens_out == 20
