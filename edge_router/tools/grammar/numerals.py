"""Numbers in words and digits: *three hundred and five*, *two and a half million*, *minus 1/4*."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from edge_router.tools.grammar.count import Count
from edge_router.tools.grammar.language import Entry, Language
from edge_router.tools.grammar.line import Found, Line, replace
from edge_router.tools.grammar.number import Number
from edge_router.tools.grammar.tokens import Token

_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5),
           "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8),
           "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip
_STARTS = {"n1", "n10", "n20", "n99", "mixed", "zero", "hundred", "scale", "a", "minus", "half",
           "denominator", "ordinal", "sign_minus"}  # fmt: skip


def read_numbers(language: Language, tokens: list[Token], entries: list[Entry]) -> Line:
    """The text's line, its numbers as single tokens."""
    scanner = _Scanner(language, tokens, [entry.values for entry in entries])
    marked = []
    for first, stop, number in scanner.find_all():
        value: Any = number.value
        if number.form in ("slashed", "decimal"):  # 4/22 and 4.22 may be days, too
            word = tokens[first].word
            value = {
                "number": value,
                "dotted": value,
                "slashed": word,
                "pair": word,
                "short_pair": word,
            }
        mark = language.number_marks[number.list_classes()]
        marked.append((Found(first, stop, value), mark))
    line = Line(
        "".join(entry.mark for entry in entries),
        [entry.values for entry in entries],
        [token.start for token in tokens],
        [token.end for token in tokens],
    )
    return replace(line, marked)


class _Scanner:
    """Reads one text's numbers; every method answers a value and where it stops, or None."""

    def __init__(
        self, language: Language, tokens: list[Token], words: list[Mapping[str, Any]]
    ) -> None:
        self._read_numeral = language.tokenizer.read_numeral
        self._tokens = tokens
        # Two words of nothing at the end spare every look ahead a check of the length.
        self._words = [*words, {}, {}, {}]
        self._numerals: list[int | Fraction | None] = [None] * (len(tokens) + 3)
        for place, token in enumerate(tokens):
            if token.form in ("digits", "decimal", "power"):
                self._numerals[place] = self._read_numeral(token)
            elif token.word in _VULGAR:
                self._numerals[place] = Fraction(*_VULGAR[token.word])

    def find_all(self) -> list[tuple[int, int, Number]]:
        found: list[tuple[int, int, Number]] = []
        place = 0
        while place < len(self._tokens):
            hit = None
            if self._numerals[place] is not None or not _STARTS.isdisjoint(self._words[place]):
                hit = self._read_ordinal(place) or self._read_number(place)
            elif self._tokens[place].form == "slashed":
                hit = self._read_number(place)
            if hit:
                number, stop = hit
                found.append((place, stop, number))
                place = stop
            else:
                place += 1
        return found

    def _read_ordinal(self, place: int) -> tuple[Number, int] | None:
        """*twenty-first*, *two hundredth*, *11th*; single words are known as ordinals already."""
        cardinal = self._read_cardinal(place)
        if cardinal is None:
            return None
        value, room, stop = cardinal
        word = self._words[stop]
        if self._tokens[place].form == "digits":
            is_ordinal = "ordinal_ending" in word and self._is_glued(stop) and stop == place + 1
            return (Number(value, "ordinal", 1), stop + 1) if is_ordinal else None
        stop += "hyphen" in word and "ordinal" in self._words[stop + 1]
        rank = self._words[stop].get("ordinal")
        if not isinstance(rank, int) or self._is_unit_instead(place, stop):
            return None
        if rank < room:
            return Number(value + rank, "ordinal", 0), stop + 1
        return (
            (Number(value * rank, "ordinal", 0), stop + 1) if rank >= 100 and value < 100 else None
        )

    def _is_unit_instead(self, place: int, stop: int) -> bool:
        """*twenty second timer* is a length, *the twenty second* a day."""
        if "time_unit" not in self._words[stop]:
            return False
        is_named = place > 0 and "the" in self._words[place - 1]
        return not (is_named or "of" in self._words[stop + 1] or "month" in self._words[stop + 1])

    def _read_number(self, place: int) -> tuple[Number, int] | None:
        """A number with its sign."""
        word = self._words[place]
        is_minus = "minus" in word or ("sign_minus" in word and self._is_sign(place))
        start = place + is_minus
        hit = self._read_unsigned(start)
        if hit is None:
            return None
        value, stop = hit
        if isinstance(value, Fraction) and value.denominator == 1:
            value = int(value)
        form, width = self._describe(start, stop)
        return Number(-value if is_minus else value, form, width), stop

    def _is_sign(self, place: int) -> bool:
        """Whether a dash stands before a number and after a space."""
        is_free = place == 0 or not (self._is_glued(place) or self._numerals[place - 1] is not None)
        return is_free and place + 1 < len(self._tokens) and self._is_glued(place + 1)

    def _describe(self, start: int, stop: int) -> tuple[str, int]:
        """Form and number of digits."""
        token = self._tokens[start]
        if stop == start + 1 and token.form == "slashed":
            return "slashed", 0
        if stop > start + 1 or token.form not in ("digits", "decimal"):
            return "spelled" if token.form == "word" else "composed", 0
        if token.form == "digits":
            return "digits", len(token.word)
        return "decimal", len(token.word) - 1 - max(token.word.rfind("."), token.word.rfind(","))

    def _read_unsigned(self, place: int) -> tuple[int | Fraction, int] | None:
        fraction = self._read_fraction(place)
        if fraction:
            return self._read_scaled(*fraction)
        has_article = "a" in self._words[place]
        cardinal = self._read_cardinal(place + has_article)
        if cardinal is None or (has_article and not self._is_round(place + 1)):
            return None
        value, _, stop = cardinal
        if self._is_pronoun(place, stop):
            return None
        return self._read_tail(value, stop)

    def _is_round(self, place: int) -> bool:
        """Whether a word may follow an article: *a hundred*, *a dozen*."""
        return not {"hundred", "scale", "dozen"}.isdisjoint(self._words[place])

    def _is_pronoun(self, place: int, stop: int) -> bool:
        """*the one*, *which one*, *the third one*."""
        is_one = stop == place + 1 and self._words[place].get("n1") == 1
        before = self._words[place - 1] if place else {}
        return is_one and not {"before_pronoun", "ordinal"}.isdisjoint(before)

    def _read_tail(self, value: int | Fraction, stop: int) -> tuple[int | Fraction, int]:
        """What follows a cardinal: a decimal part, a fraction, a divisor."""
        word = self._words[stop]
        if "point" in word and (part := self._read_decimals(stop + 1)):
            return value + part[0], part[1]
        if self._tokens_form(stop) == "slashed" and (pair := self._read_pair(stop)):
            return value + pair, stop + 1
        if isinstance(self._numerals[stop], Fraction) and self._tokens[stop].word in _VULGAR:
            return value + Fraction(self._numerals[stop] or 0), stop + 1
        if "and" in word and (fraction := self._read_fraction(stop + 1)):
            return self._add_fraction(value, stop, *fraction)
        if "over" in word and (below := self._read_cardinal(stop + 1)) and self._is_last(below[2]):
            return (Fraction(value) / below[0], below[2]) if below[0] else (value, stop)
        return value, stop

    def _is_last(self, stop: int) -> bool:
        """Whether no word follows."""
        return stop >= len(self._tokens) or self._tokens[stop].form == "sign"

    def _add_fraction(
        self, value: int | Fraction, stop: int, fraction: Fraction, end: int
    ) -> tuple[int | Fraction, int]:
        """*five and a half million*, *one million and a half*: the scale counts for both."""
        scale = self._words[end].get("scale")
        if scale:
            is_scaled = value < scale
            return ((value + fraction) * scale if is_scaled else value + fraction * scale), end + 1
        before = self._words[stop - 1].get("scale", 0)
        return value + fraction * (before if before >= 10**6 else 1), end

    def _read_scaled(self, fraction: Fraction, stop: int) -> tuple[Fraction, int]:
        """*half a million*, *two thirds of a million*, *three quarters million*."""
        end = stop
        end += "of" in self._words[end]
        end += "a" in self._words[end]
        scale = self._words[end].get("scale") or self._words[end].get("dozen")
        return (fraction * scale, end + 1) if scale else (fraction, stop)

    def _read_fraction(self, place: int) -> tuple[Fraction, int] | None:
        """*a fifth*, *three quarters*, *1/4*, *half* where a number follows, *one-eighth*."""
        if self._tokens_form(place) == "slashed" and (pair := self._read_pair(place)):
            return pair, place + 1
        word = self._words[place]
        if "half" in word and self._is_scale_next(place + 1):
            return Fraction(1, 2), place + 1
        if "a" in word or "half" in word:
            return self._read_one_part(place, place + ("a" in word))
        if word.get("n1") == 1 and "denominator" in self._words[place + 1]:
            return self._read_one_part(place, place + 1)
        if "denominator" in word and "scale" in self._words[place + 1]:
            return Fraction(1, word["denominator"]), place + 1
        return self._read_parts(place)

    def _is_scale_next(self, place: int) -> bool:
        word = self._words[place + ("a" in self._words[place])]
        return not {"scale", "dozen"}.isdisjoint(word)

    def _read_one_part(self, place: int, stop: int) -> tuple[Fraction, int] | None:
        below = self._words[stop].get("denominator")
        is_alone = stop == place and not (place > 0 and "and" in self._words[place - 1])
        return (Fraction(1, below), stop + 1) if below and not is_alone else None

    def _read_parts(self, place: int) -> tuple[Fraction, int] | None:
        cardinal = self._read_cardinal(place, is_above=True)
        if cardinal is None:
            return None
        above, _, stop = cardinal
        stop += "hyphen" in self._words[stop] and not {"denominator", "denominators"}.isdisjoint(
            self._words[stop + 1]
        )
        name = "denominator" if above == 1 else "denominators"
        below = self._words[stop].get(name)
        return (Fraction(above) / below, stop + 1) if below else None

    def _read_pair(self, place: int) -> Fraction | None:
        above, below = self._tokens[place].word.split("/")
        return Fraction(int(above), int(below)) if int(below) else None

    def _read_decimals(self, place: int) -> tuple[Fraction, int] | None:
        """*five oh two* after a point; a longer number stands for its digits: *point eleven*."""
        digits, stop = "", place
        while len(digits) < 20:
            word = self._words[stop]
            numeral = self._numerals[stop]
            value = numeral if isinstance(numeral, int) else word.get("zero", word.get("n1"))
            if value is None:
                break
            digits, stop = digits + str(value), stop + 1
        if not digits and (cardinal := self._read_cardinal(place)):
            digits, stop = str(cardinal[0]), cardinal[2]
        return (Fraction(int(digits), 10 ** len(digits)), stop) if digits.isdecimal() else None

    def _read_cardinal(
        self, place: int, *, is_above: bool = False
    ) -> tuple[int | Fraction, int, int] | None:
        """Value, what a further part must be below, and where it stops; ``is_above``: it counts the
        parts of a fraction.
        """
        if "zero" in self._words[place]:
            return 0, 0, place + 1
        count = Count()
        stop = place
        while True:
            at = stop if stop == place else self._skip_joint(stop, is_above=is_above)
            if not self._add_word(count, at, is_first=at == place):
                break
            stop = at + 1
        return (count.value, count.room, stop) if stop > place else None

    def _add_word(self, count: Count, at: int, *, is_first: bool) -> bool:
        numeral, word = self._numerals[at], self._words[at]
        if numeral is not None:
            may_follow = isinstance(numeral, int) and "and" in self._words[at - 1]
            return (is_first or may_follow) and count.add(numeral, 1, is_first=is_first)
        for name, room in (("n1", 1), ("n10", 1), ("n20", 10), ("n99", 1), ("mixed", 1)):
            if name in word:
                return count.add(word[name], room, is_first=is_first)
        if "scale_sign" in word:
            return self._numerals[at - 1] is not None and count.multiply(word["scale_sign"])
        for name in ("hundred", "scale"):
            if name in word:
                return count.multiply(word[name])
        is_counted = not is_first or "a" in self._words[at - 1]
        return "dozen" in word and is_counted and count.multiply(word["dozen"], is_last=True)

    def _skip_joint(self, at: int, *, is_above: bool) -> int:
        """Past a hyphen or an *and* where a number goes on behind it."""
        word = self._words[at]
        if "hyphen" in word and not {"n20", "hundred", "scale"}.isdisjoint(self._words[at - 1]):
            return at + 1
        joins = "and" in word and not {"n20", "hundred", "scale"}.isdisjoint(self._words[at - 1])
        return at + 1 if joins and not is_above and not self._read_fraction(at + 1) else at

    def _tokens_form(self, place: int) -> str:
        return self._tokens[place].form if place < len(self._tokens) else ""

    def _is_glued(self, place: int) -> bool:
        """Whether no space stands before a token."""
        return 0 < place < len(self._tokens) and (
            self._tokens[place - 1].end == self._tokens[place].start
        )
