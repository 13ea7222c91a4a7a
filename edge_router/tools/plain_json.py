"""Which values are plain JSON, of a size that a bundle's manifest holds."""

from __future__ import annotations

from math import isfinite
from typing import Any

from edge_router.examples import is_unicode

# What a manifest holds at most: better refused here than after the training.
MAX_DEPTH = 24
MAX_VALUES = 10_000


def is_plain_json(value: Any) -> bool:
    """JSON of bounded depth and size; YAML can also make dates, keys that are numbers, values that
    hold themselves.
    """
    left, count = [(value, 0)], 0
    while left:
        item, depth = left.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_VALUES:
            return False
        if isinstance(item, dict):
            left += [(part, depth + 1) for pair in item.items() for part in pair]
            if not all(isinstance(key, str) for key in item):
                return False
        elif isinstance(item, list):
            left += [(part, depth + 1) for part in item]
        elif not _is_plain_value(item):
            return False
    return True


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, str):
        return is_unicode(value)
    if isinstance(value, float):
        return isfinite(value)
    return (
        value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**19)
    )
