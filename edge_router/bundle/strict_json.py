"""JSON from strangers: only the canonical form that we write, bounded in depth and size before the
parser sees it.
"""

from __future__ import annotations

import json
from typing import Any

from edge_router.bundle.refusal import refuse, show
from edge_router.errors import BundleError

MAX_DEPTH = 32
MAX_VALUES = 1_000_000
MAX_DIGITS = 20

JsonObject = dict[str, Any]


def parse_json(data: bytes, name: str) -> Any:
    """The value of ``data``; raises BundleError naming the member ``name``.

    ``data`` must be what :func:`dump_json` makes of the value: that alone excludes doubled keys,
    NaN, lone surrogates, needless escapes, other encodings and white space.
    """
    try:
        text = data.decode("utf-8")
        _check_shape(text)
        value = json.loads(text, parse_int=_parse_integer)
        is_canonical = dump_json(value) == data
    except (ValueError, RecursionError) as error:
        raise refuse(f"{name} is not the JSON that a bundle holds: {show(str(error))}") from error
    if not is_canonical:
        raise refuse(
            f"{name} is not in the canonical form: a key may stand twice, or the file was edited"
        )
    return value


def dump_json(value: Any) -> bytes:
    """Canonical bytes: sorted, no spaces, UTF-8. Raises ValueError for NaN or a lone surrogate,
    else TypeError.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


class ObjectReader:
    """Takes typed values out of a JSON object, and knows what was not taken; each wrong one is a
    BundleError.
    """

    def __init__(self, value: Any, where: str) -> None:
        """``where`` names the object in messages."""
        if not isinstance(value, dict):
            raise refuse(f"{where} must be an object")
        self._left = dict(value)
        self._where = where

    def take(self, key: str) -> Any:
        """Any value."""
        if key not in self._left:
            raise refuse(f"{self._where}: {key} is missing")
        return self._left.pop(key)

    def text(self, key: str, limit: int, *, may_be_empty: bool = False) -> str:
        """A text of at most ``limit`` characters."""
        value = self.take(key)
        if not isinstance(value, str) or len(value) > limit or not (value.strip() or may_be_empty):
            raise self.wrong(key, f"a text of at most {limit} characters")
        return value

    def integer(self, key: str, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self.take(key)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least} to {most}")
        return value

    def decimal(self, key: str, least: float, most: float) -> float:
        """A number from ``least`` to ``most`` that is written with a point or an exponent."""
        value = self.take(key)
        if type(value) is not float or not least <= value <= most:
            raise self.wrong(key, f"a decimal number from {least} to {most}")
        return value

    def boolean(self, key: str) -> bool:
        """True or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def mapping(self, key: str) -> JsonObject:
        """An object."""
        value = self.take(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "an object")
        return value

    def items(self, key: str, most: int) -> list[Any]:
        """A list of at most ``most`` values."""
        value = self.take(key)
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(key, f"a list of at most {most}")
        return value

    def integers(self, key: str, most: int, largest: int, *, least: int = 0) -> tuple[int, ...]:
        """At most ``most`` whole numbers from ``least`` to ``largest``."""
        values = self.items(key, most)
        if any(type(v) is not int or not least <= v <= largest for v in values):
            raise self.wrong(key, f"whole numbers from {least} to {largest}")
        return tuple(values)

    def finish(self, known_as: str) -> None:
        """Raises where a key was not taken; ``known_as`` names the format that does not have it."""
        if self._left:
            raise refuse(
                f"{self._where} has the key {show(min(self._left))}, which {known_as} does not have"
            )

    def wrong(self, key: str, wanted: str) -> BundleError:
        """The error that says what ``key`` must be."""
        return refuse(f"{self._where}: {key} must be {wanted}")


def _check_shape(text: str) -> None:
    """Counts brackets and commas outside strings: no parser has to build what is too deep or too
    much.
    """
    if text.count('"') > 4 * MAX_VALUES:
        raise ValueError("too many texts")
    # with the escapes gone, every second part between quotes is outside a string
    bare = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    if bare.count(",") + bare.count("[") + bare.count("{") > MAX_VALUES:
        raise ValueError("too many values")
    depth = 0
    for mark in bare:
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH}")
        elif mark in "]}":
            depth -= 1


def _parse_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)
