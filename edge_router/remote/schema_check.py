"""Whether a model's arguments fit a tool's JSON Schema (draft 2020-12, as tools use it).

Nothing is passed over: a rule that is not checked here is a violation, not a silent consent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MAX_DEPTH = 64
_MAX_STEPS = 20_000
_MAX_MATCHED_CHARS = 200
_MAX_LOOPS = 3

_UNCHECKED = (
    "$dynamicRef",
    "contains",
    "dependentSchemas",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
)


def find_violation(value: Any, schema: Any) -> str | None:
    """The first rule of ``schema`` that ``value`` breaks, and where; ``None`` where it fits."""
    try:
        return _Check(schema).find(value, schema, "arguments", 0)
    except _UncheckableError as error:
        return str(error)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return "the schema itself is not valid"


class _UncheckableError(Exception):
    """A rule of which nobody can say whether it holds, not even under a ``not``."""


class _Check:
    """One check; it knows the whole schema, into which references point."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._steps = 0

    def find(self, value: Any, schema: Any, where: str, depth: int) -> str | None:
        self._steps += 1
        if depth > MAX_DEPTH or self._steps > _MAX_STEPS:
            raise _UncheckableError("the schema has no end")
        if isinstance(schema, bool):
            return None if schema else f"{where} is not allowed"
        if not isinstance(schema, dict):
            raise _UncheckableError(f"{where} has a schema that is none")
        for keyword in _UNCHECKED:
            if keyword in schema:
                raise _UncheckableError(f"{where} has the rule {keyword}, which is not checked")
        for keyword, breaks in _RULES.items():
            if keyword in schema and breaks(value, schema[keyword]):
                return f"{where} breaks {keyword}"
        for find in (self._find_in_object, self._find_in_list, self._find_in_branches):
            violation = find(value, schema, where, depth + 1)
            if violation is not None:
                return violation
        return None

    def _find_in_object(self, value: Any, schema: Any, where: str, depth: int) -> str | None:
        if not isinstance(value, dict):
            return None
        for name in schema.get("required", ()):
            if name not in value:
                return f"{where} lacks {name}"
        for name, needed in schema.get("dependentRequired", {}).items():
            if name in value and not set(needed) <= value.keys():
                return f"{where} lacks what {name} needs"
        for name, part in value.items():
            place = f"{where}.{ascii(name[:50])[1:-1]}"
            for rule in _rules_for_property(name, schema):
                violation = self.find(part, rule, place, depth)
                if violation is not None:
                    return violation
            violation = self.find(name, schema.get("propertyNames", True), place, depth)
            if violation is not None:
                return violation
        return None

    def _find_in_list(self, value: Any, schema: Any, where: str, depth: int) -> str | None:
        if not isinstance(value, list):
            return None
        first = schema.get("prefixItems", [])
        for i, part in enumerate(value):
            rule = first[i] if i < len(first) else schema.get("items", True)
            violation = self.find(part, rule, f"{where}[{i}]", depth)
            if violation is not None:
                return violation
        return None

    def _find_in_branches(self, value: Any, schema: Any, where: str, depth: int) -> str | None:
        def fits(part: Any) -> bool:
            return self.find(value, part, where, depth) is None

        if "$ref" in schema:
            violation = self.find(value, self._follow(schema["$ref"]), where, depth)
            if violation is not None:
                return violation
        for part in schema.get("allOf", ()):
            violation = self.find(value, part, where, depth)
            if violation is not None:
                return violation
        if "anyOf" in schema and not any(fits(part) for part in schema["anyOf"]):
            return f"{where} fits none of anyOf"
        if "oneOf" in schema and sum(fits(part) for part in schema["oneOf"]) != 1:
            return f"{where} does not fit exactly one of oneOf"
        if "not" in schema and fits(schema["not"]):
            return f"{where} fits what it must not"
        if "if" in schema:
            branch = "then" if fits(schema["if"]) else "else"
            return self.find(value, schema.get(branch, True), where, depth)
        return None

    def _follow(self, reference: Any) -> Any:
        """The part of the schema that ``#/a/b`` points to."""
        if not isinstance(reference, str) or not re.match(r"#(/|$)", reference):
            raise _UncheckableError("the schema refers to another document")
        part = self._root
        for step in reference.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            part = part[int(key)] if isinstance(part, list) else part[key]
        return part


def _rules_for_property(name: str, schema: dict[str, Any]) -> list[Any]:
    rules = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    for pattern, rule in schema.get("patternProperties", {}).items():
        if not _breaks_pattern(name, pattern):
            rules.append(rule)
    return rules or [schema.get("additionalProperties", True)]


def _breaks_type(value: Any, wanted: Any) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    return not any(_TYPES[name](value) for name in names)


def _breaks_pattern(value: Any, pattern: str) -> bool:
    if not isinstance(value, str):
        return False
    # A search for these might take ages: repeated groups, many open repetitions, long texts.
    n_loops = len(re.findall(r"[*+]|\{\d*,\d*\}", pattern))
    is_repeated = re.search(r"\)[*+{]|\\\d", pattern) is not None
    if is_repeated or n_loops > _MAX_LOOPS or len(value) > _MAX_MATCHED_CHARS:
        raise _UncheckableError("a pattern is too costly to check")
    try:
        return re.search(pattern, value) is None
    except re.error:
        raise _UncheckableError("a pattern is not valid") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _to_decimal(number: float) -> Decimal:
    return Decimal(str(number))  # as it was written: 0.3 is a multiple of 0.1


def _is_same(one: Any, other: Any) -> bool:
    """JSON's equality: 1 is 1.0, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[k], other[k]) for k in one)
    return bool(one == other)


def _has_twins(value: Any) -> bool:
    return any(_is_same(a, b) for i, a in enumerate(value) for b in value[:i])


def _when(is_kind: Callable[[Any], bool], breaks: Callable[[Any, Any], bool]) -> Any:
    """A rule that concerns values of one kind only."""
    return lambda value, rule: is_kind(value) and breaks(value, rule)


def _is_a(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": _is_a(dict),
    "array": _is_a(list),
    "string": _is_a(str),
    "boolean": _is_a(bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == value // 1,
}
_RULES: dict[str, Callable[[Any, Any], bool]] = {
    "type": _breaks_type,
    "enum": lambda value, rule: not any(_is_same(value, item) for item in rule),
    "const": lambda value, rule: not _is_same(value, rule),
    "minimum": _when(_is_number, lambda value, rule: value < rule),
    "maximum": _when(_is_number, lambda value, rule: value > rule),
    "exclusiveMinimum": _when(_is_number, lambda value, rule: value <= rule),
    "exclusiveMaximum": _when(_is_number, lambda value, rule: value >= rule),
    "multipleOf": _when(
        _is_number, lambda value, rule: _to_decimal(value) % _to_decimal(rule) != 0
    ),
    "minLength": _when(_is_a(str), lambda value, rule: len(value) < rule),
    "maxLength": _when(_is_a(str), lambda value, rule: len(value) > rule),
    "pattern": _breaks_pattern,
    "minItems": _when(_is_a(list), lambda value, rule: len(value) < rule),
    "maxItems": _when(_is_a(list), lambda value, rule: len(value) > rule),
    "uniqueItems": _when(_is_a(list), lambda value, rule: rule and _has_twins(value)),
    "minProperties": _when(_is_a(dict), lambda value, rule: len(value) < rule),
    "maxProperties": _when(_is_a(dict), lambda value, rule: len(value) > rule),
}
