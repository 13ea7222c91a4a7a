"""Pieces of a text that may be a value as they stand: what is quoted, a code, a name with capitals,
what follows *that* or *to*, and the words between those that only join words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.passage import Passage
from edge_router.tools.grammar.reading import Kind

NAME_SCORE, CHUNK_SCORE = 1.0, 0.0
_QUOTED_SCORE, _CODE_SCORE, _PAIR_SCORE, _DIGITS_SCORE = 2.0, 1.2, 0.2, -0.5
_PART_COST, _CUT_COST = 0.3, 1.5
"""What a run of words loses for each word left out, and for cutting a name in two."""
_MOST_WORDS = 6
_MAX_PIECES = 400
_TAKEN = (Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.DURATION)
_QUOTES = re.compile(
    r"(?<!\w)(?:'((?:[^'\n]|'\w){1,200}?)'(?!\w)|\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”"
    r"|‘([^’\n]{1,200})’)"
)
_CODE = re.compile(r"\w[\w./:@+#&-]{0,200}[\w+#]")
_CODE_SIGNS = re.compile(r"[\d_/@:#+]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the text that may be a value."""

    text: str
    """The words."""
    start: int
    """First character."""
    end: int
    """One past the last."""
    first: int
    """First token."""
    stop: int
    """One past the last."""
    score: float
    """How much they look like a value, whatever the parameter."""
    source: Source
    """quoted, rest, number or date."""
    is_clause: bool
    """Whether it is all that follows a word like *that* or *to*: what is said, or to be done."""
    stems: frozenset[str]
    """Stems of its words."""
    lead: str
    """The word before it, past an article."""


class _Found(NamedTuple):
    start: int
    end: int
    score: float
    source: Source
    is_clause: bool = False


def list_pieces(passage: Passage) -> list[Piece]:
    """Every piece of the text, once for all parameters; what is quoted is not taken apart."""
    quoted = list(_list_quoted(passage.text))
    names = list(_list_names(passage))
    found = [*_list_codes(passage), *_list_spans(passage), *names, *_list_clauses(passage)]
    found += (_lower_inside(piece, names) for piece in _list_chunks(passage))
    unique = {(piece.start, piece.end): piece for piece in quoted}
    for piece in found:
        if not any(q.start < piece.end and piece.start < q.end for q in quoted):
            unique.setdefault((piece.start, piece.end), piece)
    return [_complete(passage, piece) for piece in list(unique.values())[:_MAX_PIECES]]


def trim_end(passage: Passage, place: int) -> int:
    """One past the last token that is no time and no *please* at the text's end; nothing before
    the token ``place`` is taken away.
    """
    ends = passage.language.lists["clause_ends"]
    times = {h.end: h.start for h in passage.recognized if isinstance(h.typed, date | time)}
    stop = len(passage.tokens)
    while stop - 1 > place:
        last = passage.tokens[stop - 1]
        if last.end in times:
            stop = passage.index(times[last.end])
        elif last.word in ends:
            stop -= 1
        else:
            break
    return stop


def _complete(passage: Passage, found: _Found) -> Piece:
    first, stop = passage.index(found.start), passage.index(found.end)
    place = first - 1
    while passage.word(place) in passage.language.lists["determiner"]:
        place -= 1
    return Piece(
        text=passage.text[found.start : found.end],
        start=found.start,
        end=found.end,
        first=first,
        stop=stop,
        score=found.score,
        source=found.source,
        is_clause=found.is_clause,
        stems=frozenset(passage.stems[first:stop]),
        lead=passage.word(place),
    )


def _lower_inside(piece: _Found, names: list[_Found]) -> _Found:
    """A piece that cuts a name in two counts less."""
    for name in names:
        is_over = piece.start < name.end and name.start < piece.end
        if is_over and not (piece.start <= name.start and name.end <= piece.end):
            return piece._replace(score=piece.score - _CUT_COST)
    return piece


def _list_quoted(text: str) -> Iterator[_Found]:
    for match in _QUOTES.finditer(text):
        group = match.lastindex or 0
        yield _Found(*match.span(group), _QUOTED_SCORE, Source.QUOTED)


def _list_codes(passage: Passage) -> Iterator[_Found]:
    """What has both letters or signs and digits, like BRCA1 and 2022/AL2562, and is no measure."""
    taken = [
        (r.start, r.end) for r in passage.recognized if r.kind not in (Kind.INTEGER, Kind.NUMBER)
    ]
    for match in _CODE.finditer(passage.text):
        start, end = match.span()
        is_code = _CODE_SIGNS.search(match[0]) and any(map(str.isalpha, match[0]))
        if is_code and not any(a < end and start < b for a, b in taken):
            yield _Found(start, end, _CODE_SCORE, Source.REST)


def _list_spans(passage: Passage) -> Iterator[_Found]:
    """Days, times, lengths and whole numbers as the text has them, for strings that hold such."""
    for hit in passage.recognized:
        if hit.kind in (Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.DURATION):
            yield _Found(hit.start, hit.end, 0.0, Source.DATE)
        elif hit.kind is Kind.INTEGER and hit.text.isdecimal():
            yield _Found(hit.start, hit.end, _DIGITS_SCORE, Source.NUMBER)


def _list_names(passage: Passage) -> Iterator[_Found]:
    """Runs of words with capitals, joined by *of* and the like, and each run between the joints."""
    tokens = passage.tokens
    places = [place for place in range(len(tokens)) if _is_capital(passage, place)]
    for joints, score in (("name_joints", NAME_SCORE), ("pair_joints", _PAIR_SCORE)):
        runs: list[list[int]] = []
        for place in places:
            if runs and _is_joined(passage, runs[-1][-1], place, joints):
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            yield _Found(tokens[run[0]].start, tokens[run[-1]].end, score, Source.REST)


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


def _list_clauses(passage: Passage) -> Iterator[_Found]:
    """What follows *that*, *to* or a colon up to the end, without a time and a *please* there."""
    leads = passage.language.lists["clause_leads"]
    for place, token in enumerate(passage.tokens[:-1]):
        if token.word in leads:
            stop = trim_end(passage, place)
            if stop - 1 > place:
                start, end = passage.starts[place + 1], passage.tokens[stop - 1].end
                yield _Found(start, end, 0.0, Source.REST, is_clause=True)


def _list_chunks(passage: Passage) -> Iterator[_Found]:
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


def _split_run(passage: Passage, run: list[int]) -> Iterator[_Found]:
    """Every run of up to six words within a run, the whole one first."""
    tokens = passage.tokens
    while run and tokens[run[-1]].form != "word":
        run = run[:-1]
    for length in range(min(len(run), _MOST_WORDS), 0, -1):
        for first in range(len(run) - length + 1):
            part = run[first : first + length]
            if tokens[part[0]].form == "word" and tokens[part[-1]].form == "word":
                score = CHUNK_SCORE - _PART_COST * (len(run) - length)
                yield _Found(tokens[part[0]].start, tokens[part[-1]].end, score, Source.REST)
