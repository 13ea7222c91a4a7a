"""How long to wait before asking again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.remote.retry import parse_retry_after, pause_s

NOON = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("86400", 60.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sunday, 06-Nov-94 08:49:47 GMT", 10.0),
        ("Sun Nov  6 08:49:47 1994", 10.0),
        ("Sun, 06 Nov 1994 08:49:47 -0000", 10.0),
        ("Sun, 06 Nov 1994 09:49:47 +0100", 10.0),
        ("Sun, 06 Nov 1994 08:49:07 GMT", 0.0),
        ("Sun, 06 Nov 2094 08:49:37 GMT", 60.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("inf", None),
        ("nan", None),
        ("9" * 400, None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Sun, 32 Nov 1994 08:49:37 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(value, seconds):
    assert parse_retry_after(value, now_s=NOON) == seconds


@settings(deadline=None)
@given(st.text())
def test_no_header_makes_a_wait_that_is_negative_or_endless(value):
    seconds = parse_retry_after(value, now_s=NOON)
    assert seconds is None or 0 <= seconds <= 60


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(0, 0.125, 0.25), (1, 0.25, 0.5), (2, 0.5, 1.0), (10_000, 32, 60)],
)
def test_each_pause_is_twice_as_long_a_random_half_of_it(attempt, least, most):
    pauses = [pause_s(attempt, retry_after_s=None) for _ in range(100)]
    assert least <= min(pauses) < max(pauses) <= most or (min(pauses) == max(pauses) == most)


def test_what_the_server_asks_for_comes_first():
    assert pause_s(0, retry_after_s=9.0) == 9.0
    assert pause_s(0, retry_after_s=0.0) == 0.0
