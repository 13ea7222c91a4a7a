"""What came of a journal's texts, hour by hour, day by day or week by week."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from edge_router.decision import Reason
from edge_router.journal.database import reading
from edge_router.journal.stats import SAVED

HOUR, DAY, WEEK = "hour", "day", "week"
_HOURS, _DAYS = 3 * 86_400, 120 * 86_400
"""The longest spans, in seconds, that are told by hours and by days."""
_QUERY = f"""
    SELECT
        at,
        estimated_tokens_in > 0 OR tokens_in > 0,
        decided IS NOT NULL OR reason = '{Reason.NEEDS_CONFIRMATION.value}',
        is_reply,
        {SAVED}
    FROM records WHERE at >= ? ORDER BY at
"""  # noqa: S608 - of our own constants


@dataclass(slots=True)
class Bucket:
    """One hour, day or week, as this device's clock counts them; each text is one of three."""

    start: datetime
    """When it begins."""
    decided: int = 0
    """Texts that the router decided, with nothing sent."""
    asked_remote: int = 0
    """Texts for which something was sent to a remote model."""
    abstained: int = 0
    """Texts that the router did not decide, with nothing sent."""
    tokens_saved: int = 0
    """Our estimate of what an assistant without a router would have sent more."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of them, the empty ones between too."""

    unit: str
    """``hour`` for a span of up to three days, ``day`` up to 120, or ``week``."""
    buckets: tuple[Bucket, ...]
    """In their order; none without records."""


def read_timeline(path: str | os.PathLike[str], *, since: float = 0) -> Timeline:
    """The records of the journal ``path`` from ``since`` on (seconds since 1970) in time; raises
    DataError for a file that cannot be read.
    """
    with reading(Path(path)) as database:
        rows = database.execute(_QUERY, (since,)).fetchall()
    if not rows:
        return Timeline(DAY, ())
    span = rows[-1][0] - rows[0][0]
    unit = HOUR if span <= _HOURS else DAY if span <= _DAYS else WEEK
    buckets = {start: Bucket(start) for start in _list_starts(rows[0][0], rows[-1][0], unit)}
    for at, is_remote, is_decided, is_reply, saved in rows:
        bucket = buckets[_find_start(at, unit)]
        bucket.tokens_saved += saved
        if is_reply:  # it belongs to a text that was counted
            continue
        bucket.asked_remote += is_remote
        bucket.decided += is_decided and not is_remote
        bucket.abstained += not is_decided and not is_remote
    return Timeline(unit, tuple(buckets.values()))


def _find_start(at: float, unit: str) -> datetime:
    moment = datetime.fromtimestamp(at)
    if unit == HOUR:
        return moment.replace(minute=0, second=0, microsecond=0, fold=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return day if unit == DAY else day - timedelta(days=day.weekday())


def _list_starts(first: float, last: float, unit: str) -> Iterator[datetime]:
    start, end = _find_start(first, unit), _find_start(last, unit)
    step = {HOUR: timedelta(hours=1), DAY: timedelta(days=1), WEEK: timedelta(weeks=1)}[unit]
    while start <= end:
        yield start
        start += step
