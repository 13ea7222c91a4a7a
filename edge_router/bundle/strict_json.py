"""JSON from strangers: strict UTF-8, no doubled keys, no NaN, bounded depth and numbers; and the canonical form we write."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from edge_router.errors import BundleError

MAX_DEPTH = 32
MAX_DIGITS = 20
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def parse_json(data: bytes, name: str) -> Any:
    """The value of ``data``, or BundleError naming the member ``name``."""
    try:
        text = data.decode("utf-8")
        _check_depth(text, name)
        value = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant, parse_int=_bounded_int
        )
        if "\\u" in text:
            dump_json(value)  # an escaped lone surrogate is legal JSON and no text: encoding it raises ValueError
        return value
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is not the JSON a bundle holds ({error}); get the bundle again") from error


def dump_json(value: Any) -> bytes:
    """Canonical bytes: keys sorted, no spaces, UTF-8. Raises ValueError for NaN or infinity."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _check_depth(text: str, name: str) -> None:
    """Counts brackets outside strings before the recursive parser sees them."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise BundleError(f"{name} is nested deeper than {MAX_DEPTH}; get the bundle again")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)
