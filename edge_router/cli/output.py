"""What a command shows: JSON lines, and texts of strangers that no terminal obeys."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, at once, so that a pipe sees it; control characters and changes of
    direction are escaped.
    """
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not line.isprintable():
        line = "".join([c if _is_shown(c) else json.dumps(c)[1:-1] for c in line])
    print(line, flush=True)


def printable(text: str) -> str:
    r"""``text`` for a terminal: line breaks, control characters (C0 and C1) and changes of
    direction stand as escapes, ``\x1b`` and ``\u202e``.
    """
    if text.isprintable():
        return text
    return "".join([c if _is_shown(c) else ascii(c)[1:-1] for c in text])


def one_line(text: str, most: int = 60) -> str:
    """The first ``most`` characters of ``text``, :func:`printable`."""
    return printable(text[:most])


def percent(share: float | None) -> str:
    """A share for people."""
    return "-" if share is None else f"{100 * share:.2f} %"


def _is_shown(character: str) -> bool:
    # spaces of other widths are no letters to Python, but harmless, and part of Japanese
    return character.isprintable() or unicodedata.category(character) == "Zs"
