"""An explanation for a terminal: lines of text, with the words shaded where there is colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from edge_router.cli.explanation_numbers import (
    find_levels,
    name_answer,
    tell_amount,
    tell_decision,
    tell_fit,
    tell_flip,
    tell_rival,
    tell_scope,
    tell_unit,
)
from edge_router.cli.output import one_line, printable
from edge_router.explanation import Explanation, Neighbor

# Blue for, orange against, which are told apart by every eye; black on each, whatever the theme.
_FOR = (0, 153, 117, 75, 39)
_AGAINST = (0, 223, 216, 209, 202)
_RESET = "\x1b[0m"
_BAR = 24  # characters of the longest bar
_WORD = 24  # characters of a word that are shown in the table


def has_colors() -> bool:
    """Whether stdout is a terminal that shows colours and nobody asked for none (no-color.org)."""
    return (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "") != "dumb"
    )


def describe(explanation: Explanation, *, has_colors: bool) -> list[str]:
    """All of it, a line each."""
    return [
        shade_words(explanation, has_colors=has_colors),
        "",
        _row("decision", tell_decision(explanation)),
        *describe_scope(explanation),
        _row("runner-up", tell_rival(explanation)),
        *(["taught       word for word, which decides"] if explanation.is_verbatim else ()),
        "",
        *describe_words(explanation, has_colors=has_colors),
        "",
        _row("flip", tell_flip(explanation)),
        *describe_neighbors(explanation.neighbors),
        *describe_origin(explanation),
    ]


def describe_scope(explanation: Explanation) -> Iterator[str]:
    """How usual the text is, where the bundle can tell."""
    if scope := tell_scope(explanation):
        yield _row("scope", scope)


def shade_words(explanation: Explanation, *, has_colors: bool) -> str:
    """The text as far as it was read, in one line; a word's shade is what it adds."""
    place, pieces = 0, []
    for word, level in zip(explanation.words, find_levels(explanation), strict=True):
        pieces.append(printable(explanation.text[place : word.start]))
        pieces.append(_paint(printable(word.text), level if has_colors else 0))
        place = word.end
    rest = explanation.text[place:].strip()
    return "".join(pieces) + (" [...]" if rest else "")


def describe_words(explanation: Explanation, *, has_colors: bool) -> Iterator[str]:
    """What each word adds, what is left, and the sum."""
    most = max([abs(word.steps) for word in explanation.words], default=0)
    levels = find_levels(explanation)
    for word, level in zip(explanation.words, levels, strict=True):
        length = round(_BAR * abs(word.steps) / most) if most else 0
        bar = ("#" if word.steps > 0 else "-") * length
        amount = tell_amount(explanation, word.contribution)
        painted = _paint(bar, level if has_colors else 0)
        yield f"  {_shorten(word.text):<{_WORD}} {amount:>8}  {painted}".rstrip()
    if explanation.rest:
        amount = tell_amount(explanation, explanation.rest)
        yield f"  {'(the empty text)':<{_WORD}} {amount:>8}"
    amount = tell_amount(explanation, explanation.difference)
    yield f"  {'in all':<{_WORD}} {amount:>8}  {printable(tell_unit(explanation))}"


def describe_neighbors(neighbors: tuple[Neighbor, ...]) -> Iterator[str]:
    """The nearest examples."""
    for number, neighbor in enumerate(neighbors):
        title = "" if number else "nearest"
        yield _row(
            title,
            f"{neighbor.cosine:.2f}  {name_answer(neighbor.tool)}: {one_line(neighbor.text)} "
            f"({neighbor.source})",
        )


def describe_origin(explanation: Explanation) -> Iterator[str]:
    """What it was decided with."""
    if fit := tell_fit(explanation):
        yield _row("taught", fit)
    bundle = f"{explanation.bundle} {explanation.version}, sha256 {explanation.sha256}"
    yield _row("bundle", bundle)


def _row(title: str, content: str) -> str:
    return f"{title:<12} {printable(content)}"


def _shorten(text: str) -> str:
    shown = printable(text[:_WORD])
    return shown if len(text) <= _WORD and len(shown) <= _WORD else shown[: _WORD - 3] + "..."


def _paint(text: str, level: int) -> str:
    if not level or not text:
        return text
    color = _FOR[level] if level > 0 else _AGAINST[-level]
    return f"\x1b[30;48;5;{color}m{text}{_RESET}"
