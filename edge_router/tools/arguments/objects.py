"""What a command is about: *oat milk* of *could you put oat milk on my shopping list please*. For
parameters that want all of it, whatever words it has, and not the name in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.arguments.pieces import trim_end

_OBJECT_SCORE = 1.6
"""More than a name in it, less than what is quoted or follows *that*."""
_MOST_PLACE_WORDS = 2
"""Words between a preposition and the list that it leads to: *on my weekly shopping list*."""


def find_objects(parameter: Parameter, passage: Passage, *, is_alone: bool) -> Iterator[Candidate]:
    """What is left of the text without the words that command, where the parameter wants that.

    Where it does not stand alone, others need words as well: then only what leads to a list tells
    where its own end.
    """
    lists = passage.language.lists
    is_message = not lists["message_names"].isdisjoint(parameter.stems)
    if not is_message and lists["object_names"].isdisjoint(parameter.stems):
        return
    first = _find_colon(passage) or _skip_command(passage, is_message=is_message)
    last = trim_end(passage, first - 1)
    stop = _cut_place(passage, first, last)
    if 0 < first < stop and (is_alone or stop < last):
        start, end = passage.starts[first], passage.tokens[stop - 1].end
        text = passage.text[start:end]
        yield Candidate(text, start, end, Source.REST, _OBJECT_SCORE)


def _find_colon(passage: Passage) -> int:
    """One past the first colon that stands between words; 0 for none."""
    for place, token in enumerate(passage.tokens[:-1]):
        is_apart = passage.tokens[place + 1].start > token.end
        if token.word == ":" and place and is_apart:
            return place + 1
    return 0


def _skip_command(passage: Passage, *, is_message: bool) -> int:
    """The first token that is no part of *could you please add some*; 0 where nothing commands."""
    lists = passage.language.lists
    place = _skip(passage, 0, lists["openers"])
    if passage.word(place) in lists["verbs"] | lists["commands"]:
        place = _skip(passage, place + 1, lists["particles"])
    if not place:
        return 0
    first = _skip(passage, place, lists["amounts"])
    if not is_message:
        return first
    if first < len(passage.stems) and passage.stems[first] in lists["message_names"]:
        return first + 1  # a note: what is taken, not what it says
    return place  # the car needs oil: it keeps its article


def _skip(passage: Passage, place: int, words: frozenset[str]) -> int:
    while passage.word(place) in words:
        place += 1
    return place


def _cut_place(passage: Passage, first: int, stop: int) -> int:
    """The end without *on my shopping list*."""
    lists = passage.language.lists
    if stop <= first or passage.word(stop - 1) not in lists["containers"]:
        return stop
    for place in range(stop - 2, max(first, stop - 4 - _MOST_PLACE_WORDS), -1):
        if passage.word(place) in lists["place_leads"]:
            return place
    return stop
