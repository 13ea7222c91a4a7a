"""A text as filling reads it: its tokens, their stems, and what the grammar recognizes in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.grammar.language import Language
from edge_router.tools.grammar.reading import Kind, Recognized
from edge_router.tools.grammar.recognizer import recognize_tokens
from edge_router.tools.grammar.stem import cut_ending
from edge_router.tools.grammar.tokens import Token

MEASURES = (Kind.PERCENT, Kind.TEMPERATURE, Kind.CURRENCY, Kind.QUANTITY, Kind.DURATION)
"""What has a number and a unit."""
_TIMES = (Kind.DATE, Kind.TIME, Kind.DATETIME)
_REACH_LEFT = 6
_REACH_RIGHT = 3
_NAME_WEIGHT, _HINT_WEIGHT, _DISTANCE_COST = 3.0, 1.0, 0.3
_RIGHT_SHARE = 0.9
"""A word behind a value says less of it than one before: *radius of 5 meters*."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a parameter may have."""

    value: Any
    """As JSON has it."""
    start: int
    """First character of the words that say so."""
    end: int
    """One past the last."""
    source: Source
    """What kind of words."""
    score: float
    """How well they fit the parameter; below 0 they do not."""
    typed: Any = None
    """As Python has it, where that differs."""
    others: tuple[Any, ...] = ()
    """What the same words may mean as well, as JSON has it."""
    core_end: int = 0
    """One past the last of the words that no other parameter may use; 0 for all of them."""

    @property
    def last(self) -> int:
        """One past the last of those words."""
        return self.core_end or self.end


@dataclass(frozen=True, slots=True)
class Passage:
    """One text."""

    text: str
    """As given."""
    tokens: list[Token]
    """Its tokens."""
    starts: list[int]
    """Their first characters."""
    stems: list[str]
    """Their words without endings."""
    recognized: tuple[Recognized, ...]
    """Numbers, measures, lengths, days and times."""
    numbers: list[Recognized]
    """Numbers with what belongs to them: the measure or the length of time, not the bare number in
    it; none that is part of a day or a time."""
    core_ends: dict[int, int]
    """Where the number that begins at a place ends, without its unit."""
    now: datetime
    """The moment that the text is read at."""
    language: Language
    """Its language."""

    def index(self, place: int) -> int:
        """The first token at or after a character."""
        return bisect_left(self.starts, place)

    def word(self, index: int) -> str:
        """The token's lower-cased text; empty beyond the ends."""
        return self.tokens[index].word if 0 <= index < len(self.tokens) else ""

    def rate_neighbours(
        self, parameter: Parameter, start: int, end: int, *, within: tuple[int, int] | None = None
    ) -> float:
        """How clearly the words around a span speak of the parameter; words of its name most, those
        of its description less, near ones more; none outside of the characters ``within`` counts.
        """
        first, stop = self.index(start), self.index(end)
        low, high = within or (0, len(self.text))
        lowest = max(self.index(low), first - _REACH_LEFT)
        highest = min(self.index(high), stop + _REACH_RIGHT)
        left = self._rate_side(parameter, range(first - 1, lowest - 1, -1))
        return max(left, self._rate_side(parameter, range(stop, highest)) * _RIGHT_SHARE)

    def rate_all(self, parameter: Parameter) -> tuple[list[float], list[float]]:
        """For each token, and the text's end, how clearly the words before it speak of the
        parameter, and how clearly it and those behind it do.
        """
        count = len(self.tokens)
        is_cue = [s in parameter.stems or s in parameter.hints for s in self.stems]
        if not any(is_cue):
            return [0.0] * (count + 1), [0.0] * (count + 1)
        before = [
            self._rate_side(parameter, range(p - 1, max(0, p - _REACH_LEFT) - 1, -1))
            for p in range(count + 1)
        ]
        after = [
            self._rate_side(parameter, range(p, min(count, p + _REACH_RIGHT))) * _RIGHT_SHARE
            for p in range(count + 1)
        ]
        return before, after

    def _rate_side(self, parameter: Parameter, places: range) -> float:
        best = 0.0
        for distance, place in enumerate(places):
            word = self.stems[place]
            if word in ",;.":
                break
            if word in parameter.own_stems:
                best = max(best, _NAME_WEIGHT - _DISTANCE_COST * distance)
            elif word in parameter.hints or word in parameter.stems:
                best = max(best, _HINT_WEIGHT - _DISTANCE_COST * distance / 2)
        return best

    def rate_range(self, parameter: Parameter, start: int) -> float:
        """Whether the word before a span, *from* or *to*, fits a parameter that names one end."""
        lists = self.language.lists
        before = self.word(self.index(start) - 1)
        if before in lists["determiner"]:
            before = self.word(self.index(start) - 2)
        score = 0.0
        for side, other in (("from", "to"), ("to", "from")):
            if parameter.stems & lists[f"{side}_names"]:
                score += 2 * (before in lists[side]) - (before in lists[other])
        return score


def read_passage(text: str, now: datetime, language: Language) -> Passage:
    """The text as filling reads it."""
    tokens = language.tokenizer.tokenize(text)
    recognized = recognize_tokens(text, tokens, now=now, language=language)
    return Passage(
        text=text,
        tokens=tokens,
        starts=[token.start for token in tokens],
        stems=[cut_ending(token.word, language.endings) for token in tokens],
        recognized=recognized,
        numbers=_list_numbers(recognized),
        core_ends={r.start: r.end for r in recognized if r.kind in (Kind.INTEGER, Kind.NUMBER)},
        now=now,
        language=language,
    )


def _list_numbers(recognized: tuple[Recognized, ...]) -> list[Recognized]:
    """What is recognized comes by its beginning, longer ones first: what is inside of a measure or
    a time comes behind it.
    """
    found = []
    taken_until = 0
    for hit in recognized:
        if hit.kind in MEASURES or (hit.kind not in _TIMES and hit.start >= taken_until):
            found.append(hit)
        if hit.kind in MEASURES or hit.kind in _TIMES:
            taken_until = max(taken_until, hit.end)
    return found
