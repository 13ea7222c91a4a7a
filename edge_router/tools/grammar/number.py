"""A number as a token, and what else it may be: an hour, a day of a month, a year."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

_LAST_HOUR, _LAST_MINUTE, _LAST_DAY = 24, 59, 31


class Number(NamedTuple):
    """A number in a text."""

    value: int | Fraction
    """What it is."""
    form: str
    """digits, decimal, slashed, spelled, ordinal, or composed of several of these."""
    width: int
    """How many digits it is written with; 0 where it is spelled."""

    def list_classes(self) -> frozenset[str]:
        """The classes of tokens that it belongs to."""
        return frozenset(self._find_classes())

    def _find_classes(self) -> Iterator[str]:
        if self.form == "ordinal":
            yield "ordinal"
            if 1 <= self.value <= _LAST_DAY:
                yield from ("day", "dayth", *(("dayth_digits",) if self.width else ()))
            return
        yield "number"
        if self.form == "slashed":
            yield from ("slashed", "pair")
        elif self.form == "decimal":
            yield from self._find_decimal_classes()
        elif isinstance(self.value, int) and self.value >= 0:
            yield "whole"
            yield from self._find_whole_classes(int(self.value))

    def _find_decimal_classes(self) -> Iterator[str]:
        """8.30 may be a time, and 4.22 a date."""
        if self.width == 2 and self.value < _LAST_HOUR + 1:
            yield "dotted"
        if 1 <= self.width <= 2 and 1 <= self.value < _LAST_DAY + 1:
            yield "pair" if self.width == 2 else "short_pair"

    def _find_whole_classes(self, value: int) -> Iterator[str]:
        is_spelled = self.form == "spelled"
        if value <= _LAST_HOUR and self.width <= 2:
            yield "hour"
        if value <= _LAST_MINUTE and self.width <= 2:
            yield "minute"
            if self.width == 2 or (is_spelled and value >= 10):
                yield "minute2"
        if 1 <= value <= _LAST_DAY and self.width <= 2 and not (is_spelled and value == 1):
            yield "day"
            if not is_spelled:
                yield "day_digits"
        if value < 10 and is_spelled:
            yield "digit_word" if value else "nought"
        if 1000 <= value < 3000 and self.width in (0, 4):
            yield "year"
        if 10 <= value < 100 and is_spelled:
            yield "half_year"  # nineteen seventy eight
        if self.width in (3, 4) and value // 100 <= _LAST_HOUR and value % 100 <= _LAST_MINUTE:
            yield "compact"  # 340 pm, 1530


def list_class_sets() -> set[frozenset[str]]:
    """Every set of classes that a number may belong to."""
    values = (-1, 0, 1, 2, 10, 12, 13, 24, 25, 31, 32, 59, 60, 99, 100, 199, 999, 1000, 1060, 2000,
              2399, 2500, 2999, 3000)  # fmt: skip
    sets = {
        Number(value, form, width).list_classes()
        for value in values
        for form in ("digits", "spelled", "ordinal", "decimal", "slashed")
        for width in range(6)
    }
    return sets | {Number(Fraction(1, 2), "spelled", 0).list_classes()}
