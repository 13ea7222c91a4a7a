"""Days, from the parts of a pattern and the moment that they are told from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from edge_router.tools.grammar.meaning import Day, Length, Moment, add_months

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_PIVOT = 50
"""Years of two digits from here on are of the last century."""


def build_day(parts: dict[str, Any], now: datetime, *, is_day_first: bool) -> Day | Moment | None:
    """A day, or a moment where hours are counted; None where there is none, like February 30."""
    try:
        return _build(parts, now, is_day_first=is_day_first)
    except (ValueError, OverflowError):  # no such day, or beyond the years that dates have
        return None


def _build(parts: dict[str, Any], now: datetime, *, is_day_first: bool) -> Day | Moment | None:
    today = now.date()
    if "duration" in parts:
        return shift_day(parts, now)
    if "numeric_date" in parts:
        return _read_numeric(parts["numeric_date"], is_day_first=is_day_first)
    if {"pair", "short_pair", "sure"} & parts.keys():
        pair = parts.get("sure") or parts.get("pair") or parts["short_pair"]
        days = _read_pair(pair, today, is_day_first=is_day_first)
        return None if not days or ("sure" in parts and days.others) else days
    if "day_word" in parts or "end_of" in parts or {"nth", "nth_last"} & parts.keys():
        return _find_nth(parts, today)
    if "holiday" in parts:
        return _find_holiday(parts, today)
    if "month" in parts:
        return _find_in_year(parts["month"], parts.get("day", 1), read_year(parts, today), today)
    if "weekdays" in parts:
        return _count_weekdays(parts, today)
    if "weekday" in parts or "short_weekday" in parts:
        return _find_weekday(parts, today)
    if "day" in parts:
        return _find_in_month(parts, today)
    return _find_relative(parts, today)


def read_year(parts: dict[str, Any], today: date) -> int | None:
    """The year that is written in one number or two, *nineteen seventy eight*, or told from today;
    None for none.
    """
    if "year" in parts:
        return int(parts["year"])
    if "year_word" in parts:
        return today.year + int(parts["rel"])
    if "century" in parts:
        return int(parts["century"]) * 100 + int(parts.get("half_year", parts.get("digit_word", 0)))
    return None


def shift_day(parts: dict[str, Any], now: datetime) -> Day | Moment | None:
    """*two days ago*, *in an hour*, *a week from Friday*; None beyond the years that dates have."""
    length: Length = parts["duration"]
    sign = -1 if {"ago", "before"} & parts.keys() else 1
    day: Day | None = parts.get("date")
    start = datetime.combine(day.day, time(0)) if day else now
    moved = length.shift(start, sign)
    if moved is None:
        return None
    if length.has_time:
        return Moment((moved.replace(microsecond=0),))
    gap = moved.date() - start.date()
    return Day(moved.date(), tuple(other + gap for other in day.others) if day else ())


def _read_numeric(text: str, *, is_day_first: bool) -> Day:
    """04/21/2016, 2016-04-21, 21.4.16; both orders where numbers and language allow both."""
    a, b, c = re.split(r"[-/.]", text)
    if len(a) == 4:
        return Day(date(int(a), int(b), int(c)))
    year = int(c) if len(c) == 4 else _lengthen(int(c))
    # A day written with dots has its day first in every language.
    days = list(_list_days(int(a), int(b), year, is_day_first=is_day_first or "." in text))
    if not days:
        raise ValueError(text)
    return Day(days[0], () if is_day_first else tuple(days[1:]))


def _read_pair(text: str, today: date, *, is_day_first: bool) -> Day | None:
    a, b = map(int, re.split(r"[-/.]", text))
    days = [
        _next_in_year(month, day, today)
        for day, month in _orders(a, b, is_day_first=is_day_first)
        if 1 <= month <= 12 and 1 <= day <= 31
    ]
    if not days:
        return None
    return Day(days[0], () if is_day_first else tuple(days[1:]))


def _list_days(a: int, b: int, year: int, *, is_day_first: bool) -> Iterator[date]:
    for day, month in _orders(a, b, is_day_first=is_day_first):
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _orders(a: int, b: int, *, is_day_first: bool) -> list[tuple[int, int]]:
    """Day and month in both orders, the language's own first, once where they are the same."""
    orders = [(a, b), (b, a)] if is_day_first else [(b, a), (a, b)]
    return orders[:1] if a == b else orders


def _lengthen(year: int) -> int:
    return year + (1900 if year >= _PIVOT else 2000)


def _find_in_year(month: int, day: int, year: int | None, today: date) -> Day:
    if year:
        return Day(date(year, month, day))
    return Day(_next_in_year(month, day, today), is_yearless=True)


def _next_in_year(month: int, day: int, today: date) -> date:
    """The next such day from today on; February 29 may be eight years away."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError((month, day))


def _find_weekday(parts: dict[str, Any], today: date) -> Day | None:
    """*Friday*, *next Friday* (that of the next week, or the coming one), *Friday the 13th*."""
    weekday = parts.get("weekday") or parts["short_weekday"]
    if "day" in parts or "bare" in parts:
        day = parts.get("day") or parts["bare"]
        # Friday 6 may be an hour or a number of people.
        return Day(_find_matching(weekday, day, today)) if "day" in parts or day > 12 else None
    in_week = today + (weekday - today.isoweekday()) * _DAY
    if "rel" in parts:
        found = in_week + parts["rel"] * _WEEK
        nearest = in_week if (in_week > today) == (parts["rel"] > 0) else found
        is_sure = parts["rel"] == 0 or "week" in parts or in_week == today
        return Day(found, () if is_sure or nearest == found else (nearest,))
    coming = in_week if in_week >= today else in_week + _WEEK
    if "recent" in parts:
        return Day(coming - _WEEK)
    if "coming" in parts or "after_next" in parts:
        coming += (coming == today) * _WEEK
        return Day(coming + ("after_next" in parts) * _WEEK)
    return Day(coming, (coming + _WEEK,) if coming == today else ())


def _count_weekdays(parts: dict[str, Any], today: date) -> Day | None:
    """*two Sundays from now*: the second one to come."""
    count = parts["number"]
    if not isinstance(count, int) or count < 1:
        return None
    coming = today + ((parts["weekdays"] - today.isoweekday() - 1) % 7 + 1) * _DAY
    return Day(coming + (count - 1) * _WEEK)


def _find_matching(weekday: int, day: int, today: date) -> date:
    """*Thursday the 21st*: of this month, if it is one, else of the next month where it is."""
    for months in range(24):
        for found in _day_of_month(today, months, day):
            if found.isoweekday() == weekday:
                return found
    raise ValueError((weekday, day))


def _day_of_month(today: date, months: int, day: int) -> Iterator[date]:
    first = add_months(datetime.combine(today.replace(day=1), time(0)), months).date()
    try:
        yield first.replace(day=day)
    except ValueError:
        return


def _find_in_month(parts: dict[str, Any], today: date) -> Day | None:
    """*the 21st*, *the 20th of next month*."""
    months = [parts["rel"]] if "rel" in parts else range(12)
    for count in months:
        for day in _day_of_month(today, count, parts["day"]):
            if "rel" in parts or day >= today:
                return Day(day, is_bare="rel" not in parts)
    return None


def _find_nth(parts: dict[str, Any], today: date) -> Day | None:
    """*the second Monday of next month*, *the last Friday of May*, *the first day of the month*."""
    rank = parts.get("nth", -1)
    weekday = parts.get("weekday") or parts.get("short_weekday")
    if "month" in parts:
        year = read_year(parts, today)
        found = _nth_day(year or today.year, parts["month"], weekday, rank)
        if not year and found < today:
            found = _nth_day(today.year + 1, parts["month"], weekday, rank)
        return Day(found)
    first = _month_start(today, parts.get("rel", 0))
    found = _nth_day(first.year, first.month, weekday, rank)
    if "rel" in parts or found >= today:
        return Day(found)
    after = _month_start(today, 1)
    return Day(found, (_nth_day(after.year, after.month, weekday, rank),))


def _month_start(today: date, months: int) -> date:
    return add_months(datetime.combine(today.replace(day=1), time(0)), months).date()


def _nth_day(year: int, month: int, weekday: int | None, rank: int) -> date:
    """A month's weekday of this rank, or its day where no weekday is given; -1 is the last."""
    step = _WEEK if weekday else _DAY
    first = date(year, month, 1)
    if weekday:
        first += (weekday - first.isoweekday()) % 7 * _DAY
    found = first + (rank - 1) * step
    if rank < 0:
        found = first + (4 if weekday else 30) * step
        while found.month != month:
            found -= step
    if found.month != month:
        raise ValueError((month, weekday, rank))
    return found


def _find_holiday(parts: dict[str, Any], today: date) -> Day:
    """A feast, written in the language's file as 12-25, or 11-4-4: month, weekday, rank."""
    year = read_year(parts, today)
    years = [year] if year else [today.year, today.year + 1]
    days = [_holiday_in(parts["holiday"], y) for y in years]
    return Day(next((day for day in days if day >= today), days[0]))


def _holiday_in(rule: str, year: int) -> date:
    numbers = [int(n) for n in rule.split("-")]
    if len(numbers) == 2:
        return date(year, numbers[0], numbers[1])
    month, weekday, rank = numbers
    return _nth_day(year, month, weekday, rank)


def _find_relative(parts: dict[str, Any], today: date) -> Day:
    """*tomorrow*, *tonight*, *this morning*, *last night*."""
    part = parts.get("part_today") or parts.get("part_yesterday") or ""
    days = parts.get("relday", -1 if "part_yesterday" in parts else 0)
    return Day(today + days * _DAY, (), part)
