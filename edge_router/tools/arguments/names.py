"""Words of the text as they stand, for parameters that any string may fill: what is quoted, what is
written as a name, what follows the right preposition, what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.grammar.reading import Kind

_QUOTED_SCORE, _NAME_SCORE, _CODE_SCORE, _CHUNK_SCORE = 2.0, 1.0, 1.2, 0.0
_TAKEN = (Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.DURATION)
_ROLE_WEIGHT = 1.5
_LOWER_COST = 0.7
"""What words without capitals lose against names, for places and the like."""
_QUOTES = re.compile(
    r"(?<!\w)(?:'((?:[^'\n]|'\w){1,200}?)'(?!\w)|\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”"
    r"|‘([^’\n]{1,200})’)"
)
_CODE = re.compile(r"\w[\w./:@+#&-]{0,200}[\w+#]")
_CODE_SIGNS = re.compile(r"[\d_/@:#+]")
_PAIR = re.compile(r"\w, [A-Z]")
"""An example with a comma, *New York, NY*: the value is wanted with what follows a comma."""
_PAIR_WEIGHT, _HEAD_WEIGHT, _TIME_WEIGHT = 1.2, 1.0, 2.0
_DIGITS_SCORE, _CUT_COST = -0.5, 1.5
_CLAUSE_WEIGHT = 2.5
_MAX_PIECES = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the text that may be a value."""

    start: int
    """First character."""
    end: int
    """One past the last."""
    score: float
    """How much they look like one, whatever the parameter."""
    source: Source
    """quoted, rest, number or date."""
    is_clause: bool = False
    """Whether it is all that follows a word like *that* or *to*: what is said, or to be done."""


def list_pieces(passage: Passage) -> list[Piece]:
    """Every piece of the text, once for all parameters; what is quoted is not taken apart."""
    names = list(_list_names(passage))
    found = [*_list_quoted(passage.text), *_list_codes(passage), *_list_spans(passage), *names]
    quoted = [(piece.start, piece.end) for piece in found if piece.source is Source.QUOTED]
    found += _list_clauses(passage)
    found += (_lower_inside(piece, names) for piece in _list_chunks(passage))
    unique: dict[tuple[int, int], Piece] = {}
    for piece in found:
        is_inside = any(a < piece.end and piece.start < b for a, b in quoted)
        if piece.source is Source.QUOTED or not is_inside:
            unique.setdefault((piece.start, piece.end), piece)
    return list(unique.values())[:_MAX_PIECES]


def _lower_inside(piece: Piece, names: list[Piece]) -> Piece:
    """A piece that cuts a name in two counts less."""
    for name in names:
        is_over = piece.start < name.end and name.start < piece.end
        if is_over and not (piece.start <= name.start and name.end <= piece.end):
            return replace(piece, score=piece.score - _CUT_COST)
    return piece


def find_names(parameter: Parameter, passage: Passage, pieces: list[Piece]) -> Iterator[Candidate]:
    """Every piece with how well it fits the parameter."""
    lists = passage.language.lists
    roles = _list_roles(parameter, passage)
    before, after = passage.rate_all(parameter)
    has_names = any(piece.score >= _NAME_SCORE - 0.1 for piece in pieces)
    is_time = not lists["time_names"].isdisjoint(parameter.stems)
    is_message = not lists["message_names"].isdisjoint(parameter.stems | parameter.hints)
    is_pair = _PAIR.search(parameter.description) is not None
    for piece in pieces:
        first, stop = passage.index(piece.start), passage.index(piece.end)
        stems = set(passage.stems[first:stop])
        if stems <= parameter.stems | lists["stop"]:
            continue
        words = passage.text[piece.start : piece.end]
        score = piece.score + max(before[first], after[stop]) * 0.8
        score += _ROLE_WEIGHT * (_find_lead(passage, first) in roles)
        score -= _LOWER_COST * bool(roles and has_names and piece.score <= _CHUNK_SCORE)
        score += passage.rate_range(parameter, piece.start)
        score += _HEAD_WEIGHT * (
            piece.score >= _NAME_SCORE and not stems.isdisjoint(parameter.stems)
        )
        score += _PAIR_WEIGHT * (is_pair and "," in words)
        score += (_TIME_WEIGHT if is_time else -_TIME_WEIGHT) * (piece.source is Source.DATE)
        score += (_CLAUSE_WEIGHT if is_message else -_CLAUSE_WEIGHT) * piece.is_clause
        yield Candidate(words, piece.start, piece.end, piece.source, score)


def _list_roles(parameter: Parameter, passage: Passage) -> frozenset[str]:
    """The prepositions that lead to such a parameter: *in* to a place, *by* to an author."""
    found: frozenset[str] = frozenset()
    for names, leads in passage.language.roles:
        if not names.isdisjoint(parameter.stems):
            found |= leads
    if not found:
        for names, leads in passage.language.roles:
            if not names.isdisjoint(parameter.hints):
                found |= leads
    return found


def _find_lead(passage: Passage, first: int) -> str:
    """The word before a piece, past an article."""
    place = first - 1
    while passage.word(place) in passage.language.lists["determiner"]:
        place -= 1
    return passage.word(place)


def _list_quoted(text: str) -> Iterator[Piece]:
    for match in _QUOTES.finditer(text):
        group = match.lastindex or 0
        yield Piece(*match.span(group), _QUOTED_SCORE, Source.QUOTED)


def _list_clauses(passage: Passage) -> Iterator[Piece]:
    """What follows *that*, *to* or a colon up to the end, without a time and a *please* there."""
    lists = passage.language.lists
    times = {h.end: h.start for h in passage.recognized if isinstance(h.typed, date | time)}
    for place, token in enumerate(passage.tokens[:-1]):
        if token.word in lists["clause_leads"]:
            stop = len(passage.tokens)
            while stop - 1 > place:
                last = passage.tokens[stop - 1]
                if last.end in times:
                    stop = passage.index(times[last.end])
                elif last.word in lists["clause_ends"]:
                    stop -= 1
                else:
                    break
            if stop - 1 > place:
                start, end = passage.starts[place + 1], passage.tokens[stop - 1].end
                yield Piece(start, end, 0.0, Source.REST, is_clause=True)


def _list_spans(passage: Passage) -> Iterator[Piece]:
    """Days, times, lengths and whole numbers as the text has them, for strings that hold such."""
    for hit in passage.recognized:
        if hit.kind in (Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.DURATION):
            yield Piece(hit.start, hit.end, 0.0, Source.DATE)
        elif hit.kind is Kind.INTEGER and hit.text.isdecimal():
            yield Piece(hit.start, hit.end, _DIGITS_SCORE, Source.NUMBER)


def _list_codes(passage: Passage) -> Iterator[Piece]:
    """What has both letters or signs and digits, like BRCA1 and 2022/AL2562, and is no measure."""
    taken = [
        (r.start, r.end) for r in passage.recognized if r.kind not in (Kind.INTEGER, Kind.NUMBER)
    ]
    for match in _CODE.finditer(passage.text):
        start, end = match.span()
        is_code = _CODE_SIGNS.search(match[0]) and any(map(str.isalpha, match[0]))
        if is_code and not any(a < end and start < b for a, b in taken):
            yield Piece(start, end, _CODE_SCORE, Source.REST)


def _list_names(passage: Passage) -> Iterator[Piece]:
    """Runs of words with capitals, joined by *of* and the like, and each run between the joints."""
    tokens = passage.tokens
    places = [place for place in range(len(tokens)) if _is_capital(passage, place)]
    for joints, score in (("name_joints", _NAME_SCORE), ("pair_joints", _NAME_SCORE - 0.8)):
        runs: list[list[int]] = []
        for place in places:
            if runs and _is_joined(passage, runs[-1][-1], place, joints):
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            yield Piece(tokens[run[0]].start, tokens[run[-1]].end, score, Source.REST)


def _is_capital(passage: Passage, place: int) -> bool:
    token = passage.tokens[place]
    if token.form != "word" or not passage.text[token.start].isupper():
        return False
    lists = passage.language.lists
    is_first = place == 0 or passage.word(place - 1) in ".?!"
    return not (is_first and (token.word in lists["verbs"] or token.word in lists["stop"]))


def _is_joined(passage: Passage, left: int, right: int, joints: str) -> bool:
    """Whether two words with capitals are of one name."""
    between = [passage.word(place) for place in range(left + 1, right)]
    gap = passage.text[passage.tokens[left].end : passage.tokens[right].start]
    if not between:
        return len(gap) <= 1
    return len(between) <= 2 and all(w in passage.language.lists[joints] for w in between)


def _list_chunks(passage: Passage) -> Iterator[Piece]:
    """Runs of words between those that only join words; each also without its last words."""
    lists = passage.language.lists
    ends = lists["stop"] | lists["verbs"]
    taken = [(r.start, r.end) for r in passage.recognized if r.kind in _TAKEN]
    run: list[int] = []
    for place in range(len(passage.tokens) + 1):
        token = passage.tokens[place] if place < len(passage.tokens) else None
        is_part = (
            token is not None
            and token.form == "word"
            and token.word not in ends
            and not any(a < token.end and token.start < b for a, b in taken)
        )
        if is_part or (token is not None and token.word in "-'" and run):
            run.append(place)
            continue
        yield from _split_run(passage, run)
        run = []


def _split_run(passage: Passage, run: list[int]) -> Iterator[Piece]:
    """Every run of up to four words within a run, the whole one first."""
    tokens = passage.tokens
    while run and tokens[run[-1]].form != "word":
        run = run[:-1]
    for length in range(min(len(run), 6), 0, -1):
        for first in range(len(run) - length + 1):
            part = run[first : first + length]
            if tokens[part[0]].form == "word" and tokens[part[-1]].form == "word":
                score = _CHUNK_SCORE - 0.3 * (len(run) - length)
                yield Piece(tokens[part[0]].start, tokens[part[-1]].end, score, Source.REST)
