"""Gold for numbers, times and arguments: whether what was found is what a set has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from edge_router.tools.arguments import Kind, Recognized

KINDS = {
    "time": (Kind.TIME,),
    "date": (Kind.DATE,),
    "datetime": (Kind.DATETIME,),
    "duration": (Kind.DURATION,),
    "number": (Kind.INTEGER, Kind.NUMBER),
    "ordinal": (Kind.ORDINAL,),
    "percent": (Kind.PERCENT,),
    "temperature": (Kind.TEMPERATURE,),
    "currency": (Kind.CURRENCY,),
    "dimension": (Kind.QUANTITY,),
}
"""What the recognizers' files hold, in our kinds."""
_IGNORED = re.compile(r"[ ,./\-_*^]")
"""What BFCL's own check takes out of strings before it compares them."""


def is_recognized(kind: str, gold: Sequence[dict[str, Any]], found: Sequence[Recognized]) -> bool:
    """Whether a sentence's findings of a kind have the gold's places and values, none more or less.

    A day or a time of several readings counts as the gold's one for the future.
    """
    return len(gold) == len(found) and all(
        (g["start"], g["end"]) == (r.start, r.end) and _has_value(kind, g["value"], r)
        for g, r in zip(gold, found, strict=True)
    )


def _has_value(kind: str, gold: dict[str, Any], found: Recognized) -> bool:
    future = gold.get("FutureResolution") or {}
    if kind in ("time", "date"):
        return bool(future.get(kind) == found.value)
    if kind == "datetime":
        return bool(str(future.get("dateTime")).replace(" ", "T") == found.value)
    if kind == "duration":
        return _is_close(future.get("duration"), found.typed.total_seconds())  # type: ignore[union-attr]
    return _is_close(str(gold.get("value")).rstrip("%"), found.value)


def _is_close(gold: Any, value: float) -> bool:
    """Equal to the 15 digits that the gold is written with, in German with a comma."""
    try:
        number = float(gold.replace(",", ".") if isinstance(gold, str) else gold)
    except (TypeError, ValueError):
        return False
    return abs(number - value) <= 1e-9 * max(abs(number), abs(value))


def find_wrong(gold: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """The parameters whose value is not among the gold's; ``""`` there: it may be left out."""
    missed = [name for name, allowed in gold.items() if not _is_allowed(name, allowed, found)]
    return missed + [name for name in found if name not in gold]


def _is_allowed(name: str, allowed: list[Any], found: dict[str, Any]) -> bool:
    if name not in found:
        return "" in allowed
    return any(is_same(found[name], value) for value in allowed if value != "")


def is_same(a: Any, b: Any) -> bool:
    """Whether two values are equal as BFCL compares them: strings without case and signs."""
    if isinstance(a, str) and isinstance(b, str):
        return _plain(a) == _plain(b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(is_same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _is_close(a, b)
    return bool(a == b)


def _plain(text: str) -> str:
    return _IGNORED.sub("", text).casefold().replace("'", '"')
