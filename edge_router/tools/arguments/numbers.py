"""Numbers for parameters: with their units, as parts of a length of time, or alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import MEASURES, Candidate, Passage
from edge_router.tools.grammar.meaning import UNIT_SECONDS, Length
from edge_router.tools.grammar.reading import Kind, Recognized
from edge_router.tools.grammar.tokens import to_plain
from edge_router.tools.grammar.units import convert

_SAME_UNIT, _OTHER_UNIT = 2.0, -3.0
_IS_YEAR = 2.0
_SPELLED_COST, _COUNT_WEIGHT, _UNNAMED_COST = 1.0, 1.0, 1.5
"""*two sides as 4 and 5*: a number in words beside digits rarely is a value."""


def find_numbers(parameter: Parameter, passage: Passage) -> Iterator[Candidate]:
    """Every number of the text as a value of the parameter, in its units."""
    hits = passage.numbers
    has_digits = any(hit.text[0].isdigit() for hit in hits)
    is_count = not parameter.stems.isdisjoint(passage.language.lists["count_names"])
    is_named = _is_part_named(parameter, passage)
    for place, hit in enumerate(hits):
        left = hits[place - 1].end if place else 0
        right = hits[place + 1].start if place + 1 < len(hits) else len(passage.text)
        around = passage.rate_neighbours(parameter, hit.start, hit.end, within=(left, right))
        around += passage.rate_range(parameter, hit.start)
        around -= _SPELLED_COST * (has_digits and hit.text[0].isalpha())
        around -= _UNNAMED_COST * (not is_named)
        around += _COUNT_WEIGHT * (is_count and hit.kind is Kind.INTEGER)
        for value, fit in _read_values(parameter, hit, passage):
            if _is_allowed(parameter, value):
                core = passage.core_ends.get(hit.start, hit.end)
                score = around + fit
                yield Candidate(value, hit.start, hit.end, Source.NUMBER, score, core_end=core)


def _is_part_named(parameter: Parameter, passage: Passage) -> bool:
    """Whether the text has the word that tells ``start_minutes`` from ``minutes``."""
    words = parameter.stems - passage.language.time_stems
    return not (parameter.is_part and parameter.is_special) or not words.isdisjoint(passage.stems)


def _read_values(
    parameter: Parameter, hit: Recognized, passage: Passage
) -> Iterator[tuple[Any, float]]:
    """Values, with their fit, that the parameter may take from a span."""
    if hit.kind is Kind.DURATION:
        names = passage.language.lists["time_names"]
        is_time = not names.isdisjoint(parameter.stems | parameter.hints)
        yield from _read_duration(parameter, hit.value, is_time=is_time)
    elif hit.kind is Kind.PERCENT:
        yield from _read_percent(parameter, hit, passage)
    elif hit.kind in MEASURES:
        yield from _read_measure(parameter, hit)
    else:
        is_year = not parameter.stems.isdisjoint(passage.language.lists["year_names"])
        fit = _IS_YEAR * (is_year and 1000 <= hit.value < 3000)
        yield hit.value, fit - 1.0 * (hit.kind is Kind.ORDINAL)


def _read_percent(
    parameter: Parameter, hit: Recognized, passage: Passage
) -> Iterator[tuple[Any, float]]:
    """As it is where the parameter speaks of percents, a part of one where fractions may be."""
    is_fraction = not parameter.hints.isdisjoint(passage.language.lists["fraction_names"])
    is_percent = "%" in parameter.units and not is_fraction
    if is_percent or parameter.type == "integer":
        yield hit.value, _SAME_UNIT if is_percent else 0.0
    else:
        value = to_plain(Fraction(str(hit.value)) / 100)
        yield value, 0.5 if is_fraction or not parameter.units else -1.0


def _read_duration(parameter: Parameter, iso: str, *, is_time: bool) -> Iterator[tuple[Any, float]]:
    """The whole in the parameter's unit of time; only the part in that unit, where other parameters
    take the other parts.
    """
    length = read_iso(iso)
    unit = next((u[-1] for u in parameter.units if u.startswith("time:")), None)
    if unit is None:
        if len(length.parts) == 1:
            yield to_plain(length.parts[0][0]), 0.5 if is_time else -1.5
    elif parameter.is_part:
        for amount, part in length.parts:
            if part == unit:
                yield to_plain(amount), _SAME_UNIT
    else:
        yield to_plain(length.seconds / UNIT_SECONDS[unit]), _SAME_UNIT


def read_iso(iso: str) -> Length:
    """A length of time from ISO 8601 as the grammar writes it."""
    days, _, times = iso.removeprefix("P").partition("T")
    parts = [(Fraction(n), unit) for n, unit in re.findall(r"([\d.]+)([YMWD])", days)]
    parts += [(Fraction(n), u.lower()) for n, u in re.findall(r"([\d.]+)([HMS])", times)]
    return Length(tuple(parts))


def _read_measure(parameter: Parameter, hit: Recognized) -> Iterator[tuple[Any, float]]:
    unit = hit.unit or ""
    if not parameter.units or parameter.units == ("%",):
        yield hit.value, 0.0
    elif unit.split("/")[0] in parameter.units or _is_same_kind(hit.kind, parameter.units):
        yield hit.value, _SAME_UNIT
    else:
        for target in parameter.units:
            converted = convert(Fraction(str(hit.value)), unit, target)
            if converted is not None:
                yield to_plain(converted), _SAME_UNIT
                return
        yield hit.value, _OTHER_UNIT


def _is_same_kind(kind: Kind, units: tuple[str, ...]) -> bool:
    """Whether any of the units is of the same kind: any money for money, degrees for degrees."""
    if kind is Kind.TEMPERATURE:
        return any(each.startswith("degree:") or each == "deg" for each in units)
    return kind is Kind.CURRENCY and any(each.startswith("money:") for each in units)


def _is_allowed(parameter: Parameter, value: Any) -> bool:
    schema, kind = parameter.schema, parameter.type
    if kind == "integer" and not isinstance(value, int):
        return False
    if "enum" in schema and value not in parameter.choices:
        return False
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    is_bounded = isinstance(low, int | float) and isinstance(high, int | float)
    return bool(low <= value <= high) if is_bounded else True
