"""Values as JSON has them: what a default is written as, and what a tool's answer is told as."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from edge_router.tools.duration import format_duration

_MAX_DEPTH = 50  # deeper than any answer that is read; finds what holds itself


def to_json(value: Any) -> Any:
    """``value`` in JSON's types: dates, times and durations as ISO 8601, records as objects, sets
    as lists; raises TypeError for anything else.
    """
    return _to_json(value, 0)


def _to_json(value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise TypeError(f"nested deeper than {_MAX_DEPTH}, or holds itself")
    if isinstance(value, enum.Enum):
        return _to_json(value.value, depth + 1)
    if isinstance(value, Mapping):
        return {_key(key): _to_json(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_json(part, depth + 1) for part in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _to_json(getattr(value, field.name), depth + 1) for field in fields}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal) and isfinite(value):
        return float(value)
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, timedelta) and value >= timedelta(0):
        return format_duration(value)
    raise TypeError(f"JSON has no word for {type(value).__name__} {value!r:.40}")


def _key(key: Any) -> str:
    key = key.value if isinstance(key, enum.Enum) else key
    if not isinstance(key, str):
        raise TypeError(f"JSON has no key {key!r:.40}; keys are texts")
    return key
