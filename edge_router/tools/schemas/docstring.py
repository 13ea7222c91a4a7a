"""What a docstring says: the prose, and a sentence for each argument, in Google's, NumPy's or
reStructuredText's style.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from itertools import pairwise

_SECTIONS = (
    "args|arguments|parameters|params|attributes|other parameters|keyword args|keyword arguments|"
    "returns?|yields?|raises|examples?|notes?|see also|references|warnings?|todo"
)
_GOOGLE_HEADING = re.compile(rf"({_SECTIONS}):\s*", re.IGNORECASE)
_NUMPY_HEADING = re.compile(rf"({_SECTIONS})\s*", re.IGNORECASE)
_UNDERLINE = re.compile(r"-{3,}\s*")
_ABOUT_ARGUMENTS = {
    "args",
    "arguments",
    "parameters",
    "params",
    "attributes",
    "other parameters",
    "keyword args",
    "keyword arguments",
}
_REST_FIELD = re.compile(r":(?P<kind>\w+)(?:\s+(?P<argument>[^:\n]+))?:\s*(?P<text>.*)")
_REST_KINDS = {"param", "parameter", "arg", "argument", "key", "keyword"}
_GOOGLE_ARGUMENT = re.compile(r"\*{0,2}(?P<names>\w+)\s*(?:\([^)]*\))?\s*:\s*(?P<text>.*)")
_NUMPY_ARGUMENT = re.compile(r"(?P<names>\*{0,2}\w+(?:\s*,\s*\w+)*)\s*(?::.*)?(?P<text>)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring's parts."""

    prose: str
    """What stands before the first section, paragraphs apart by an empty line."""
    arguments: dict[str, str]
    """A sentence for each argument that is described."""


def parse_docstring(text: str | None) -> Docstring:
    r"""The parts of a docstring; empty ones where there is none.

    >>> parse_docstring("Dims a lamp.\n\nArgs:\n    room: Where it stands.").arguments
    {'room': 'Where it stands.'}
    """
    lines = inspect.cleandoc(text or "").split("\n")
    starts = [i for i in range(len(lines)) if _heading(lines, i)]
    fields = [i for i, line in enumerate(lines) if _REST_FIELD.fullmatch(line)]
    arguments = _rest_arguments(lines, fields)
    for start, end in pairwise([*starts, len(lines)]):
        if _heading(lines, start) in _ABOUT_ARGUMENTS:
            arguments |= _section_arguments(lines, start, end)
    return Docstring(_join(lines[: min([*starts, *fields], default=len(lines))]), arguments)


def _heading(lines: list[str], i: int) -> str | None:
    """The section that begins on line ``i``, in small letters."""
    if match := _GOOGLE_HEADING.fullmatch(lines[i]):
        return match[1].lower()
    is_underlined = i + 1 < len(lines) and _UNDERLINE.fullmatch(lines[i + 1])
    match = _NUMPY_HEADING.fullmatch(lines[i]) if is_underlined else None
    return match[1].lower() if match else None


def _rest_arguments(lines: list[str], fields: list[int]) -> dict[str, str]:
    found: dict[str, str] = {}
    for i in fields:
        match = _REST_FIELD.fullmatch(lines[i])
        if match and match["kind"] in _REST_KINDS and match["argument"]:
            name = match["argument"].split()[-1].lstrip("*")  # ``:param int x:`` has a type before
            found[name] = _join([match["text"], *_indented(lines, i + 1, more_than=0)])
    return found


def _section_arguments(lines: list[str], start: int, end: int) -> dict[str, str]:
    is_numpy = start + 1 < end and bool(_UNDERLINE.fullmatch(lines[start + 1]))
    body = lines[start + 2 : end] if is_numpy else lines[start + 1 : end]
    pattern = _NUMPY_ARGUMENT if is_numpy else _GOOGLE_ARGUMENT
    margin = min((_indent(line) for line in body if line.strip()), default=0)
    found: dict[str, str] = {}
    for i, line in enumerate(body):
        match = pattern.fullmatch(line.strip()) if _indent(line) == margin else None
        if match:
            sentence = _join([match["text"], *_indented(body, i + 1, more_than=margin)])
            for name in match["names"].split(","):
                found[name.strip().lstrip("*")] = sentence
    return found


def _indented(lines: list[str], start: int, *, more_than: int) -> list[str]:
    """The lines from ``start`` on that belong to the one before them."""
    end = start
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > more_than):
        end += 1
    return lines[start:end]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _join(lines: list[str]) -> str:
    """Lines as prose: one line a paragraph, an empty line between paragraphs."""
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    return "\n\n".join(text for text in (" ".join(p.split()) for p in paragraphs) if text)
