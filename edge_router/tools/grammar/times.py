"""Times of day, from the parts of a pattern."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from edge_router.tools.grammar.meaning import Clock

_SPOKEN_MINUTES = {5, 10, 20, 25}
"""What stands before *to* and an hour without the word minutes; *9 to 5* is no time."""


def build_time(parts: dict[str, Any]) -> Clock | None:
    """A time of day; None where the parts make none, like 25:00."""
    if "named_time" in parts and not {"past", "to"} & parts.keys():
        return Clock(parts["named_time"])
    face = _read_face(parts)
    if face is None:
        return None
    hour, minute, second, is_sure = face
    half = _find_half(parts)
    if half and hour <= 12:
        hour, is_sure = apply_half(hour, half), True
    shift = _read_shift(parts)
    if shift is None:
        return None
    total = (hour * 60 + minute + shift) % (24 * 60)
    return Clock(total // 60, total % 60, second, is_sure)


def apply_half(hour: int, half: str) -> int:
    """The hour from 0 to 23 that an hour from 0 to 12 is in a part of the day."""
    if half in ("am", "morning"):
        return hour % 12
    if half == "night" and hour % 12 < 5:
        return hour % 12
    if half == "noon" and hour >= 10:
        return hour
    if half == "evening" and hour == 12:
        return 0
    return hour % 12 + 12


def make_sure(clock: Clock, half: str) -> Clock:
    """The time in a part of the day."""
    if clock.is_sure or not half:
        return clock
    return Clock(apply_half(clock.hour, half), clock.minute, clock.second)


def _read_face(parts: dict[str, Any]) -> tuple[int, int, int, bool] | None:
    """Hour, minute, second, and whether they can be meant in one way only."""
    second, is_sure = 0, False
    if "named_time" in parts:
        return int(parts["named_time"]), 0, 0, True
    if "clock" in parts:
        hour, minute, second, is_sure = parts["clock"]
    elif "compact" in parts:
        hour, minute = divmod(parts["compact"], 100)
    elif "dotted" in parts:
        hour, minute = divmod(int(parts["dotted"] * 100), 100)
    else:
        hour = parts["hour"]
        minute = parts.get("minute2", parts.get("minute", 0))
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute):
        return None
    return hour % 24, minute, second, is_sure or hour > 12 or hour == 0


def _find_half(parts: dict[str, Any]) -> str:
    if "am" in parts or "pm" in parts:
        return "am" if "am" in parts else "pm"
    return str(parts.get("daypart", ""))


def _read_shift(parts: dict[str, Any]) -> int | None:
    """Minutes from the hour named: *quarter to* is -15; None where they are no such minutes."""
    shift = int(parts.get("toward", 0))  # German: halb acht is half an hour before eight
    if not {"past", "to"} & parts.keys():
        return shift + 30 * ("half" in parts)  # British: half ten is half past ten
    amount = parts.get("amount", 30 if "half" in parts else 15)
    if "duration" in parts:
        amount = parts["duration"].seconds / 60
    elif isinstance(amount, Fraction):
        amount *= 60
    elif "to" in parts and "amount" in parts and amount not in _SPOKEN_MINUTES:
        return None
    if amount >= 60 or amount != int(amount) or amount < 0:
        return None
    return shift + (int(amount) if "past" in parts else -int(amount))
