"""Reads a text in layers: numbers, lengths of time, times, days, times on days; and measures beside
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time

from edge_router.tools.grammar.days import build_day
from edge_router.tools.grammar.durations import find_durations
from edge_router.tools.grammar.language import Language, load_language
from edge_router.tools.grammar.line import Build, Found, Line, find_longest, read_tokens, replace
from edge_router.tools.grammar.meaning import Clock, Day, Length, Moment
from edge_router.tools.grammar.measures import Measure, build_measure
from edge_router.tools.grammar.moments import build_moment
from edge_router.tools.grammar.numerals import read_numbers
from edge_router.tools.grammar.ranges import build_end, settle_ranges
from edge_router.tools.grammar.reading import Kind, Recognized
from edge_router.tools.grammar.times import build_time
from edge_router.tools.grammar.tokens import Token, to_plain

MAX_TEXT_CHARS = 10_000
"""How much of a text is read: no command is longer, and the time is bounded."""
_PART_NUMBER = re.compile(r"\w$|\w-$")  # what stands before the 173m of SCP-173m
_LAYER_OF = {Length: "duration", Clock: "time", Day: "date", Moment: "datetime"}


def recognize(text: str, *, now: datetime, language: str = "en") -> tuple[Recognized, ...]:
    """Every number, measure, length of time, day and time in the first 10,000 characters of
    ``text``, in the order of their places; longer ones first where two begin together.

    ``now`` is the user's own time, which *tomorrow* is told from. Raises DataError for a language
    without a file.

    Those of one family never overlap: numbers; measures; lengths of time; days and times. One that
    is part of another family's is told as well: the 7 in *7 pm*, the length in *in ten minutes*.
    """
    known = load_language(language)
    text = text[:MAX_TEXT_CHARS]
    tokens = known.tokenizer.tokenize(text)
    return recognize_tokens(text, tokens, now=now, language=known)


def recognize_tokens(
    text: str, tokens: list[Token], *, now: datetime, language: Language
) -> tuple[Recognized, ...]:
    """As :func:`recognize`, for a text that is split already."""
    joined, entries = read_tokens(language, tokens)
    line = read_numbers(language, joined, entries)
    found = [
        *_find_numbers(language, line, text),
        *_find_measures(language, line, text),
        *_find_times(language, line, text, now.replace(tzinfo=None)),
    ]
    return tuple(sorted(found, key=lambda part: (part.start, -part.end)))


def _find_numbers(language: Language, line: Line, text: str) -> Iterator[Recognized]:
    """Numbers and ordinals; one that letters touch is part of a word or measure; no exponents."""
    numbers = language.class_marks["number"]
    ordinals = language.class_marks["ordinal"]
    for mark, value, start, end in zip(
        line.marks, line.values, line.starts, line.ends, strict=True
    ):
        is_ordinal = mark in ordinals
        if not is_ordinal and mark not in numbers:
            continue
        before = text[start - 1 : start]
        if text[end : end + 1].isalpha() or before.isalpha() or before == "^":
            continue
        name = "ordinal" if is_ordinal else "number"
        number = to_plain(value[name] if isinstance(value, dict) else value)
        kind = Kind.INTEGER if isinstance(number, int) else Kind.NUMBER
        kind = Kind.ORDINAL if is_ordinal else kind
        yield Recognized(kind, text[start:end], start, end, number, number)


def _find_measures(language: Language, line: Line, text: str) -> Iterator[Recognized]:
    for found in find_longest(line, language.layers["measure"], build_measure):
        measure: Measure = found.value
        start, end = line.starts[found.first], line.ends[found.stop - 1]
        if _PART_NUMBER.search(text, max(start - 2, 0), start) or text[end : end + 1].isalnum():
            continue
        amount = to_plain(measure.amount)
        yield Recognized(measure.kind, text[start:end], start, end, amount, amount, measure.unit)


def _find_times(language: Language, line: Line, text: str, now: datetime) -> Iterator[Recognized]:
    """Lengths, times, days, and times on days: each layer reads what the one before made."""
    is_day_first = language.settings["date_order"] == "dmy"
    lengths = find_durations(language, line)
    for part in lengths:
        start, end = line.starts[part.first], line.ends[part.stop - 1]
        yield _tell(part.value, text[start:end], start, end)
    line = _shorten(language, line, lengths)
    layers: tuple[tuple[str, Build], ...] = (
        ("time", build_time),
        ("date", lambda parts: build_day(parts, now, is_day_first=is_day_first)),
        ("range", lambda parts: build_end(parts, now)),
        ("datetime", lambda parts: build_moment(parts, now)),
    )
    for name, build in layers:
        line = _shorten(language, line, find_longest(line, language.layers[name], build))
        if name == "range":
            settle_ranges(line, language.class_marks["range_joint"])
    for value, start, end in zip(line.values, line.starts, line.ends, strict=True):
        if isinstance(value, Clock | Day | Moment):
            yield _tell(value, text[start:end], start, end)


def _shorten(language: Language, line: Line, found: list[Found]) -> Line:
    marks = language.class_marks
    return replace(line, [(part, marks[_LAYER_OF[type(part.value)]][0]) for part in found])


def _tell(value: Length | Clock | Day | Moment, text: str, start: int, end: int) -> Recognized:
    if isinstance(value, Length):
        length = value.to_timedelta()
        return Recognized(Kind.DURATION, text, start, end, value.to_iso(), length)
    typed: tuple[date | time, ...]
    if isinstance(value, Clock):
        kind, typed = Kind.TIME, value.readings()
    elif isinstance(value, Day):
        kind, typed = Kind.DATE, (value.day, *value.others)
    else:
        kind, typed = Kind.DATETIME, value.readings
    first, *others = (reading.isoformat() for reading in typed)
    return Recognized(kind, text, start, end, first, typed[0], others=tuple(others))
