"""What times, days and lengths of time mean, before they are written as ISO 8601."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

UNIT_SECONDS = {
    "Y": 365 * 86_400,
    "M": 30 * 86_400,
    "W": 7 * 86_400,
    "D": 86_400,
    "h": 3_600,
    "m": 60,
    "s": 1,
}
"""Seconds of a unit of time; a year has 365 days and a month 30, where a sum must be told."""
_SMALLER = (
    ("Y", "M", 12), ("M", "D", 30), ("W", "D", 7), ("D", "h", 24), ("h", "m", 60), ("m", "s", 60),
)  # fmt: skip
_MAX_SECONDS = 10**13  # a timedelta holds not much more, and no argument needs it


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time."""

    parts: tuple[tuple[int | Fraction, str], ...]
    """Amounts of units, as the text has them; a unit is a key of :data:`UNIT_SECONDS`."""

    @property
    def seconds(self) -> int | Fraction:
        """The whole in seconds."""
        return sum(number * UNIT_SECONDS[unit] for number, unit in self.parts)

    @property
    def has_time(self) -> bool:
        """Whether it is no whole number of days and months."""
        months, seconds = self._split()
        return months.denominator > 1 or seconds % UNIT_SECONDS["D"] != 0

    def is_possible(self) -> bool:
        """Whether it is one that ISO 8601 and a timedelta can hold."""
        return 0 <= self.seconds < _MAX_SECONDS

    def to_timedelta(self) -> timedelta:
        """As a timedelta."""
        seconds = self.seconds
        return timedelta(seconds=int(seconds), microseconds=int(seconds % 1 * 1_000_000))

    def to_iso(self) -> str:
        """``P1Y2M3DT4H5M6S``; a part of a unit goes to the smaller ones, 2.5 h is ``PT2H30M``."""
        amounts: dict[str, int | Fraction] = dict.fromkeys(UNIT_SECONDS, 0)
        for number, unit in self.parts:
            amounts[unit] += number
        for unit, smaller, count in _SMALLER:
            amounts[smaller] += amounts[unit] % 1 * count
            amounts[unit] //= 1
        days = "".join(f"{int(amounts[u])}{u}" for u in "YMWD" if amounts[u])
        hours = "".join(f"{int(amounts[u])}{u.upper()}" for u in "hm" if amounts[u])
        if amounts["s"] or not days + hours:
            hours += f"{_write_seconds(amounts['s'])}S"
        return f"P{days}T{hours}" if hours else f"P{days}"

    def _split(self) -> tuple[int | Fraction, int | Fraction]:
        """Months, and seconds beside them."""
        months = sum(n * (12 if unit == "Y" else 1) for n, unit in self.parts if unit in "YM")
        seconds = sum(n * UNIT_SECONDS[unit] for n, unit in self.parts if unit not in "YM")
        return months, seconds

    def shift(self, start: datetime, sign: int) -> datetime | None:
        """The moment this long after ``start``, before it where ``sign`` is -1; None beyond the
        years that dates have.
        """
        months, seconds = self._split()
        seconds += months % 1 * UNIT_SECONDS["M"]
        try:
            moved = add_months(start, sign * int(months))
            return moved + sign * timedelta(seconds=int(seconds))
        except (OverflowError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day."""

    hour: int
    """0 to 23."""
    minute: int = 0
    """0 to 59."""
    second: int = 0
    """0 to 59."""
    is_sure: bool = True
    """Whether it is known to be in the morning or the afternoon."""

    def readings(self) -> tuple[time, ...]:
        """The times that it may be, the likelier first."""
        first = time(self.hour, self.minute, self.second)
        if self.is_sure:
            return (first,)
        return (first, time((self.hour + 12) % 24, self.minute, self.second))


@dataclass(frozen=True, slots=True)
class Day:
    """A day."""

    day: date
    """The likeliest."""
    others: tuple[date, ...] = ()
    """What it may be as well."""
    part: str = ""
    """morning, noon, afternoon, evening or night, where the text says so."""
    is_bare: bool = False
    """Whether only the day of the month is named."""
    is_yearless: bool = False
    """Whether the year is told from today alone."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on a day."""

    readings: tuple[datetime, ...]
    """What it may be, the likeliest first."""


def add_months(start: datetime, months: int) -> datetime:
    """The same day of another month, or its last; raises ValueError beyond the years of dates."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)


def _write_seconds(seconds: Fraction | int) -> str:
    if seconds == int(seconds):
        return str(int(seconds))
    return f"{float(seconds):.6f}".rstrip("0").rstrip(".")
