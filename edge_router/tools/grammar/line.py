"""A text as a line of marked tokens, which layers of patterns shorten."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from edge_router.tools.grammar.compound import split_thousands
from edge_router.tools.grammar.language import Entry, Language, Phrase
from edge_router.tools.grammar.pattern import Layer, read_parts
from edge_router.tools.grammar.tokens import Token, read_form


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens side by side: what each is, means and covers."""

    marks: str
    """One character a token."""
    values: list[Any]
    """A dict with a value for each class, or one value for all."""
    starts: list[int]
    """First characters."""
    ends: list[int]
    """One past the last characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a layer makes of some tokens."""

    first: int
    """The first token."""
    stop: int
    """One past the last token."""
    value: Any
    """What they mean together."""


Build = Callable[[dict[str, Any]], Any]
"""Makes a value of a pattern's parts; None where they mean nothing together, like February 30."""


def read_tokens(language: Language, tokens: list[Token]) -> tuple[list[Token], list[Entry]]:
    """Tokens with what the language knows of each, phrases joined to one token."""
    words = [token.word for token in tokens]
    joined: list[Token] = []
    entries: list[Entry] = []
    place = 0
    while place < len(tokens):
        token, length = tokens[place], 1
        for phrase in language.phrases.get(tuple(words[place : place + 2]), ()):
            if _is_phrase(phrase, words, tokens, place):
                length = len(phrase.tokens)
                token = Token("word", phrase.text, token.start, tokens[place + length - 1].end)
                break
        joined.append(token)
        entries.append(_look_up(language, token))
        place += length
    return joined, entries


def _is_phrase(phrase: Phrase, words: list[str], tokens: list[Token], place: int) -> bool:
    """Whether a phrase stands at a place."""
    if tuple(words[place : place + len(phrase.tokens)]) != phrase.tokens:
        return False
    return all(
        gap or tokens[place + i].end == tokens[place + i + 1].start
        for i, gap in enumerate(phrase.gaps)
    )


def _look_up(language: Language, token: Token) -> Entry:
    """What a token is by its form, or by the language's words."""
    if token.form in ("digits", "decimal", "power"):
        return language.unknown
    if token.form in language.form_marks:
        is_24_hours = bool(language.settings.get("clock_has_24_hours"))
        value = read_form(token, is_24_hours=is_24_hours)
        return Entry(language.form_marks[token.form], {token.form: value, "pair": value})
    return language.words.get(token.word) or _split(language, token.word)


def _split(language: Language, word: str) -> Entry:
    """A word that the language has no entry for: a long number written together, or unknown."""
    rule = language.settings.get("joined")
    value = split_thousands(word, rule, language.words) if rule else None
    return language.unknown if value is None else Entry(language.unknown.mark, {"n99": value})


def find_longest(line: Line, layer: Layer, build: Build) -> list[Found]:
    """What a layer finds, from left to right, the longest first, none over another."""
    hits = [
        (match.start(), -match.end(), order, match, pattern)
        for order, pattern, match in layer.find(line.marks)
        if match.start() < match.end()
    ]
    found: list[Found] = []
    stop = 0
    for first, negative_end, _, match, pattern in sorted(hits, key=lambda hit: hit[:3]):
        if first >= stop:
            value = build(read_parts(pattern, match, line.values))
            if value is not None:
                stop = -negative_end
                found.append(Found(first, stop, value))
    return found


def replace(line: Line, found: Iterable[tuple[Found, str]]) -> Line:
    """The line with one token, of the given mark, in place of what was found."""
    marks: list[str] = []
    values: list[Any] = []
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for part, mark in found:
        marks += [line.marks[place : part.first], mark]
        values += [*line.values[place : part.first], part.value]
        starts += [*line.starts[place : part.first], line.starts[part.first]]
        ends += [*line.ends[place : part.first], line.ends[part.stop - 1]]
        place = part.stop
    if not place:
        return line
    return Line(
        "".join([*marks, line.marks[place:]]),
        values + line.values[place:],
        starts + line.starts[place:],
        ends + line.ends[place:],
    )
