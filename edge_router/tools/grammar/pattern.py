"""Patterns over classes of tokens, as a language's file writes them.

::

    day of? month            tokens of these classes, in this order; ``?`` ``*`` ``+`` as usual
    (at|by) hour             either of several
    [at|by] hour [!unit|$]   what stands before or after but is no part of it; ``!`` what must not,
                             ``^`` the text's beginning, ``$`` its end
    hour [to time]           several such tokens
    from:hour to till:hour   a name for a part that its class's name does not tell

A token is one character, its *mark*, which stands for the set of classes that it belongs to: so a
pattern is a regular expression over a line of marks (cascades of finite automata: Abney, Partial
parsing via finite-state cascades, 1996).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge_router.errors import DataError

_ITEM = re.compile(r"\s*(?:(?P<name>\w+(?::\w+)?)|(?P<sign>[()|?*+])|(?P<context>\[[^\]]*\]))")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    text: str
    """As the file has it."""
    regex: re.Pattern[str]
    """Over marks; its groups are the parts."""
    needs: tuple[frozenset[str], ...]
    """Sets of marks, of each of which a line must have one for the pattern to fit anywhere; the
    rarest first."""
    parts: Mapping[str, tuple[str, str]]
    """Name and class of each group."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Patterns that a line is read with at once, and which of them a mark brings into question."""

    patterns: tuple[Pattern, ...]
    """In the file's order, which decides between two that fit the same tokens."""
    by_mark: Mapping[str, tuple[int, ...]]
    """For each mark, the patterns whose rarest need it meets."""
    always: tuple[int, ...]
    """Patterns that need nothing."""

    def find(self, marks: str) -> Iterator[tuple[int, Pattern, re.Match[str]]]:
        """Place, pattern and match of everything that fits."""
        present = frozenset(marks)
        places = set(self.always)
        for mark in present:
            places.update(self.by_mark.get(mark, ()))
        for place in places:
            pattern = self.patterns[place]
            for need in pattern.needs:  # any() would take most of the time
                if need.isdisjoint(present):
                    break
            else:
                for match in pattern.regex.finditer(marks):
                    yield place, pattern, match


def make_layer(texts: Iterable[str], marks_of: Callable[[str], str]) -> Layer:
    """The layer of these patterns; ``marks_of`` gives the marks of a class and raises KeyError for
    an unknown one, which becomes a DataError.
    """
    patterns = tuple(compile_pattern(text, marks_of) for text in texts)
    by_mark: dict[str, tuple[int, ...]] = {}
    for place, pattern in enumerate(patterns):
        for mark in pattern.needs[0] if pattern.needs else ():
            by_mark[mark] = (*by_mark.get(mark, ()), place)
    always = tuple(place for place, pattern in enumerate(patterns) if not pattern.needs)
    return Layer(patterns, by_mark, always)


def compile_pattern(text: str, marks_of: Callable[[str], str]) -> Pattern:
    """One pattern, as :func:`make_layer` takes it."""
    try:
        return _Compiler(text, marks_of).compile()
    except (KeyError, re.error) as error:
        message = f"the pattern {text!r} is wrong ({error}); correct it in the language's file"
        raise DataError(message) from error


class _Compiler:
    """One pass over a pattern's text."""

    def __init__(self, text: str, marks_of: Callable[[str], str]) -> None:
        self._text = text
        self._marks_of = marks_of
        self._parts: dict[str, tuple[str, str]] = {}
        self._needs: list[frozenset[str]] = []
        self._regex = ""
        self._depth = 0

    def compile(self) -> Pattern:
        end = 0
        while match := _ITEM.match(self._text, end):
            end = match.end()
            self._add(match, self._text[end : end + 1])
        if self._text[end:].strip():
            raise KeyError(self._text[end:])
        regex = re.compile(self._regex)
        needs = tuple(sorted(self._needs, key=len))
        return Pattern(self._text, regex, needs, self._parts)

    def _add(self, match: re.Match[str], following: str) -> None:
        if match["name"]:
            self._add_part(match["name"], is_needed=self._depth == 0 and following not in "?*")
        elif match["sign"]:
            self._depth += {"(": 1, ")": -1}.get(match["sign"], 0)
            self._regex += "(?:" if match["sign"] == "(" else match["sign"]
        else:
            self._add_context(match["context"][1:-1])

    def _add_part(self, name: str, *, is_needed: bool) -> None:
        name, _, class_name = name.rpartition(":")
        marks = self._marks_of(class_name)
        group = f"g{len(self._parts)}"
        self._parts[group] = (name or class_name, class_name)
        self._regex += f"(?P<{group}>[{marks}])"
        if is_needed:
            self._needs.append(frozenset(marks))

    def _add_context(self, text: str) -> None:
        """What stands before the first part or behind the last; several tokens have spaces between
        them.
        """
        sign = "!" if text.startswith("!") else "="
        look = f"?<{sign}" if not self._parts else f"?{sign}"
        edges, tokens = "", []
        for names in text.removeprefix("!").split(" "):
            marks = "".join(self._marks_of(n) for n in names.split("|") if n not in "^$")
            edges += "".join(n for n in names.split("|") if n in "^$")
            tokens.append(f"[{marks}]" if marks else "")
            if sign == "=" and not edges:
                self._needs.append(frozenset(marks))
        wanted = [f"({look}{''.join(tokens)})"] if any(tokens) else []
        wanted += [f"(?{sign}{edges})"] if edges else []
        self._regex += "".join(wanted) if sign == "!" else f"(?:{'|'.join(wanted)})"


def read_parts(pattern: Pattern, match: re.Match[str], values: list[Any]) -> dict[str, Any]:
    """The parts of a match with their values; the first of several of one name counts."""
    found: dict[str, Any] = {}
    for group, (name, class_name) in pattern.parts.items():
        place = match.start(group)
        if place >= 0 and name not in found:
            value = values[place]
            found[name] = value.get(class_name) if isinstance(value, dict) else value
    return found
