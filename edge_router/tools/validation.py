"""Whether a value is what a JSON Schema (2020-12) asks for; what is wrong is said for a user to
read.

A keyword is never passed over in silence: those that assert are checked, or the schema is refused
when it is compiled. ``$ref`` is expected to be inlined already (``schemas/inline``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from edge_router.errors import DataError
from edge_router.tools.assertions import ASSERTIONS, SchemaError, compile_pattern, has_match, show
from edge_router.tools.definition import is_plain_json

JsonObject = dict[str, Any]


class Problem(NamedTuple):
    """What is wrong with a value."""

    path: str
    """Where in the value: ``alarms[0].time``; empty for the whole."""
    text: str
    """What must be otherwise, after the path's name: ``must be at most 100, not 120``."""

    def __str__(self) -> str:
        """As a sentence's end."""
        return f"{self.path} {self.text}" if self.path else self.text


Check = Callable[[Any], Problem | None]
"""The first problem of a value, in the schema's order; ``None`` where it is as asked for."""

_NOT_CHECKED = {
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "additionalItems",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
}


def compile_schema(schema: Any, *, file: str) -> Check:
    """The check of values against ``schema``; raises DataError naming ``file`` and the keyword that
    is wrong, or not checked here.

    ``format`` asserts date, time, date-time and duration; other formats are remarks, as the
    standard has it. Times may leave out the zone: a device's clock has its own.
    """
    if not isinstance(schema, bool | dict) or not is_plain_json(schema):
        raise DataError("needs a JSON Schema: an object, not too deep or large", file=file)
    try:
        return _compile(schema)
    except SchemaError as error:
        raise DataError(f"has a JSON Schema whose {error}; correct it", file=file) from error


def _compile(schema: Any) -> Check:
    if isinstance(schema, bool):
        return _accept if schema else _refuse
    if not isinstance(schema, dict):
        raise SchemaError(f"part {show(schema)} is no schema")
    if unchecked := sorted(schema.keys() & _NOT_CHECKED):
        raise SchemaError(f"keyword {unchecked[0]!r} is not checked here")
    checks = [_assert(ASSERTIONS[key](schema[key])) for key in schema if key in ASSERTIONS]
    checks += [make(schema) for keys, make in _APPLICATORS if not keys.isdisjoint(schema)]
    if len(checks) == 1:
        return checks[0]
    return _all_of(checks)


def _accept(_: Any) -> Problem | None:
    return None


def _refuse(_: Any) -> Problem | None:
    return Problem("", "is not allowed")


def _assert(assertion: Callable[[Any], str | None]) -> Check:
    def check(value: Any) -> Problem | None:
        text = assertion(value)
        return None if text is None else Problem("", text)

    return check


def _all_of(checks: list[Check]) -> Check:
    def check(value: Any) -> Problem | None:
        for part in checks:
            if problem := part(value):
                return problem
        return None

    return check


def _any_of(schema: JsonObject) -> Check:
    checks = _compile_list(schema, "anyOf")

    def check(value: Any) -> Problem | None:
        problems = []
        for part in checks:
            problem = part(value)
            if problem is None:
                return None
            problems.append(problem)
        return _choose(problems)

    return check


def _choose(problems: list[Problem]) -> Problem:
    """The problem of the alternative that came closest: that of null, or of another type, tells
    nothing.
    """
    telling = [p for p in problems if p.path or not p.text.startswith("must be of type")]
    if len(telling) == 1:
        return telling[0]
    return Problem("", " or ".join(dict.fromkeys(str(problem) for problem in problems)))


def _one_of(schema: JsonObject) -> Check:
    checks = _compile_list(schema, "oneOf")

    def check(value: Any) -> Problem | None:
        problems = [problem for part in checks if (problem := part(value))]
        if len(problems) == len(checks):
            return _choose(problems)
        if len(problems) == len(checks) - 1:
            return None
        return Problem("", "fits more than one of what is allowed")

    return check


def _not(schema: JsonObject) -> Check:
    inner = _compile(schema["not"])
    return lambda value: None if inner(value) else Problem("", "is what it must not be")


def _if(schema: JsonObject) -> Check:
    condition = _compile(schema["if"])
    then, otherwise = _compile(schema.get("then", True)), _compile(schema.get("else", True))
    return lambda value: otherwise(value) if condition(value) else then(value)


def _properties(schema: JsonObject) -> Check:
    """``properties``, ``patternProperties`` and ``additionalProperties``, which depend on one
    another.
    """
    known = _compile_map(schema, "properties")
    patterned = [
        (compile_pattern(source), check)
        for source, check in _compile_map(schema, "patternProperties").items()
    ]
    others = _compile(schema.get("additionalProperties", True))

    def check(value: Any) -> Problem | None:
        if not isinstance(value, dict):
            return None
        for name, part in value.items():
            checks = [c for pattern, c in patterned if has_match(pattern, name)]
            if name in known:
                checks.append(known[name])
            for inner in checks or [others]:
                if problem := inner(part):
                    return _below(name, problem)
        return None

    return check


def _property_names(schema: JsonObject) -> Check:
    inner = _compile(schema["propertyNames"])

    def check(value: Any) -> Problem | None:
        for name in value if isinstance(value, dict) else ():
            if problem := inner(name):
                return Problem("", f"has the name {show(name)}, which {problem}")
        return None

    return check


def _dependent_schemas(schema: JsonObject) -> Check:
    dependents = _compile_map(schema, "dependentSchemas")

    def check(value: Any) -> Problem | None:
        for name, inner in dependents.items():
            if isinstance(value, dict) and name in value and (problem := inner(value)):
                return problem
        return None

    return check


def _items(schema: JsonObject) -> Check:
    """``prefixItems`` and ``items``; a list under ``items`` is how older drafts wrote the first."""
    prefix_key = "items" if isinstance(schema.get("items"), list) else "prefixItems"
    prefix = _compile_list(schema, prefix_key) if prefix_key in schema else []
    rest = _compile(schema.get("items", True) if prefix_key == "prefixItems" else True)

    def check(value: Any) -> Problem | None:
        for number, part in enumerate(value if isinstance(value, list) else ()):
            if problem := (prefix[number] if number < len(prefix) else rest)(part):
                return _below(f"[{number}]", problem)
        return None

    return check


def _contains(schema: JsonObject) -> Check:
    inner = _compile(schema["contains"])
    least, most = schema.get("minContains", 1), schema.get("maxContains")
    if type(least) is not int or (most is not None and type(most) is not int):
        raise SchemaError("minContains and maxContains must be whole numbers")

    def check(value: Any) -> Problem | None:
        if not isinstance(value, list):
            return None
        count = sum(inner(part) is None for part in value)
        if count < least or (most is not None and count > most):
            return Problem("", f"has {count} of the items that it must contain")
        return None

    return check


def _below(name: str, problem: Problem) -> Problem:
    separator = "." if problem.path and not problem.path.startswith("[") else ""
    return Problem(f"{name}{separator}{problem.path}", problem.text)


def _compile_list(schema: JsonObject, key: str) -> list[Check]:
    if not isinstance(schema[key], list) or not schema[key]:
        raise SchemaError(f"{key} must be a list of schemas")
    return [_compile(part) for part in schema[key]]


def _compile_map(schema: JsonObject, key: str) -> dict[str, Check]:
    parts = schema.get(key, {})
    if not isinstance(parts, dict):
        raise SchemaError(f"{key} must be an object of schemas")
    return {name: _compile(part) for name, part in parts.items()}


def _all_of_listed(schema: JsonObject) -> Check:
    return _all_of(_compile_list(schema, "allOf"))


_APPLICATORS: tuple[tuple[set[str], Callable[[JsonObject], Check]], ...] = (
    ({"properties", "patternProperties", "additionalProperties"}, _properties),
    ({"propertyNames"}, _property_names),
    ({"dependentSchemas"}, _dependent_schemas),
    ({"prefixItems", "items"}, _items),
    ({"contains"}, _contains),
    ({"allOf"}, _all_of_listed),
    ({"anyOf"}, _any_of),
    ({"oneOf"}, _one_of),
    ({"not"}, _not),
    ({"if"}, _if),
)
