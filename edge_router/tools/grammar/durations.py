"""Lengths of time, from the parts of a pattern."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from edge_router.tools.grammar.language import Language
from edge_router.tools.grammar.line import Found, Line, find_longest
from edge_router.tools.grammar.meaning import Length


def find_durations(language: Language, line: Line) -> list[Found]:
    """All lengths of time; neighbours of different units are one, *an hour and ten minutes*."""
    found = find_longest(line, language.layers["duration"], build_duration)
    joints = language.class_marks["joint"]
    articles = language.class_marks["a"]
    joined: list[Found] = []
    for part in found:
        is_rate = line.marks[part.first] in articles and joined and joined[-1].stop == part.first
        if joined and not is_rate and _may_join(joined[-1], part, line.marks, joints):
            last = joined.pop()
            part = Found(last.first, part.stop, Length(last.value.parts + part.value.parts))
        joined.append(part)
    return [part for part in joined if part.value.is_possible()]


def build_duration(parts: dict[str, Any]) -> Length | None:
    """A number of units, 1 where none is given, and a further part of the same unit."""
    if "clock" in parts:
        return _read_clock(parts["clock"], parts["clock_unit"])
    unit = parts.get("time_unit", "")
    amount = parts.get("number", parts.get("vague", 1))
    if "time_group" in parts:  # a fortnight is 14D
        amount, unit = amount * int(parts["time_group"][:-1]), parts["time_group"][-1]
    if "half" in parts or "quarter" in parts:
        amount = Fraction(1, 2 if "half" in parts else 4)
    if "more" in parts:
        if not 0 < parts["more"] < 1:
            return None
        amount += parts["more"]
    return Length(((amount, unit),)) if amount >= 0 else None


def _read_clock(clock: tuple[int, int, int, bool], unit: str) -> Length:
    """*2:30 hours*."""
    smaller = "hms"["hms".index(unit) + 1]
    return Length(((clock[0], unit), (clock[1], smaller)))


def _may_join(left: Found, right: Found, marks: str, joints: str) -> bool:
    between = marks[left.stop : right.first]
    units = {unit for _, unit in left.value.parts}
    return (
        len(between) <= 2
        and all(mark in joints for mark in between)
        and all(unit not in units for _, unit in right.value.parts)
    )
