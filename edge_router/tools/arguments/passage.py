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
    places: dict[str, list[int]]
    """The tokens that begin with a letter, or are a sign."""
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
        before, after = [0.0] * (count + 1), [0.0] * (count + 1)
        cues = parameter.stems | parameter.hints
        for cue in [place for place, stem in enumerate(self.stems) if stem in cues]:
            for place in range(cue + 1, min(count, cue + _REACH_LEFT) + 1):
                left = range(place - 1, max(0, place - _REACH_LEFT) - 1, -1)
                before[place] = self._rate_side(parameter, left)
            for place in range(max(0, cue - _REACH_RIGHT + 1), cue + 1):
                right = range(place, min(count, place + _REACH_RIGHT))
                after[place] = self._rate_side(parameter, right) * _RIGHT_SHARE
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
        lists, stems = self.language.lists, parameter.stems
        is_from = not stems.isdisjoint(lists["from_names"])
        is_to = not stems.isdisjoint(lists["to_names"])
        if not (is_from or is_to):
            return 0.0
        first = self.index(start)
        before = self.word(first - 1)
        if before in lists["determiner"]:
            before = self.word(first - 2)
        leads_from, leads_to = before in lists["from"], before in lists["to"]
        score = 0.0
        if is_from:
            score += 2 * leads_from - leads_to
        if is_to:
            score += 2 * leads_to - leads_from
        return score


def read_passage(text: str, now: datetime, language: Language) -> Passage:
    """The text as filling reads it."""
    tokens = language.tokenizer.tokenize(text)
    recognized = recognize_tokens(text, tokens, now=now, language=language)
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token.word[:1], []).append(place)
    return Passage(
        text=text,
        tokens=tokens,
        starts=[token.start for token in tokens],
        stems=[cut_ending(token.word, language.endings) for token in tokens],
        places=places,
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
