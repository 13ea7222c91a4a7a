"""Parameters as a tool's JSON Schema describes them, with the words that tell them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from edge_router.tools.grammar.language import Language
from edge_router.tools.grammar.line import read_tokens
from edge_router.tools.grammar.stem import cut_ending

_TYPES = {"float": "number", "double": "number", "int": "integer", "str": "string",
          "bool": "boolean", "list": "array", "tuple": "array"}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")
_QUOTED = re.compile(r"['\"‘“]([^'\"‘’“”]{1,40})['\"’”]")
_EXAMPLES = re.compile(
    r"(?:e\.g\.,?|i\.e\.,?|such as|like|for example,?|options?:?)\s+([^.;()]{2,80})", re.I
)
_BRACKETS = re.compile(r"\(([^(),]{1,30}(?:,[^(),]{1,30}){2,})\)")
_NUMBERS = ("integer", "number")
_UNIT_CLASSES = (
    ("unit", ""),
    ("time_unit", "time:"),
    ("currency", "money:"),
    ("temperature", "degree:"),
    ("percent", "%"),
)
_MAX_DESCRIPTION = 300


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter."""

    name: str
    """Its name."""
    type: str
    """integer, number, boolean, string, array or object."""
    format: str
    """date, time, date-time, duration, or empty."""
    item_type: str
    """The type of an array's items."""
    choices: Mapping[Any, tuple[str, ...]]
    """The values that it may have, and the words for each; empty where any may be."""
    examples: tuple[str, ...]
    """Values that its description names."""
    stems: frozenset[str]
    """Stems of its name's words."""
    own_stems: frozenset[str]
    """Those that no other parameter's name has."""
    hints: frozenset[str]
    """Stems of words that only its description has."""
    units: tuple[str, ...]
    """Units that its name speaks of, then those of its description; ``time:h`` is an hour."""
    is_part: bool
    """Whether another parameter takes the same length of time in another unit: hours, minutes."""
    is_special: bool
    """Whether another parameter has a shorter name for the same: start_minutes beside minutes."""
    description: str
    """What the schema says of it."""
    is_required: bool
    """Whether the tool needs it."""
    schema: Mapping[str, Any]
    """All that the schema has."""


def read_parameters(schema: Mapping[str, Any] | None, language: Language) -> list[Parameter]:
    """The parameters of a JSON Schema of type object, in its order."""
    properties = (schema or {}).get("properties")
    if not isinstance(properties, Mapping):
        return []
    required = frozenset((schema or {}).get("required") or ())
    words = {
        name: [
            cut_ending(word, language.endings)
            for word in _WORD.findall(_describe(s)[:_MAX_DESCRIPTION])
        ]
        for name, s in properties.items()
    }
    # Parameters that differ in the unit of time alone, hours and minutes, count as one.
    kinds = {frozenset(found) - language.time_stems for found in words.values()}
    counts = Counter(word for kind in kinds for word in kind)
    found = [
        _read(name, s, words[name], counts, language, is_required=name in required)
        for name, s in properties.items()
    ]
    counts = Counter(each for p in found for each in p.stems)
    return [
        replace(
            p,
            own_stems=frozenset(each for each in p.stems if counts[each] == 1),
            is_part=_has_sibling(p, found),
            is_special=any(p.stems > other.stems for other in found),
        )
        for p in found
    ]


def split_name(name: str) -> list[str]:
    """The words of a name: ``fullName`` and ``full_name`` are *full name*."""
    return [word.lower() for word in _WORD.findall(name)]


def _has_sibling(parameter: Parameter, others: list[Parameter]) -> bool:
    """Whether another parameter is the same in another unit of time, as far as names tell."""
    if not parameter.units or not parameter.units[0].startswith("time:"):
        return False
    return any(
        len(parameter.stems ^ other.stems) == 2
        and other.units
        and other.units[0].startswith("time:")
        and other.units[0] != parameter.units[0]
        for other in others
    )


def _describe(schema: Any) -> str:
    text = schema.get("description") if isinstance(schema, Mapping) else ""
    return text[:_MAX_DESCRIPTION] if isinstance(text, str) else ""


def _read(
    name: str,
    schema: Any,
    words: list[str],
    counts: Counter[str],
    language: Language,
    *,
    is_required: bool,
) -> Parameter:
    schema = schema if isinstance(schema, Mapping) else {}
    description = _describe(schema)
    stems = frozenset(cut_ending(word, language.endings) for word in split_name(name))
    skipped = language.lists["stop"] | stems
    return Parameter(
        name=name,
        type=_read_type(schema),
        format=_find_format(name, schema, description),
        item_type=_read_type(_items(schema)),
        choices=dict(_list_choices(schema)),
        examples=tuple(_list_examples(description)),
        stems=stems,
        own_stems=stems,
        hints=frozenset(word for word in words if counts[word] == 1 and word not in skipped),
        units=tuple(_find_units(f"{' '.join(split_name(name))} {description}", language)),
        is_part=False,
        is_special=False,
        description=description,
        is_required=is_required,
        schema=schema,
    )


def _read_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "string")
    return _TYPES.get(kind, kind) if isinstance(kind, str) else "string"


def _items(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _find_format(name: str, schema: Mapping[str, Any], description: str) -> str:
    """The format that the schema states, or that its pattern in words shows (*YYYY-MM-DD*)."""
    if schema.get("format") in ("date", "time", "date-time", "duration"):
        return str(schema["format"])
    if schema.get("type", "string") != "string" or "enum" in schema:
        return ""
    is_date = "date" in split_name(name) or re.search(
        r"\b(?:yyyy|dd)[-/.](?:mm)", description, re.I
    )
    return "date" if is_date else ""


def _list_choices(schema: Mapping[str, Any]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    synonyms = schema.get("x-synonyms")
    synonyms = synonyms if isinstance(synonyms, Mapping) else {}
    numbers = [_to_number(word) for word in synonyms] if _read_type(schema) in _NUMBERS else ()
    for value in schema.get("enum") or _items(schema).get("enum") or numbers:
        if value is not None and not isinstance(value, bool | list | dict):
            words = (str(value), *synonyms.get(str(value), ()))
            yield (
                value,
                tuple(" ".join(re.findall(r"\w+", w.replace("_", " "))).casefold() for w in words),
            )


def _to_number(word: str) -> int | float | None:
    try:
        return int(word) if word.lstrip("-").isdecimal() else float(word)
    except ValueError:
        return None


def _list_examples(description: str) -> Iterator[str]:
    """What stands between quotes, behind *e.g.*, or as a list in brackets."""
    yield from _QUOTED.findall(description)
    for part in _BRACKETS.findall(description):
        yield from (each.strip() for each in part.split(","))
    for part in _EXAMPLES.findall(description):
        yield from (each.strip(" '\"") for each in re.split(r",|\bor\b|\band\b", part))


def _find_units(text: str, language: Language) -> Iterator[str]:
    _, entries = read_tokens(language, language.tokenizer.tokenize(text))
    for entry in entries:
        for name, prefix in _UNIT_CLASSES:
            if name in entry.values:
                yield "%" if name == "percent" else f"{prefix}{entry.values[name]}"
