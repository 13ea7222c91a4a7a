"""Lists for parameters: in brackets, or joined by commas and *and*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.choices import find_examples
from edge_router.tools.arguments.names import find_names
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.arguments.pieces import Piece

_BRACKETS = re.compile(r"[\[({]([^\[\](){}]{1,2000})[\])}]")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_QUOTE_SIGNS = frozenset("'\"“”‘’")
_BRACKET_SCORE, _SERIES_SCORE = 2.5, 0.5


def find_lists(parameter: Parameter, passage: Passage, pieces: list[Piece]) -> Iterator[Candidate]:
    """Every list of the text whose items are of the parameter's kind."""
    is_numbers = parameter.item_type in ("integer", "number")
    for match in _BRACKETS.finditer(passage.text):
        items = _read_items(match[1], parameter.item_type)
        if items and (len(items) > 1 or match[0][0] == "["):
            score = _BRACKET_SCORE + passage.rate_neighbours(parameter, *match.span())
            yield Candidate(items, *match.span(), Source.REST, score)
    if is_numbers:
        yield from _find_number_series(parameter, passage)
    elif parameter.item_type == "string":
        yield from _find_name_series(parameter, passage, pieces)


def _read_items(text: str, kind: str) -> list[Any]:
    """The items of a list; empty where one is not of its kind."""
    texts = [item.strip(" '\"\n") for item in text.split(",")]
    if kind not in ("integer", "number"):
        return texts
    if not all(_NUMBER.fullmatch(item) for item in texts):
        return []
    return [_read_number(item) for item in texts]


def _read_number(text: str) -> int | float:
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def _find_number_series(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Numbers with nothing but commas and *and* between them."""
    series: list[list[Any]] = []
    for hit in passage.numbers:
        if series and _is_series(passage, series[-1][-1].end, hit.start):
            series[-1].append(hit)
        else:
            series.append([hit])
    for hits in series:
        start, end = hits[0].start, hits[-1].end
        score = passage.rate_neighbours(parameter, start, end) + _SERIES_SCORE * (len(hits) > 1)
        yield Candidate([hit.value for hit in hits], start, end, Source.NUMBER, score)


def _find_name_series(
    parameter: Parameter, passage: Passage, pieces: list[Piece]
) -> Iterator[Candidate]:
    """Pieces with nothing but commas and *and* between them, and pieces alone."""
    lists = passage.language.lists["series"]
    found = list(find_names(parameter, passage, pieces))
    found += find_examples(parameter, passage)
    joined = {c.start: c for c in sorted(found, key=lambda c: c.score)}
    for first in found:
        items = [first]
        while (start := _find_next(passage, items[-1].end, lists)) in joined:
            items.append(joined[start])
        score = max(item.score for item in items) + _SERIES_SCORE * (len(items) - 1)
        values = [item.value for item in items]
        yield Candidate(values, first.start, items[-1].end, Source.REST, score)


def _find_next(passage: Passage, end: int, joints: frozenset[str]) -> int:
    """Where the next item of a series begins, behind a comma, an *and* or both; -1 for none."""
    place = passage.index(end)
    stop = place
    while passage.word(stop) in joints or passage.word(stop) in _QUOTE_SIGNS:
        stop += 1
    is_joined = any(passage.word(p) in joints for p in range(place, stop))
    return passage.starts[stop] if is_joined and stop < len(passage.starts) else -1


def _is_series(passage: Passage, end: int, start: int) -> bool:
    """Whether only a comma, an *and* or both are between."""
    between = range(passage.index(end), passage.index(start))
    words = [passage.word(place) for place in between]
    joints = passage.language.lists["series"]
    return start > end and 1 <= len(words) <= 2 and all(word in joints for word in words)
