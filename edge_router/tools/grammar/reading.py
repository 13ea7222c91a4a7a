"""What a grammar finds in a text."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any


class Kind(enum.StrEnum):
    """What a part of a text means; a closed set."""

    INTEGER = "integer"
    """A whole number; the value is an ``int``."""
    NUMBER = "number"
    """A number with a fraction; the value is a ``float``."""
    ORDINAL = "ordinal"
    """A place in an order, *third*; the value is an ``int``, from the end where negative: -1 is
    *last*."""
    PERCENT = "percent"
    """A share; the value is the number before the sign: *20 %* is 20."""
    TEMPERATURE = "temperature"
    """A number of degrees; ``unit`` is ``C``, ``F``, ``K`` or ``degree``."""
    CURRENCY = "currency"
    """An amount of money; ``unit`` is an ISO 4217 code, or a name where no one country is meant."""
    QUANTITY = "quantity"
    """A number with any other unit."""
    DURATION = "duration"
    """A length of time; the value is ISO 8601, *two and a half hours* is ``PT2H30M``."""
    DATE = "date"
    """A day; the value is ISO 8601, ``2026-03-01``."""
    TIME = "time"
    """A time of day; the value is ISO 8601, ``18:00:00``."""
    DATETIME = "datetime"
    """A time on a day; the value is ISO 8601, ``2026-03-01T18:00:00``."""


Typed = int | float | date | time | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Recognized:
    """One part of a text that means a number, a time or the like."""

    kind: Kind
    """What it means."""
    text: str
    """The part of the text."""
    start: int
    """Its first character."""
    end: int
    """One past its last character."""
    value: Any
    """Its most likely meaning, as JSON has it: an int, a float, or ISO 8601 as a str."""
    typed: Typed
    """The same as a Python value: a date, time, datetime or timedelta where there is one."""
    unit: str | None = None
    """The unit of a quantity, temperature or amount of money."""
    others: tuple[Any, ...] = ()
    """What it may mean as well, as JSON has it: *at six* is ``06:00:00`` and ``18:00:00``."""
