"""Counts a number's words together."""

from __future__ import annotations

from fractions import Fraction

_UNSCALED = 10**30  # above every scale that a language names


class Count:
    """A cardinal being read: groups below a scale, then the scale, then the next group."""

    room: int
    """What the next part must be below."""

    def __init__(self) -> None:
        self._total: int | Fraction = 0
        self._group: int | Fraction = 0
        self._is_begun = self._has_hundred = False
        self._scale: int | Fraction = _UNSCALED
        self.room = 1

    @property
    def value(self) -> int | Fraction:
        """The number so far."""
        return self._total + self._group

    def add(self, value: int | Fraction, room: int, *, is_first: bool) -> bool:
        """Adds a unit, a ten or a numeral, if there is room for it."""
        if not is_first and value >= self.room:
            return False
        self._group += value
        self.room = room
        self._is_begun = True
        return True

    def multiply(self, by: int, *, is_last: bool = False) -> bool:
        """Multiplies by a hundred or a scale, if none as small has been."""
        if self._total and not self._is_begun:
            return self._multiply_total(by)
        if by >= self._scale or (by == 100 and self._has_hundred):
            return False
        group = self._group if self._is_begun else 1
        if by == 100:
            self._group, self.room, self._is_begun = group * by, 100, True
            self._has_hundred = True
            return True
        self._total += group * by
        self._group, self.room, self._is_begun = 0, 0 if is_last else by, False
        self._scale, self._has_hundred = by, False
        return True

    def _multiply_total(self, by: int) -> bool:
        """*three lakh crore*: a larger scale counts for all before it."""
        if by <= self._scale:
            return False
        self._total *= by
        self.room, self._scale = by, by
        return True
