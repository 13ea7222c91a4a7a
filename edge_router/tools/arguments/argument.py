"""What a text says about a tool's parameters."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class Source(enum.StrEnum):
    """What an argument's value comes from; a closed set."""

    NUMBER = "number"
    """A number, with or without a unit."""
    DATE = "date"
    """A date, a time, both, or a duration."""
    ENUM = "enum"
    """A word of the schema's choices, or one that stands for it (``x-synonyms``)."""
    BOOLEAN = "boolean"
    """A word for yes or no, or the parameter's own name."""
    GAZETTEER = "gazetteer"
    """A known name."""
    QUOTED = "quoted"
    """What stands between quotes."""
    REST = "rest"
    """Words of the text that nothing else explains."""
    DEFAULT = "default"
    """The schema's default: nothing in the text."""
    REPLY = "reply"
    """A whole reply: the answer to a question for any text."""
    REMOTE = "remote"
    """A remote model: nothing in the text."""


@dataclass(frozen=True, slots=True)
class Argument:
    """The value of one parameter."""

    name: str
    """The parameter."""
    value: Any
    """Its value as JSON has it: dates, times and durations are ISO 8601."""
    text: str
    """The part of the text that says so; empty for a default."""
    start: int
    """Its first character."""
    end: int
    """One past its last character."""
    confidence: float
    """0 to 1: how clearly the text says so; fixed values, not measured ones."""
    source: Source
    """What the value comes from."""
    typed: Any = None
    """The value as Python has it, where that differs: a date, time, datetime or timedelta."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A parameter whose words have several meanings: ask, or take the first."""

    name: str
    """The parameter."""
    readings: tuple[Argument, ...]
    """Its possible values, at least two, the most likely one first."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a text says about a tool's parameters."""

    arguments: tuple[Argument, ...]
    """The values, in the schema's order."""
    missing: tuple[str, ...] = ()
    """Required parameters that the text says nothing about."""
    ambiguous: tuple[Ambiguity, ...] = ()
    """Parameters with several readings; they are neither among the arguments nor missing."""

    def to_dict(self) -> dict[str, Any]:
        """The arguments as a tool takes them."""
        return {argument.name: argument.value for argument in self.arguments}
