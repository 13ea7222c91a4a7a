import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import Journal
from edge_router.journal import Bucket, read_timeline


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Records an entry as if at some time of this device's clock; the path is ``home.db``."""

    def record(at: datetime, **entry) -> Path:
        monkeypatch.setattr(time, "time", at.timestamp)
        with Journal(tmp_path / "home.db", max_days=10_000) as journal:
            journal.record(make_entry(**entry))
        return tmp_path / "home.db"

    return record


def test_without_records_there_is_no_bucket(tmp_path: Path):
    Journal(tmp_path / "home.db").close()
    assert read_timeline(tmp_path / "home.db").buckets == ()


def test_a_text_is_decided_asked_about_or_abstained_from(record):
    at = datetime(2026, 11, 20, 8, 59, 59)
    record(at, estimated_tokens_all_tools=900)
    record(at, decided=None)
    record(at, decided=None, reason="needs_confirmation")
    record(at, decided=None, tool="tea", tokens_in=70, estimated_tokens_in=60)
    record(at, estimated_tokens_in=100, estimated_tokens_all_tools=300)  # for the words alone
    path = record(at, is_reply=True, estimated_tokens_all_tools=50)
    [bucket] = read_timeline(path).buckets
    assert bucket == Bucket(
        datetime(2026, 11, 20, 8), decided=2, asked_remote=2, abstained=1, tokens_saved=1150
    )


@pytest.mark.parametrize(
    ("span", "unit", "starts", "first"),
    [
        (timedelta(hours=2), "hour", 3, datetime(2026, 11, 20, 8)),
        (timedelta(days=3), "hour", 73, datetime(2026, 11, 20, 8)),
        (timedelta(days=4), "day", 5, datetime(2026, 11, 20)),
        (timedelta(days=120), "day", 121, datetime(2026, 11, 20)),
        (timedelta(days=121), "week", 18, datetime(2026, 11, 16)),  # a Monday
    ],
)
def test_the_span_chooses_hours_days_or_weeks_and_empty_ones_stand_between(
    record, span: timedelta, unit: str, starts: int, first: datetime
):
    at = datetime(2026, 11, 20, 8, 30)
    record(at)
    timeline = read_timeline(record(at + span))
    assert (timeline.unit, len(timeline.buckets)) == (unit, starts)
    assert [timeline.buckets[n].decided for n in (0, 1, -1)] == [1, 0, 1]
    assert timeline.buckets[0].start == first


def test_only_what_was_recorded_since_counts(record):
    record(datetime(2026, 11, 20, 8))
    later = datetime(2026, 11, 25, 8)
    [bucket] = read_timeline(record(later), since=later.timestamp() - 5).buckets
    assert bucket.start == datetime(2026, 11, 25, 8)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata"])
def test_days_on_which_the_clocks_are_changed_are_days_too(
    record, monkeypatch: pytest.MonkeyPatch, zone: str
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for day in range(20, 32):
            for hour in (0, 2, 3, 23):
                path = record(datetime(2026, 10, day, hour, 30))
        timeline = read_timeline(path)
        hours = read_timeline(path, since=datetime(2026, 10, 30).timestamp())
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert [bucket.decided for bucket in timeline.buckets] == [4] * 12
    assert sum(bucket.decided for bucket in hours.buckets) == 8
