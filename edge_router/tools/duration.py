"""Durations as ISO 8601 writes them (``PT1H30M``), to and from ``timedelta``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

_MAX_DAYS = 1_000_000  # nearly 2,740 years, far inside what a timedelta holds
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,7})W|(?:(?P<years>\d{1,7})Y)?(?:(?P<months>\d{1,7})M)?"
    r"(?:(?P<days>\d{1,7})D)?(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?)",
    re.ASCII,
)


def is_duration(text: str) -> bool:
    """Whether ``text`` is a duration; months and years may be in it."""
    match = _DURATION.fullmatch(text)
    return match is not None and any(match.groups())


def parse_duration(text: str) -> timedelta:
    """The time span that ``text`` says; raises ValueError where it is none, or has months or years,
    whose length varies.

    >>> parse_duration("PT1H30M")
    datetime.timedelta(seconds=5400)
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"{text[:40]!r} is no duration like PT1H30M")
    parts: dict[str, Any] = {name: digits for name, digits in match.groupdict().items() if digits}
    if parts.keys() & {"years", "months"}:
        raise ValueError(f"{text[:40]!r} has months or years, whose length varies; give days")
    # seconds by way of microseconds: a binary fraction would lose some
    whole, _, fraction = parts.pop("seconds", "0").partition(".")
    span = timedelta(seconds=int(whole), microseconds=int(fraction[:6].ljust(6, "0")))
    span += timedelta(**{unit: int(digits) for unit, digits in parts.items()})
    if span.days > _MAX_DAYS:
        raise ValueError(f"{text[:40]!r} is longer than {_MAX_DAYS} days")
    return span


def format_duration(span: timedelta) -> str:
    """``PT1H30M`` for an hour and a half; raises ValueError for a negative span.

    >>> format_duration(timedelta(days=1, seconds=90, milliseconds=500))
    'P1DT1M30.5S'
    """
    if span < timedelta(0):
        raise ValueError("a duration cannot be negative")
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06}".rstrip("0") if span.microseconds else ""
    days = f"{span.days}D" if span.days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    return f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"
