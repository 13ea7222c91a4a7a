"""Regular expressions from strangers, matched in a time that grows with text times pattern, never
faster.

The standard library's ``re`` tries one way after another: a schema's ``(a+)+$`` would hold it for
hours at thirty letters. Here all ways are walked at once, a character at a time (Thompson, 1968).
What cannot be matched so, backreferences and looking around, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from unicodedata import category

MAX_PATTERN_CHARS = 1000
MAX_STATES = 2000
MAX_STEPS = 1_000_000
"""States times characters that one search may cost: half a second of a slow core."""
_MAX_GROUPS = 50  # nested; the parser calls itself

Test = Callable[[str], bool]
_REPEAT = re.compile(r"\{(\d{1,4})(,?)(\d{0,4})\}", re.ASCII)
_SPACES = " \t\n\r\v\f\u00a0\ufeff\u2028\u2029"
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "v": "\v", "f": "\f", "0": "\0"}
_EDGES = {"b": "word edge", "B": "no word edge"}


class PatternError(ValueError):
    """A pattern that is not understood here."""


@dataclass(frozen=True, slots=True)
class _State:
    """One step: read a character that passes ``test``, stand at an ``edge``, or go to each of
    ``ways``.
    """

    test: Test | None = None
    edge: str = ""
    ways: tuple[int, ...] = ()


# Where a part of a pattern leads: its states, each way told from the state itself.
_Part = list[_State]
_FINAL = _State()


class Pattern:
    """A regular expression as JSON Schema writes them (ECMA-262 with Unicode), found anywhere in a
    text.
    """

    def __init__(self, source: str) -> None:
        """Raises PatternError where ``source`` is broken, too long, or looks back or ahead."""
        if len(source) > MAX_PATTERN_CHARS:
            raise PatternError(f"is longer than {MAX_PATTERN_CHARS} characters")
        parser = _Parser(source)
        part = parser.alternatives(0)
        if parser.here < len(source):
            raise PatternError("has a ')' too many")
        self.source = source
        """The pattern as given."""
        self._states = [*part, _FINAL]

    def search(self, text: str) -> bool:
        """Whether ``text`` holds a match; raises ValueError where text and pattern are too long
        together.
        """
        if (len(text) + 1) * len(self._states) > MAX_STEPS:
            raise ValueError("is too long to be compared with its pattern")
        waiting: list[int] = []
        for at in range(len(text) + 1):
            reached = self._reach([*waiting, 0], text, at)
            if len(self._states) - 1 in reached:
                return True
            waiting = [
                state + 1
                for state in reached
                if at < len(text) and (test := self._states[state].test) and test(text[at])
            ]
        return False

    def _reach(self, starts: list[int], text: str, at: int) -> set[int]:
        """Every state that can be stood in before the character ``at``."""
        reached: set[int] = set()
        left = starts
        while left:
            number = left.pop()
            if number in reached:
                continue
            reached.add(number)
            state = self._states[number]
            if state.edge and _is_edge(state.edge, text, at):
                left.append(number + 1)
            left += [number + way for way in state.ways]
        return reached


class _Parser:
    """Reads a pattern from left to right into states."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.here = 0

    def alternatives(self, depth: int) -> _Part:
        """What stands between ``|``, up to the end or a ``)``."""
        if depth > _MAX_GROUPS:
            raise PatternError(f"has groups nested deeper than {_MAX_GROUPS}")
        parts = [self._sequence(depth)]
        while self._take("|"):
            parts.append(self._sequence(depth))
        whole = parts.pop()
        for part in reversed(parts):
            skip = _State(ways=(len(whole) + 1,))
            whole = _bounded([_State(ways=(1, len(part) + 2)), *part, skip, *whole])
        return whole

    def _sequence(self, depth: int) -> _Part:
        found: _Part = []
        while self.here < len(self.source) and self.source[self.here] not in "|)":
            found = _bounded(found + self._repeated(self._atom(depth)))
        return found

    def _atom(self, depth: int) -> _Part:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "[":
            return [_State(test=self._char_class())]
        if char == "\\":
            return self._escaped()
        if char in "^$":
            return [_State(edge="start" if char == "^" else "end")]
        if char == ".":
            return [_State(test=_is_no_line_end)]
        if char in "*+?":
            raise PatternError(f"has a {char!r} with nothing before it")
        return [_State(test=char.__eq__)]

    def _group(self, depth: int) -> _Part:
        if self._take("?") and not self._take(":"):
            if re.match(r"<?[=!]", self.source[self.here :]):
                raise PatternError("looks ahead or behind, which is not done here")
            name = re.match(r"<[A-Za-z_]\w*>", self.source[self.here :])
            if name is None:
                raise PatternError("has a group of an unknown kind")
            self.here += name.end()
        part = self.alternatives(depth + 1)
        if not self._take(")"):
            raise PatternError("has a '(' that is not closed")
        return part

    def _repeated(self, part: _Part) -> _Part:
        least, most = self._times()
        if (least, most) == (1, 1):
            return part
        if len(part) * max(least, most or 0) > MAX_STATES:
            raise PatternError("repeats too much")
        found = part * least
        if most is None:
            # one more round, or on: back to where this round began
            back = _State(ways=(-len(part), 1))
            loop = [_State(ways=(1, len(part) + 2)), *part, back]
            return _bounded(found + loop)
        for _ in range(most - least):
            found = [*found, _State(ways=(1, 1 + len(part))), *part]
        return _bounded(found)

    def _times(self) -> tuple[int, int | None]:
        """How often the last atom may stand: least and most; ``None`` for without end."""
        known: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        times = known.get(self.source[self.here : self.here + 1])
        match = _REPEAT.match(self.source, self.here)
        if times:
            self.here += 1
        elif match:
            self.here = match.end()
            least = int(match[1])
            times = (least, int(match[3]) if match[3] else None if match[2] else least)
        else:
            return 1, 1
        self._take("?")  # lazy or greedy: the same texts match
        if times[1] is not None and times[1] < times[0]:
            raise PatternError("repeats from more to less")
        return times

    def _escaped(self) -> _Part:
        char = self._next()
        if char in _EDGES:
            return [_State(edge=_EDGES[char])]
        if char in "123456789k":
            raise PatternError("refers back to a group, which is not done here")
        return [_State(test=self._class_escape(char) or self._literal(char).__eq__)]

    def _class_escape(self, char: str) -> Test | None:
        r"""The test of ``\d`` and its like; ``None`` where the escape is one character."""
        tests: dict[str, Test] = {"d": _is_digit, "w": _is_word, "s": _is_space}
        if test := tests.get(char.lower()):
            return test if char.islower() else partial(_is_not, test)
        if char not in "pP":
            return None
        match = re.compile(r"\{([A-Z][a-z]?)\}").match(self.source, self.here)
        if match is None:
            raise PatternError("names a property that is no general category like \\p{L}")
        self.here = match.end()
        test = partial(_has_category, match[1])
        return test if char == "p" else partial(_is_not, test)

    def _literal(self, char: str) -> str:
        """The one character that an escape stands for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in "ux":
            digits = self.source[self.here : self.here + (4 if char == "u" else 2)]
            if not re.fullmatch(r"[0-9A-Fa-f]{4}" if char == "u" else r"[0-9A-Fa-f]{2}", digits):
                raise PatternError(f"has a \\{char} without its hexadecimal digits")
            self.here += len(digits)
            return chr(int(digits, 16))
        if char.isalnum():
            raise PatternError(f"has the unknown escape \\{char}")
        return char

    def _char_class(self) -> Test:
        is_negated = self._take("^")
        tests: list[Test] = []
        while not self._take("]"):
            first = self._class_member()
            if isinstance(first, str) and self.source[self.here : self.here + 1] == "-":
                self.here += 1
                if self.source[self.here : self.here + 1] == "]":
                    tests += [first.__eq__, "-".__eq__]
                    continue
                last = self._class_member()
                if not isinstance(last, str) or last < first:
                    raise PatternError("has a range in brackets that runs backwards")
                tests.append(partial(_is_between, first, last))
            else:
                tests.append(first.__eq__ if isinstance(first, str) else first)
        test = partial(_passes_any, tests)
        return partial(_is_not, test) if is_negated else test

    def _class_member(self) -> str | Test:
        char = self._next()
        if char != "\\":
            return char
        char = self._next()
        return "\b" if char == "b" else self._class_escape(char) or self._literal(char)

    def _next(self) -> str:
        if self.here >= len(self.source):
            raise PatternError("ends too early")
        self.here += 1
        return self.source[self.here - 1]

    def _take(self, char: str) -> bool:
        is_there = self.source[self.here : self.here + 1] == char
        self.here += is_there
        return is_there


def _bounded(part: _Part) -> _Part:
    if len(part) > MAX_STATES:
        raise PatternError("repeats too much")
    return part


def _is_edge(edge: str, text: str, at: int) -> bool:
    if edge == "start":
        return at == 0
    if edge == "end":
        return at == len(text)
    is_before = at > 0 and _is_word(text[at - 1])
    is_after = at < len(text) and _is_word(text[at])
    return (is_before != is_after) == (edge == "word edge")


def _is_digit(char: str) -> bool:
    return "0" <= char <= "9"


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _is_space(char: str) -> bool:
    return char in _SPACES or category(char) == "Zs"


def _is_no_line_end(char: str) -> bool:
    return char not in "\n\r\u2028\u2029"


def _has_category(prefix: str, char: str) -> bool:
    return category(char).startswith(prefix)


def _is_between(first: str, last: str, char: str) -> bool:
    return first <= char <= last


def _is_not(test: Test, char: str) -> bool:
    return not test(char)


def _passes_any(tests: list[Test], char: str) -> bool:
    return any(test(char) for test in tests)
