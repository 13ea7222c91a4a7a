"""Both ends of a range: what one says, *from 3 to 6 pm*, *between April 1st and 5th*, holds for the
other.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from edge_router.tools.grammar.days import build_day
from edge_router.tools.grammar.line import Line
from edge_router.tools.grammar.meaning import Clock, Day, Moment, add_months

_MAX_GAP = 2
"""Tokens between the ends: *to the*."""


def build_end(parts: dict[str, Any], now: datetime) -> Clock | Day | Moment | None:
    """An hour or a day of a month that stands in a range."""
    if "hour" in parts:
        hour = parts["hour"]
        return Clock(hour % 24, is_sure=hour > 12 or hour == 0)
    return build_day(parts, now, is_day_first=False)


def settle_ranges(line: Line, joints: str) -> None:
    """Gives each end of a range what the other says, in the line's values."""
    places = [i for i, value in enumerate(line.values) if isinstance(value, Clock | Day)]
    for left, right in pairwise(places):
        between = line.marks[left + 1 : right]
        if 1 <= len(between) <= _MAX_GAP and between[0] in joints:
            a, b = line.values[left], line.values[right]
            if isinstance(a, Clock) and isinstance(b, Clock):
                line.values[left] = _settle_clock(a, b)
            elif isinstance(a, Day) and isinstance(b, Day):
                line.values[left], line.values[right] = _settle_days(a, b)


def _settle_clock(first: Clock, last: Clock) -> Clock:
    """The reading of the first time that is less than twelve hours before the last."""
    if first.is_sure or not last.is_sure:
        return first
    end = last.hour * 60 + last.minute
    hours = [reading.hour for reading in first.readings()]
    hour = min(hours, key=lambda hour: (end - hour * 60 - first.minute) % (24 * 60))
    return Clock(hour, first.minute, first.second)


def _settle_days(first: Day, last: Day) -> tuple[Day, Day]:
    """A day of the month alone is of the other end's month, or of the one before or after."""
    if last.is_bare and not first.is_bare:
        return first, _take_month(last, first, 1)
    if first.is_bare and not last.is_bare:
        return _take_month(first, last, -1), last
    if first.is_yearless and last.is_yearless and first.day > last.day:
        return _take_month(first, last, -1), last
    return first, last


def _take_month(bare: Day, other: Day, sign: int) -> Day:
    """The bare day after the other (before it, where ``sign`` is -1)."""
    start = datetime(other.day.year, other.day.month, 1)
    for months in range(12):
        month = add_months(start, sign * months)
        if bare.is_yearless and month.month != bare.day.month:
            continue
        try:
            found = month.replace(day=bare.day.day).date()
        except ValueError:
            continue
        if (found - other.day).days * sign >= 0:
            return Day(found)
    return bare
