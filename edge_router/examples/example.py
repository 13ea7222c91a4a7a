"""One text with its tool, and what else a file of examples may say."""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.tool import Tool


@dataclass(frozen=True, slots=True)
class Slot:
    """A marked span of an example."""

    start: int
    """First character."""
    end: int
    """One past the last character."""
    type: str
    """The parameter it fills."""
    value: str
    """The text there."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text and the tool that answers it."""

    text: str
    """The text as a user wrote it."""
    tool: str | None
    """The tool's name; ``None``: no tool fits."""
    slots: tuple[Slot, ...]
    """Marked spans, kept for the training of arguments."""
    file: str
    """Where the example stands."""
    line: int
    """Line in that file, from 1; for tools files the example's number within its tool."""
    is_correction: bool = False
    """It takes the place of whatever was said of its text before."""
    is_weak: bool = False
    """A language model chose the tool and nobody looked at it: it holds only where it is asked for,
    and gives way to whatever else is said of its text.
    """


@dataclass(frozen=True, slots=True)
class ToolNote:
    """A row without a text: it describes a tool, or says that it is forgotten."""

    tool: Tool
    """The tool; its name alone where it is forgotten."""
    is_forgotten: bool = False
    """What was said of the tool before, its examples included, no longer holds."""


@dataclass(frozen=True, slots=True)
class Retraction:
    """A row that takes back whatever was said of a text before."""

    text: str
    """The text."""


Row = Example | ToolNote | Retraction


def normalize(text: str) -> str:
    """The form in which two texts count as the same: case folded, white space collapsed."""
    return " ".join(text.casefold().split())
