"""Number words that a language writes together: *einundzwanzig*, *zweihundertfünf*."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def join_numbers(
    rule: Mapping[str, str] | None, words: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, int]]:
    """Word, class and value of every joined number up to 999 that ``rule`` makes of a language's
    ``words``.

    ``{"and": "und", "hundred": "hundert", "ordinal": "ste|sten"}``: the unit comes before the ten.
    """
    if rule is None:
        return
    small = dict(_join_tens(rule, words))
    units = [(word, value) for value, word in _list_class(words, "n1")]
    hundreds = [("", 1), *((word, value) for word, value in units if value > 1)]
    joined = {word: value for word, value in small.items() if value > 20}
    for prefix, count in hundreds:
        joined[f"{prefix}{rule['hundred']}"] = 100 * count
        for word, value in small.items():
            joined[f"{prefix}{rule['hundred']}{word}"] = 100 * count + value
    for word, value in joined.items():
        yield word, "n99", value
        if value % 100 > 19 or value % 100 == 0:
            for ending in rule["ordinal"].split("|"):
                yield word + ending, "ordinal", value


def _join_tens(
    rule: Mapping[str, str], words: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, int]]:
    """Every number word from 1 to 99."""
    for class_name in ("n1", "n10", "n20"):
        yield from ((word, value) for value, word in _list_class(words, class_name))
    for ten, ten_word in _list_class(words, "n20"):
        for unit, unit_word in _list_class(words, "n1"):
            yield f"{unit_word}{rule['and']}{ten_word}", ten + unit


def _list_class(words: Mapping[str, Mapping[str, Any]], class_name: str) -> list[tuple[int, str]]:
    return [(int(v[class_name]), word) for word, v in words.items() if class_name in v]
