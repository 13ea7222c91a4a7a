"""Choices for parameters: words of an enum, or what stands for them, and yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.distance import within_distance
from edge_router.tools.grammar.stem import cut_ending

_EXACT, _INFLECTED, _MISSPELLED = 4.0, 3.5, 2.5
_MIN_MISSPELLED = 5
"""Shorter words have too many neighbours: *bed* and *red*."""


def find_choices(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Every choice whose words the text has, misspelled ones last; longer ones first."""
    for value, phrases in parameter.choices.items():
        for phrase in phrases:
            for start, end, score in find_phrase(phrase, passage):
                score += (end - start) / 100 + passage.rate_range(parameter, start)
                score += passage.rate_neighbours(parameter, start, end) / 4
                yield Candidate(_wrap(parameter, value), start, end, Source.ENUM, score)


def find_phrase(phrase: str, passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Start, end and likeness of every place where the text has the words, or nearly."""
    # a word and its likes begin alike: a look there spares comparing all words with all
    for first in passage.places.get(phrase[:1], ()):
        words = phrase.split(" ")
        stop = first + len(words)
        if stop > len(passage.tokens):
            return
        score = _EXACT
        for place, word in enumerate(words, first):
            score = min(score, _compare(word, place, passage))
            if not score:
                break
        else:
            yield passage.starts[first], passage.tokens[stop - 1].end, score


def _compare(word: str, place: int, passage: Passage) -> float:
    other = passage.tokens[place].word
    if word == other:
        return _EXACT
    if word[:1] != other[:1] or abs(len(word) - len(other)) > 4:
        return 0.0
    if cut_ending(word, passage.language.endings) == passage.stems[place]:
        return _INFLECTED
    if len(word) < _MIN_MISSPELLED or not other.isalpha():
        return 0.0
    return _MISSPELLED if within_distance(word, other, 1 + (len(word) >= 8)) else 0.0


def find_booleans(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Yes where the text has a word of the parameter's name, no where a *not* is before it; words
    like *on* and *off* alone.
    """
    lists = passage.language.lists
    own = parameter.stems - lists["boolean_names"]
    for place, word in enumerate(passage.stems):
        token = passage.tokens[place]
        if word in own:
            is_no = not lists["no"].isdisjoint(
                t.word for t in passage.tokens[max(0, place - 3) : place]
            )
            yield Candidate(not is_no, token.start, token.end, Source.BOOLEAN, 2.0)
        elif token.word in lists["true"] or token.word in lists["false"]:
            value = token.word in lists["true"]
            yield Candidate(value, token.start, token.end, Source.BOOLEAN, 1.0)


def find_examples(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Values that the description names and the text has."""
    for example in parameter.examples:
        phrase = " ".join(re.findall(r"\w+", example)).casefold()
        if 1 < len(phrase) <= 40 and phrase not in passage.language.lists["stop"]:
            for start, end, score in find_phrase(phrase, passage):
                yield Candidate(example, start, end, Source.ENUM, score - 0.5)


def _wrap(parameter: Parameter, value: Any) -> Any:
    return [value] if parameter.type == "array" else value
