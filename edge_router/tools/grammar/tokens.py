"""Tokens of a text: numerals, clock times, numeric dates, words and single signs, with their
places.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

MAX_DIGITS = 40
"""A longer numeral is no number that an argument could hold; reading it would only take time."""

# words first, which most tokens are: nothing else begins with a letter
_GRAMMAR = r"""
 (?P<word>[^\W\d_]+)
|(?P<iso>\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?!\w))
|(?P<clock>(?<!\w)\d{{1,2}}:\d\d(?::\d\d)?(?![\d:]))
|(?P<numeric_date>(?<![\w.])(?:\d{{4}}(?P<s>[-/.])\d{{1,2}}(?P=s)\d{{1,2}}
 |\d{{1,2}}(?P<t>[-/.])\d{{1,2}}(?P=t)(?:\d{{4}}|\d\d))(?![\w/]))
|(?P<slashed>(?<![\w./])(?<!\w-)(?!24/7)\d{{1,2}}/\d{{1,2}}(?![\w/]|-\d))
|(?P<dashed>(?<![\w./-])\d{{1,2}}-\d{{1,2}}(?![\w/]|-\d))
|(?P<power>\d+(?:\.\d+)?(?:e[+-]?|\s?[x×]\s?10\^[+-]?|\^-{{0,2}})\d{{1,2}}(?!\w))
|(?P<decimal>(?<!\d{comma})\d{{1,3}}(?:[{comma}\u00a0\u202f]\d{{2,3}})*[{comma}\u00a0\u202f]\d{{3}}
  (?:{point}\d+)?(?!{comma}?\d)
 |\d+{point}\d+|(?<![\w.,]){point}\d+|(?<!\d{comma})\d+{comma}\d{{1,2}}(?!{comma}?\d))
|(?P<digits>\d+)
|(?P<sign>[^\w\s]|_)
"""


class Token(NamedTuple):
    """One token."""

    form: str
    """The name of the group above that it is."""
    word: str
    """Lower-cased text."""
    start: int
    """Its first character."""
    end: int
    """One past its last character."""


class Tokenizer:
    """Splits texts in one pass; ``point`` is a language's decimal sign, ``comma`` the one between
    thousands.
    """

    def __init__(self, point: str, comma: str) -> None:
        pattern = _GRAMMAR.format(point=re.escape(point), comma=re.escape(comma))
        self._regex = re.compile(pattern, re.VERBOSE | re.IGNORECASE)
        self._point, self._comma = point, comma

    def tokenize(self, text: str) -> list[Token]:
        """All tokens of ``text`` in their order."""
        return [
            Token(match.lastgroup or "", match[0].lower(), *match.span())
            for match in self._regex.finditer(text)
        ]

    def read_numeral(self, token: Token) -> int | Fraction | None:
        """The value of a token of the forms digits, decimal and power; None where it has too many
        digits.
        """
        word = token.word
        if len(word) > MAX_DIGITS:
            return None
        if token.form == "digits":
            return int(word)
        if token.form == "power":
            return _read_power(word)
        return _whole(Fraction(self._to_plain(word)))

    def _to_plain(self, word: str) -> str:
        """A decimal as programs write it: ``1,234.5`` is 1234.5, and ``1,3`` is 1.3."""
        whole, point, part = word.rpartition(self._point)
        if not point:
            whole, comma, part = word.rpartition(self._comma)
            if comma and len(part) < 3:
                return f"{whole}.{part}"
            whole, part = word, "0"
        for sign in (self._comma, "\u00a0", "\u202f"):
            whole = whole.replace(sign, "")
        return f"{whole or 0}.{part}"


def read_form(token: Token, *, is_24_hours: bool) -> Any:
    """The value of a token that is no word: hour, minute, second and whether they can be meant in
    one way only, or the text.
    """
    if token.form != "clock":
        return token.word
    hour, minute, *second = token.word.split(":")
    is_sure = is_24_hours or hour.startswith("0")
    return int(hour), int(minute), int(second[0]) if second else 0, is_sure


def _read_power(word: str) -> int | Fraction | None:
    """1.5e3, 1.5x10^3 and 1.5^3."""
    first, _, power = re.sub(r"\s?[x×]\s?10\^", "e", word).replace("--", "").partition("e")
    base, _, exponent = first.partition("^")
    if exponent and (not Fraction(base) or len(base) > MAX_DIGITS // 4):
        return None
    return _whole(Fraction(base) ** int(exponent or 1) * Fraction(10) ** int(power or 0))


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def to_plain(value: Any) -> int | float:
    """A number as JSON has it: an int where it is whole, else the nearest float."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return float(value)
    return int(value)
