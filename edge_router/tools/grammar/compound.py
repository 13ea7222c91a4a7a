"""Number words that a language writes together: *einundzwanzig*, *zweihundertfünf*, *dreieinhalb*,
*zehntausend*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any


def join_numbers(
    rule: Mapping[str, Any] | None, words: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, int | Fraction]]:
    """Word, class and value of every joined number up to 999 that ``rule`` makes of a language's
    ``words``.

    ``{"units": {"1": "ein"}, "and": "und", "hundred": "hundert", "half": "einhalb", "ordinal":
    "ste|sten"}``: the unit comes before the ten.
    """
    if rule is None:
        return
    units = [(word, int(v)) for v, text in rule["units"].items() for word in text.split("|")]
    small = dict(_join_tens(rule, units, words))
    joined = {word: value for word, value in small.items() if value > 20}
    for prefix, count in (("", 1), *units):
        joined[f"{prefix}{rule['hundred']}"] = 100 * count
        for word, value in small.items():
            joined[f"{prefix}{rule['hundred']}{word}"] = 100 * count + value
    for word, value in joined.items():
        yield word, "n99", value
        if value % 100 > 19 or value % 100 == 0:
            yield from ((word + ending, "ordinal", value) for ending in rule["ordinal"].split("|"))
    for word, value in units:
        yield word + rule["half"], "mixed", Fraction(2 * value + 1, 2)


def split_thousands(word: str, rule: Mapping[str, Any], words: Mapping[str, Any]) -> int | None:
    """The value of a word like *zehntausendfünf*; None for any other word."""
    before, thousand, after = word.partition(rule["thousand"])
    if not thousand or not before:
        return None
    units = {w: int(v) for v, text in rule["units"].items() for w in text.split("|")}
    count = units.get(before) or _read_joined(words.get(before))
    rest = (units.get(after) or _read_joined(words.get(after))) if after else 0
    return None if count is None or rest is None else count * 1000 + rest


def _read_joined(entry: Any) -> int | None:
    values = entry.values if entry else {}
    return next((values[name] for name in ("n1", "n10", "n20", "n99") if name in values), None)


def _join_tens(
    rule: Mapping[str, Any], units: list[tuple[str, int]], words: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, int]]:
    """Every number word from 1 to 99."""
    for class_name in ("n1", "n10", "n20"):
        yield from ((word, int(v[class_name])) for word, v in words.items() if class_name in v)
    tens = [(word, int(v["n20"])) for word, v in words.items() if "n20" in v]
    for ten_word, ten in tens:
        for unit_word, unit in units:
            yield f"{unit_word}{rule['and']}{ten_word}", ten + unit
