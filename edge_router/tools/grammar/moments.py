"""Times on days, from the parts of a pattern and the moment that they are told from."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from edge_router.tools.grammar.days import build_day, shift_day
from edge_router.tools.grammar.meaning import Clock, Day, Moment
from edge_router.tools.grammar.times import build_time, make_sure

_MAX_READINGS = 4


def build_moment(parts: dict[str, Any], now: datetime) -> Day | Moment | None:
    """A time on a day; a day with its part (*tomorrow evening*) where no time is given."""
    if "iso" in parts:
        return _read_iso(parts["iso"])
    if {"now", "right_now"} & parts.keys():
        return Moment((now.replace(microsecond=0),))
    if "duration" in parts:
        return shift_day(parts, now)
    day = parts.get("date") or _make_day(parts, now)
    if day is None or ("hour" in parts and not _may_follow_hour(day, parts, now)):
        return None
    part = str(parts.get("daypart", day.part))
    if "end" in parts:
        return Moment(tuple(datetime.combine(d, time(23, 59, 59)) for d in (day.day, *day.others)))
    if "year" in parts:
        day = Day(day.day.replace(year=parts["year"]))
    clock = parts.get("time") or _make_clock(parts)
    if clock is None:
        return Day(day.day, day.others, part) if part and not parts.get("hour") else None
    return combine(day, make_sure(clock, part), now)


def _may_follow_hour(day: Day, parts: dict[str, Any], now: datetime) -> bool:
    """Whether a bare number before or behind a day is an hour: *ten tomorrow*, not *2 Fridays*."""
    is_near = 0 <= (day.day - now.date()).days <= 1
    return bool(is_near or day.part or "daypart" in parts)


def combine(day: Day, clock: Clock, now: datetime) -> Moment:
    """Every reading of the day with every reading of the time; what is past today is not meant."""
    if day.part == "night" and clock == Clock(0):
        day = Day(day.day + timedelta(days=1))  # tonight at midnight
    readings = [datetime.combine(d, t) for d in (day.day, *day.others) for t in clock.readings()]
    is_open = len(readings) > 1 and day.day == now.date()
    coming = [reading for reading in readings if not is_open or reading >= now]
    return Moment(tuple((coming or readings)[:_MAX_READINGS]))


def _read_iso(text: str) -> Moment | None:
    try:
        return Moment((datetime.fromisoformat(text.upper()),))
    except ValueError:
        return None


def _make_day(parts: dict[str, Any], now: datetime) -> Day | None:
    """The day of the month that stands before a time, or today."""
    if "day" not in parts:
        return Day(now.date())
    day = build_day({"day": parts["day"]}, now, is_day_first=False)
    return day if isinstance(day, Day) else None


def _make_clock(parts: dict[str, Any]) -> Clock | None:
    if not {"hour", "dotted"} & parts.keys():
        return None
    names = ("hour", "minute2", "dotted")
    return build_time({name: parts[name] for name in names if name in parts})
