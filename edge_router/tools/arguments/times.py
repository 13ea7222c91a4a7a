"""Days, times and lengths of time for parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate, Passage
from edge_router.tools.grammar.reading import Kind, Recognized

_BASE = 2.0
_SHAPE = re.compile(r"\b(?:yyyy|mm|dd)([-/.])(?:mm|dd)\1(?:yyyy|yy|dd)\b", re.IGNORECASE)


def find_times(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Every day, time or length of the text as the parameter's format wants it."""
    hits = [hit for hit in passage.recognized if isinstance(hit.typed, date | time | timedelta)]
    for place, hit in enumerate(hits):
        readings = list(_read(parameter, hit, passage))
        if readings:
            score = _BASE + passage.rate_range(parameter, hit.start)
            left = hits[place - 1].end if place else 0
            right = hits[place + 1].start if place + 1 < len(hits) else len(passage.text)
            within = (min(left, hit.start), max(right, hit.end))
            score += passage.rate_neighbours(parameter, hit.start, hit.end, within=within)
            first, *others = (_write(parameter, reading, hit) for reading in readings)
            yield Candidate(
                first,
                hit.start,
                hit.end,
                Source.DATE,
                score,
                readings[0],
                tuple(dict.fromkeys(others)),
            )


def _read(parameter: Parameter, hit: Recognized, passage: Passage) -> Iterator[Any]:
    """The readings of a span as values of the parameter's format."""
    if parameter.format == "duration":
        if hit.kind is Kind.DURATION:
            yield hit.typed
        return
    if hit.kind is Kind.DURATION:
        return
    readings = list(_read_all(hit))
    if parameter.format == "date" and hit.kind is not Kind.TIME:
        yield from dict.fromkeys(r.date() if isinstance(r, datetime) else r for r in readings)
    elif parameter.format == "time" and hit.kind is not Kind.DATE:
        yield from dict.fromkeys(r.time() if isinstance(r, datetime) else r for r in readings)
    elif parameter.format == "date-time":
        yield from _read_moments(hit, readings, passage)


def _read_moments(hit: Recognized, readings: list[Any], passage: Passage) -> Iterator[datetime]:
    """A time on a day; a time alone is on a day that the text names elsewhere, or the next one."""
    if hit.kind is Kind.DATETIME:
        yield from readings
    elif hit.kind is Kind.TIME:
        days = [h.typed for h in passage.recognized if isinstance(h.typed, date)]
        day = days[0] if days else passage.now.date()
        moments = [datetime.combine(day, reading) for reading in readings]
        if not days:
            moments = sorted(m + timedelta(days=m < passage.now) for m in moments)
        yield from moments


def _read_all(hit: Recognized) -> Iterator[Any]:
    yield hit.typed
    for other in hit.others:
        yield type(hit.typed).fromisoformat(other)  # type: ignore[union-attr]


def _write(parameter: Parameter, reading: Any, hit: Recognized) -> str:
    if isinstance(reading, timedelta):
        return str(hit.value)
    shape = _SHAPE.search(parameter.description)
    if shape and parameter.schema.get("format") is None and isinstance(reading, date):
        return _write_shape(shape[0].lower(), reading)
    return str(reading.isoformat())


def _write_shape(shape: str, day: date) -> str:
    """A day as *dd-mm-yyyy* says."""
    for letters, number in (
        ("yyyy", f"{day.year:04}"),
        ("yy", f"{day.year % 100:02}"),
        ("mm", f"{day.month:02}"),
        ("dd", f"{day.day:02}"),
    ):
        shape = shape.replace(letters, number)
    return shape
