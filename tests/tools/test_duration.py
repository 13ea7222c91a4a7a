from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.tools.duration import format_duration, is_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT1H30M", timedelta(hours=1, minutes=30)),
        ("P2D", timedelta(days=2)),
        ("P1DT1M30.5S", timedelta(days=1, seconds=90.5)),
        ("P3W", timedelta(weeks=3)),
        ("PT0S", timedelta(0)),
        ("PT0.000001S", timedelta(microseconds=1)),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_reads_what_iso_8601_writes(text: str, span: timedelta):
    assert is_duration(text)
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1H", "PT1H ", "P1H", "PT1D", "P-1D", "P1W2D", "PT1.5H", "PT١H", "pt1h"]
)
def test_what_is_no_duration_is_refused(text: str):
    assert not is_duration(text)
    with pytest.raises(ValueError, match="is no duration like PT1H30M"):
        parse_duration(text)


def test_months_are_a_duration_of_no_fixed_length():
    assert is_duration("P1Y2M")
    with pytest.raises(ValueError, match="give days"):
        parse_duration("P1M")


def test_ages_of_the_world_are_refused():
    with pytest.raises(ValueError, match="longer than 1000000 days"):
        parse_duration("P9999999W")


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1_000_000)))
def test_a_written_duration_reads_as_the_same(span: timedelta):
    assert parse_duration(format_duration(span)) == span


def test_a_negative_span_is_no_duration():
    with pytest.raises(ValueError, match="cannot be negative"):
        format_duration(timedelta(seconds=-1))
