"""Texts as a speech recogniser writes them: lower case, no marks, every number in words."""

from __future__ import annotations

import re

_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
"""Those that do not just end in *th*."""
_NUMBER = re.compile(
    r"(?P<money>\$)?(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
    r"(?:(?P<ordinal>st|nd|rd|th)\b|:(?P<minutes>[0-5]\d)(?!\d)|\.(?P<decimals>\d+))?(?P<percent>%)?"
)
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")
_NO_WORD = re.compile(r"[^\w\s']|_|(?<!\w)'|'(?!\w)")
"""Marks, and apostrophes that are not within a word."""


def write_spoken(text: str) -> str:
    """``text`` as it is heard: ``"Wake me at 6:45, OK?"`` is ``"wake me at six forty five ok"``."""
    words = _NUMBER.sub(_say_match, text.translate(_APOSTROPHES).lower().replace("&", " and "))
    return " ".join(_NO_WORD.sub(" ", words).split())


def say_number(number: int) -> str:
    """A number of up to six digits in words; a longer one digit by digit."""
    if number >= 1_000_000:
        return " ".join(_ONES[int(digit)] for digit in str(number))
    parts = []
    if number >= 1000:
        parts.append(f"{say_number(number // 1000)} thousand")
    if number % 1000 >= 100:
        parts.append(f"{_ONES[number % 1000 // 100]} hundred")
    rest = number % 100
    if rest >= 20:
        parts.append(_TENS[rest // 10])
        rest %= 10
    if rest or not parts:
        parts.append(_ONES[rest])
    return " ".join(parts)


def say_ordinal(number: int) -> str:
    """``21`` is ``"twenty first"``."""
    before, space, last = say_number(number).rpartition(" ")
    if last not in _ORDINALS:
        last = f"{last[:-1]}ie" if last.endswith("y") else last
    return before + space + _ORDINALS.get(last, f"{last}th")


def _say_match(match: re.Match[str]) -> str:
    whole = int(match["whole"].replace(",", ""))
    said = say_ordinal(whole) if match["ordinal"] else say_number(whole)
    if match["minutes"] and match["minutes"] != "00":
        minutes = int(match["minutes"])
        said += f" {'oh ' if minutes < 10 else ''}{say_number(minutes)}"
    if match["decimals"]:
        said += " point " + " ".join(_ONES[int(digit)] for digit in match["decimals"])
    if match["money"]:
        said += " dollar" if whole == 1 and not match["decimals"] else " dollars"
    return f" {said}{' percent' if match['percent'] else ''} "
