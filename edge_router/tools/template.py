"""Sentences with named gaps, for a tool's answer: ``It is {temperature} degrees in {city}.``"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_router.errors import DataError


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value that a sentence says in the user's own words, and formats as itself."""

    words: str
    """As the user said it."""
    value: Any
    """What it means: a date, a time or a length of time."""


class Template:
    """A sentence whose gaps are names; ``{temperature:.0f}`` formats as Python does."""

    def __init__(self, source: str, *, where: str) -> None:
        """Raises DataError naming ``where`` for a gap that is no plain name."""
        try:
            parts = list(string.Formatter().parse(source))
        except ValueError as error:
            raise DataError(f"has a broken template ({error}); correct it", file=where) from error
        for _, name, spec, conversion in parts:
            # what reaches into a value, or nests, could read more than an answer should say
            is_plain = name is None or (name.isidentifier() and not conversion)
            if not is_plain or "{" in (spec or ""):
                raise DataError(
                    f"has the gap {name!r} in its template; a gap is a name: {{temperature}}",
                    file=where,
                )
        self.source = source
        """The sentence as given."""
        self._parts = [(words, name, spec or "") for words, name, spec, _ in parts]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The sentence; raises LookupError for a name without a value, ValueError or TypeError for
        one that cannot be formatted so.
        """
        return "".join(
            words if name is None else words + _say(values[name], spec)
            for words, name, spec in self._parts
        )


def say(value: Any) -> str:
    """A value as a sentence says it: texts as they are, the rest as JSON."""
    if isinstance(value, Spoken):
        return value.words
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _say(value: Any, spec: str) -> str:
    if not spec:
        return say(value)
    return format(value.value if isinstance(value, Spoken) else value, spec)
