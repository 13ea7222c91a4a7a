"""Takes personal data out of what leaves the device, and puts it back into what returns.

Found are mail addresses, telephone numbers, payment cards (Luhn's sum), IBANs (modulo 97), IP
addresses, URLs that hold credentials or keys, and the names that the user lists. Other names are
not found: that takes a model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from edge_router.remote.gazetteer import Gazetteer
from edge_router.remote.personal_data import find_personal_data

PLACEHOLDER = re.compile(r"\[[A-Z]{2,9}_[0-9]{1,9}\]")
"""Stands for something taken out: ``[MAIL_1]``."""
_BEGUN = re.compile(r"\[[A-Z]{0,9}(_[0-9]{0,9})?\Z")


class Found(NamedTuple):
    """A part of a text to take out."""

    start: int
    """Its first character."""
    end: int
    """One past its last character."""
    kind: str
    """What it is, in capitals; a placeholder shows it."""


class Redactor:
    """What is to be taken out; one may serve every request."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """``names`` of people, places, anything that nobody else should read."""
        self._gazetteer = Gazetteer(names)

    def find(self, text: str) -> list[Found]:
        """The parts of ``text`` to take out, in order, none overlapping."""
        found = [Found(*match.span(), "TEXT") for match in PLACEHOLDER.finditer(text)]
        found += [Found(start, end, "NAME") for start, end in self._gazetteer.find(text)]
        found += [Found(start, end, kind) for start, end, kind in find_personal_data(text)]
        return _merge(found)


class Redaction:
    """One request's placeholders and what they stand for; the same text has the same placeholder.

    No text can forge one: what looks like a placeholder is itself taken out, and returns as it
    was.
    """

    def __init__(self, redactor: Redactor | None) -> None:
        """No placeholder yet; without a redactor nothing is taken out."""
        self._redactor = redactor
        self._placeholders: dict[str, str] = {}
        self._originals: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def hide(self, text: str) -> str:
        """``text`` with placeholders."""
        if self._redactor is None:
            return text
        pieces, start = [], 0
        for found in self._redactor.find(text):
            pieces += [text[start : found.start], self._replace(text, found)]
            start = found.end
        return "".join(pieces) + text[start:]

    def hide_value(self, value: Any) -> Any:
        """A JSON value with placeholders in its texts, its keys, and in place of its numbers."""
        if isinstance(value, dict):
            return {self.hide_value(k): self.hide_value(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.hide_value(item) for item in value]
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, int) and not isinstance(value, bool):
            hidden = self.hide(str(value))
            return value if hidden == str(value) else hidden
        return value

    def show(self, text: str) -> str:
        """``text`` with what its placeholders stand for; unknown ones stay."""
        return PLACEHOLDER.sub(lambda match: self._originals.get(match[0], match[0]), text)

    def show_value(self, value: Any) -> Any:
        """A JSON value with what its placeholders stand for."""
        if isinstance(value, dict):
            return {self.show(k): self.show_value(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.show_value(item) for item in value]
        return self.show(value) if isinstance(value, str) else value

    def show_stream(self) -> StreamRestorer:
        """Puts back across the borders of a streamed text's pieces."""
        return StreamRestorer(self)

    def __repr__(self) -> str:
        return f"Redaction({len(self._originals)} hidden)"

    def _replace(self, text: str, found: Found) -> str:
        original = text[found.start : found.end]
        if original not in self._placeholders:
            self._counts[found.kind] += 1
            placeholder = f"[{found.kind}_{self._counts[found.kind]}]"
            self._placeholders[original] = placeholder
            self._originals[placeholder] = original
        return self._placeholders[original]


class StreamRestorer:
    """Restores a text that comes in pieces: the beginning of a placeholder waits for its end."""

    def __init__(self, redaction: Redaction) -> None:
        """Nothing waits."""
        self._redaction = redaction
        self._waiting = ""

    def feed(self, piece: str) -> str:
        """What can be said for sure after ``piece``."""
        text = self._waiting + piece
        begun = _BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        self._waiting = text[cut:]
        return self._redaction.show(text[:cut])

    def finish(self) -> str:
        """What still waited."""
        rest, self._waiting = self._waiting, ""
        return rest


def _merge(found: list[Found]) -> list[Found]:
    """What overlaps becomes one part, of the kind that begins first: no end of it stays."""
    merged: list[Found] = []
    for part in sorted(found, key=lambda part: (part.start, -part.end)):
        if merged and part.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = last._replace(end=max(last.end, part.end))
        else:
            merged.append(part)
    return merged
