"""JSON Schema's keywords that judge a value by itself; each makes, from its argument, a function
from a value to what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from edge_router.tools.duration import is_duration
from edge_router.tools.pattern import Pattern, PatternError

Assertion = Callable[[Any], str | None]

_SHOWN_CHARS = 60


class SchemaError(ValueError):
    """A schema that says nothing that can be checked; the message ends a sentence that begins with
    the schema.
    """


def show(value: Any) -> str:
    """A value as JSON writes it, cut to what a line holds."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def freeze(value: Any) -> Any:
    """What two JSON values have in common exactly if they are equal: 1 and 1.0 are, 1 and true are
    not.
    """
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return tuple([freeze(part) for part in value])
    if isinstance(value, dict):
        return frozenset([(name, freeze(part)) for name, part in value.items()])
    return value


def compile_pattern(source: Any) -> Pattern:
    """A pattern of a schema; raises SchemaError where it is none, or cannot be matched in bounded
    time.
    """
    if not isinstance(source, str):
        raise SchemaError("pattern must be a text")
    try:
        return Pattern(source)
    except PatternError as error:
        raise SchemaError(f"pattern {show(source)} {error}") from error


def has_match(pattern: Pattern, text: str) -> bool:
    """Whether ``text`` holds a match; one too long to look through holds none."""
    try:
        return pattern.search(text)
    except ValueError:
        return False


def is_number(value: Any) -> bool:
    """Whether ``value`` is a number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return type(value) is int or (isinstance(value, float) and value.is_integer())


_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _type(names: Any) -> Assertion:
    listed = names if isinstance(names, list) else [names]
    if not listed or not all(isinstance(name, str) and name in _TYPES for name in listed):
        raise SchemaError(f"type {show(names)} is none of {', '.join(_TYPES)}")
    tests = [_TYPES[name] for name in listed]
    wanted = " or ".join(listed)

    def check(value: Any) -> str | None:
        for test in tests:
            if test(value):
                return None
        return f"must be of type {wanted}, not {show(value)}"

    return check


def _enum(choices: Any) -> Assertion:
    if not isinstance(choices, list) or not choices:
        raise SchemaError("enum must be a list of values")
    frozen = {freeze(choice) for choice in choices}
    named = ", ".join(show(choice) for choice in choices[:10]) + ", …" * (len(choices) > 10)
    return lambda value: (
        None if freeze(value) in frozen else f"must be one of {named}, not {show(value)}"
    )


def _const(wanted: Any) -> Assertion:
    frozen = freeze(wanted)
    return lambda value: (
        None if freeze(value) == frozen else f"must be {show(wanted)}, not {show(value)}"
    )


def _compares(keyword: str, words: str, is_fine: Callable[[Any, Any], bool]) -> Any:
    """A keyword that compares numbers with a limit."""

    def make(limit: Any) -> Assertion:
        if not is_number(limit):
            raise SchemaError(f"{keyword} must be a number")
        return lambda value: (
            f"must be {words} {show(limit)}, not {show(value)}"
            if is_number(value) and not is_fine(value, limit)
            else None
        )

    return make


def _multiple_of(step: Any) -> Assertion:
    if not is_number(step) or step <= 0:
        raise SchemaError("multipleOf must be a number above 0")
    # decimals as they are written: in binary, 0.3 is no multiple of 0.1
    exact = Decimal(repr(step))
    return lambda value: (
        f"must be a multiple of {show(step)}, not {show(value)}"
        if is_number(value) and not _is_multiple(Decimal(repr(value)), exact)
        else None
    )


def _is_multiple(value: Decimal, step: Decimal) -> bool:
    numerator, denominator = value.as_integer_ratio()
    step_numerator, step_denominator = step.as_integer_ratio()
    return (numerator * step_denominator) % (denominator * step_numerator) == 0


def _counts(keyword: str, kind: type, words: str, unit: str, *, is_least: bool) -> Any:
    """A keyword that limits a length."""

    def make(limit: Any) -> Assertion:
        if not is_number(limit) or limit != int(limit) or limit < 0:
            raise SchemaError(f"{keyword} must be a whole number")

        def check(value: Any) -> str | None:
            if not isinstance(value, kind):
                return None
            count = len(value)  # type: ignore[arg-type]  # each kind is a sized one
            is_fine = count >= limit if is_least else count <= limit
            return None if is_fine else f"must have {words} {limit} {unit}, not {count}"

        return check

    return make


def _pattern(source: Any) -> Assertion:
    pattern = compile_pattern(source)
    return lambda value: (
        f"must match the pattern {show(source)}, and {show(value)} does not"
        if isinstance(value, str) and not has_match(pattern, value)
        else None
    )


def _format(name: Any) -> Assertion:
    if not isinstance(name, str):
        raise SchemaError("format must be a text")
    test = _FORMATS.get(name)
    if test is None:
        return lambda _: None
    is_right, example = test
    return lambda value: (
        f"must be a {name} like {example}, not {show(value)}"
        if isinstance(value, str) and not is_right(value)
        else None
    )


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _parses(date.fromisoformat, text)


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text)) and _parses(time.fromisoformat, text)


def _is_date_time(text: str) -> bool:
    day, clock = text[:10], text[11:]
    is_written_so = _DATE.fullmatch(day) and _TIME.fullmatch(clock) and text[10] in "Tt "
    return bool(is_written_so) and _parses(datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date": (_is_date, "2026-03-31"),
    "time": (_is_time, "18:30"),
    "date-time": (_is_date_time, "2026-03-31T18:30"),
    "duration": (is_duration, "PT1H30M"),
}


def _unique_items(is_wanted: Any) -> Assertion:
    if not isinstance(is_wanted, bool):
        raise SchemaError("uniqueItems must be true or false")

    def check(value: Any) -> str | None:
        if not is_wanted or not isinstance(value, list):
            return None
        is_unique = len({freeze(part) for part in value}) == len(value)
        return None if is_unique else "must not hold an item twice"

    return check


def _required(names: Any) -> Assertion:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SchemaError("required must be a list of names")

    def check(value: Any) -> str | None:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return f"needs {name}"
        return None

    return check


def _dependent_required(groups: Any) -> Assertion:
    if not isinstance(groups, dict):
        raise SchemaError("dependentRequired must be an object of lists of names")
    checks = {name: _required(names) for name, names in groups.items()}

    def check(value: Any) -> str | None:
        for name, inner in checks.items():
            if isinstance(value, dict) and name in value and (text := inner(value)):
                return f"{text} beside {name}"
        return None

    return check


ASSERTIONS: dict[str, Callable[[Any], Assertion]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _compares("minimum", "at least", lambda value, limit: value >= limit),
    "maximum": _compares("maximum", "at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": _compares("exclusiveMinimum", "above", lambda value, limit: value > limit),
    "exclusiveMaximum": _compares("exclusiveMaximum", "below", lambda value, limit: value < limit),
    "multipleOf": _multiple_of,
    "minLength": _counts("minLength", str, "at least", "characters", is_least=True),
    "maxLength": _counts("maxLength", str, "at most", "characters", is_least=False),
    "pattern": _pattern,
    "format": _format,
    "minItems": _counts("minItems", list, "at least", "items", is_least=True),
    "maxItems": _counts("maxItems", list, "at most", "items", is_least=False),
    "uniqueItems": _unique_items,
    "minProperties": _counts("minProperties", dict, "at least", "names", is_least=True),
    "maxProperties": _counts("maxProperties", dict, "at most", "names", is_least=False),
    "required": _required,
    "dependentRequired": _dependent_required,
}
"""Keyword to maker; in no order that matters: a schema's own order decides what is said first."""
