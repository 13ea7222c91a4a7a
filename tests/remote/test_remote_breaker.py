"""When a failing server is asked, and when not."""

import pytest

from edge_router.errors import RemoteRefusedError, RemoteUnreachableError
from edge_router.remote.breaker import Breaker


class Time:
    now_s = 100.0


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(failures=3, rest_s=30.0, monotonic_s=lambda: time.now_s)


def ask(breaker: Breaker, *, was_reached: bool | None) -> None:
    with breaker.admit() as trial:
        trial.was_reached = was_reached


def is_asked(breaker: Breaker) -> bool:
    try:
        ask(breaker, was_reached=None)
    except RemoteUnreachableError:
        return False
    return True


def test_three_failures_in_a_row_make_it_rest(breaker, time):
    for _ in range(3):
        ask(breaker, was_reached=False)
    with pytest.raises(RemoteUnreachableError, match="failed 3 times in a row"):
        ask(breaker, was_reached=True)
    time.now_s += 29.9
    assert not is_asked(breaker)
    time.now_s += 0.1
    assert is_asked(breaker)


def test_a_success_between_failures_begins_the_count_anew(breaker):
    for was_reached in (False, False, True, False, False):
        ask(breaker, was_reached=was_reached)
    assert is_asked(breaker)


def test_after_the_rest_one_request_is_on_trial_and_the_others_wait(breaker, time):
    for _ in range(3):
        ask(breaker, was_reached=False)
    time.now_s += 30
    with breaker.admit() as trial:
        assert not is_asked(breaker)
        trial.was_reached = True
    assert is_asked(breaker)
    with breaker.admit(), breaker.admit():
        pass


def test_a_failed_trial_begins_the_rest_anew(breaker, time):
    for _ in range(3):
        ask(breaker, was_reached=False)
    time.now_s += 30
    ask(breaker, was_reached=False)
    assert not is_asked(breaker)
    time.now_s += 30
    assert is_asked(breaker)


def test_a_trial_that_is_given_up_leaves_the_next_one_free(breaker, time):
    for _ in range(3):
        ask(breaker, was_reached=False)
    time.now_s += 30
    with pytest.raises(KeyboardInterrupt), breaker.admit():
        raise KeyboardInterrupt
    assert is_asked(breaker)


def test_a_late_failure_of_another_request_does_not_free_the_trial(breaker, time):
    late = breaker.admit()
    late_trial = late.__enter__()
    for _ in range(3):
        ask(breaker, was_reached=False)
    time.now_s += 30
    with breaker.admit():
        late_trial.was_reached = None
        late.__exit__(None, None, None)
        assert not is_asked(breaker)


def test_who_asks_to_be_left_alone_is(breaker, time):
    breaker.hold(10)
    time.now_s += 4
    with pytest.raises(RemoteRefusedError) as caught:
        ask(breaker, was_reached=True)
    assert (caught.value.status, caught.value.retry_after_s) == (429, 6.0)
    time.now_s += 6
    assert is_asked(breaker)


def test_a_shorter_wish_does_not_shorten_a_longer_one(breaker, time):
    breaker.hold(10)
    breaker.hold(1)
    time.now_s += 5
    with pytest.raises(RemoteRefusedError):
        ask(breaker, was_reached=True)
