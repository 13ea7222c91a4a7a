"""Words of the text as they stand, for parameters that any string may fill: those that look like
the value wanted, and that stand where it would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.arguments.pieces import CHUNK_SCORE, NAME_SCORE, Piece

_AROUND_SHARE = 0.8
"""Words around a piece say less of it than those around a number, which has no others."""
_ROLE, _NAMED, _HEAD, _PAIR, _TIME, _CLAUSE = 1.5, 2.0, 1.0, 1.2, 2.0, 2.5
"""What counts for a piece: the right preposition, *named*, the parameter's own word in a name, a
comma where the description has one, a time where one is wanted, a clause where one is."""
_LOWER_COST = 0.7
"""What words without capitals lose against names, for places and the like."""
_COMMA_EXAMPLE = re.compile(r"\w, [A-Z]")
"""*New York, NY*: the value is wanted with what follows a comma."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a parameter wants, as far as its words tell."""

    roles: frozenset[str]
    """Prepositions that lead to such a value."""
    is_time: bool
    is_message: bool
    is_name: bool
    has_comma: bool


def find_names(parameter: Parameter, passage: Passage, pieces: list[Piece]) -> Iterator[Candidate]:
    """Every piece with how well it fits the parameter."""
    wish = _read_wish(parameter, passage)
    before, after = passage.rate_all(parameter)
    has_names = any(piece.score >= NAME_SCORE for piece in pieces)
    ignored = parameter.stems | passage.language.lists["stop"]
    for piece in pieces:
        if piece.stems <= ignored:
            continue
        score = piece.score + _rate_wish(wish, piece, passage)
        score += _AROUND_SHARE * max(before[piece.first], after[piece.stop])
        score += passage.rate_range(parameter, piece.start)
        if piece.score >= NAME_SCORE and not piece.stems.isdisjoint(parameter.stems):
            score += _HEAD
        if wish.roles and has_names and piece.score <= CHUNK_SCORE:
            score -= _LOWER_COST
        yield Candidate(piece.text, piece.start, piece.end, piece.source, score)


def _read_wish(parameter: Parameter, passage: Passage) -> _Wish:
    lists, stems = passage.language.lists, parameter.stems
    return _Wish(
        roles=_list_roles(parameter, passage),
        is_time=not lists["time_names"].isdisjoint(stems),
        is_message=not lists["message_names"].isdisjoint(stems | parameter.hints),
        is_name=not lists["name_names"].isdisjoint(stems),
        has_comma=_COMMA_EXAMPLE.search(parameter.description) is not None,
    )


def _list_roles(parameter: Parameter, passage: Passage) -> frozenset[str]:
    """The prepositions that lead to such a parameter: *in* to a place, *by* to an author."""
    for words in (parameter.stems, parameter.hints):
        found = [leads for names, leads in passage.language.roles if not names.isdisjoint(words)]
        if found:
            return frozenset().union(*found)
    return frozenset()


def _rate_wish(wish: _Wish, piece: Piece, passage: Passage) -> float:
    score = _ROLE * (piece.lead in wish.roles)
    if wish.is_name and piece.lead in passage.language.lists["named"]:
        score += _NAMED
    if wish.has_comma and "," in piece.text:
        score += _PAIR
    if piece.source is Source.DATE:
        score += _TIME if wish.is_time else -_TIME
    if piece.is_clause:
        score += _CLAUSE if wish.is_message else -_CLAUSE
    return score
