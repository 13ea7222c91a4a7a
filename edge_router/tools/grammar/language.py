"""A language as its file has it: words in classes, patterns over the classes, and a few settings.

::

    "words": {"month": {"1": "january|jan", ...}, "ago": "ago|back"}    a class, with values or not
    "patterns": {"date": ["day of? month", ...], ...}                    as pattern.py reads them
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

from edge_router.errors import DataError
from edge_router.tools.grammar.compound import join_numbers
from edge_router.tools.grammar.number import Number, list_class_sets
from edge_router.tools.grammar.pattern import Layer, make_layer
from edge_router.tools.grammar.stem import cut_ending
from edge_router.tools.grammar.tokens import Tokenizer

# The classes of tokens that are no words of a file: forms of tokens, and what layers make of them.
_FORM_CLASSES = {
    "clock": ("clock",),
    "numeric_date": ("numeric_date",),
    "dashed": ("dashed", "pair"),
    "slashed": ("slashed", "pair"),
    "iso": ("iso",),
}
_LAYER_CLASSES = ("duration", "time", "date", "datetime")
_FIRST_MARK = 0xE000  # the private use area: no text's own character stands for a class


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word is."""

    mark: str
    """One character for its set of classes."""
    values: Mapping[str, Any]
    """Its value in each class; True where the class has none."""


class Phrase(NamedTuple):
    """Several tokens that are one word to the grammar."""

    text: str
    """As the file has it."""
    tokens: tuple[str, ...]
    """Its tokens, lower-cased."""
    gaps: tuple[int, ...]
    """Spaces between them: where the file has none, a text may have none (*m2* is not *m 2*)."""


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that reading a text needs to know of its language."""

    tokenizer: Tokenizer
    """Splits its texts."""
    words: Mapping[str, Entry]
    """Words and phrases, lower-cased."""
    phrases: Mapping[tuple[str, ...], tuple[Phrase, ...]]
    """By the first two tokens, the phrases of several tokens, longest first."""
    unknown: Entry
    """Any other word."""
    number_marks: Mapping[frozenset[str], str]
    """The mark of numbers, by the classes that they belong to."""
    form_marks: Mapping[str, str]
    """The mark of tokens that are no words, by their form."""
    class_marks: Mapping[str, str]
    """All marks of each class."""
    layers: Mapping[str, Layer]
    """Its patterns: duration, time, date, range, datetime and measure."""
    settings: Mapping[str, Any]
    """What is neither: the order in numeric dates, and so on."""
    lists: Mapping[str, frozenset[str]]
    """Words that filling asks for by themselves: those that say yes, those that end a name."""
    endings: tuple[str, ...]
    """Endings of words, longest first."""
    time_stems: frozenset[str]
    """Stems of the words for units of time."""
    roles: tuple[tuple[frozenset[str], frozenset[str]], ...]
    """Words of parameters' names, and the prepositions that lead to their values."""


@lru_cache(maxsize=8)
def load_language(name: str) -> Language:
    """The language of this name, ``en`` for instance; raises DataError for one that has no file."""
    folder = resources.files("edge_router.tools.grammar")
    known = sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".json"))
    if name not in known:
        raise DataError(f"there is no grammar for {name!r}; take one of: {', '.join(known)}")
    return make_language(json.loads((folder / f"{name}.json").read_text("utf-8")))


def make_language(file: Mapping[str, Any]) -> Language:
    """The language that a file's contents describe; raises DataError for a wrong pattern."""
    tokenizer = Tokenizer(file["settings"]["point"], file["settings"]["comma"])
    classes = _collect_words(file)
    endings = tuple(sorted(file["settings"]["endings"].split("|"), key=len, reverse=True))
    marks = _Marks()
    words = {word: Entry(marks.mark(values), values) for word, values in classes.items()}
    number_marks = {names: marks.mark(names) for names in sorted(list_class_sets(), key=sorted)}
    form_marks = {form: marks.mark(names) for form, names in _FORM_CLASSES.items()}
    for name in _LAYER_CLASSES:
        marks.mark((name,))
    layers = {
        name: make_layer(
            (_expand(text, file["macros"]) for text in texts), marks.of_class.__getitem__
        )
        for name, texts in file["patterns"].items()
    }
    return Language(
        tokenizer=tokenizer,
        words=words,
        phrases=_index_phrases(words, tokenizer),
        unknown=Entry(marks.mark(()), {}),
        number_marks=number_marks,
        form_marks=form_marks,
        class_marks=marks.of_class,
        layers=layers,
        settings=file["settings"],
        lists=_read_lists(file["lists"], endings),
        endings=endings,
        time_stems=frozenset(
            cut_ending(word, endings) for word, values in classes.items() if "time_unit" in values
        ),
        roles=tuple(
            (_cut_endings(names, endings), frozenset(leads.split("|")))
            for names, leads in file["roles"].items()
        ),
    )


def _read_lists(lists: Mapping[str, str], endings: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Words by list; those of lists of names, which are compared with parameters, as stems."""
    return {
        name: _cut_endings(text, endings) if name.endswith("_names") else frozenset(text.split("|"))
        for name, text in lists.items()
    }


def _cut_endings(text: str, endings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(cut_ending(word, endings) for word in text.split("|"))


def _expand(text: str, macros: Mapping[str, str]) -> str:
    """A pattern with what its words in capitals stand for."""
    return re.sub(r"\b[A-Z]+\b", lambda match: macros[match[0]], text)


class _Marks:
    """Hands out one character for each set of classes."""

    def __init__(self) -> None:
        self.of_class: dict[str, str] = {}
        self._of_set: dict[frozenset[str], str] = {}

    def mark(self, classes: Any) -> str:
        names = frozenset(classes)
        if names not in self._of_set:
            mark = self._of_set[names] = chr(_FIRST_MARK + len(self._of_set))
            for name in sorted(names):
                self.of_class[name] = self.of_class.get(name, "") + mark
        return self._of_set[names]


def _collect_words(file: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Classes and values of every word and phrase."""
    found: dict[str, dict[str, Any]] = {}
    for class_name, value, text in _list_words(file["words"]):
        found.setdefault(text, {})[class_name] = value
    for word, class_name, value in list(join_numbers(file["settings"].get("joined"), found)):
        found.setdefault(word, {}).setdefault(class_name, value)
    for values in found.values():
        if "ordinal" in values:
            number = Number(values["ordinal"], "ordinal", 0)
            values |= dict.fromkeys(number.list_classes(), number.value)
    return found


def _list_words(words: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Class, value and text of every word in a file."""
    for class_name, content in words.items():
        rows = content.items() if isinstance(content, dict) else [(True, content)]
        for value, texts in rows:
            for text in texts.split("|"):
                yield class_name, _read_value(value), text


def _read_value(value: Any) -> Any:
    """A class's value: a whole number, a fraction like 3/2, or a word."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(?:/\d+)?", value):
        return value
    return Fraction(value) if "/" in value else int(value)


def _index_phrases(
    words: Mapping[str, Entry], tokenizer: Tokenizer
) -> dict[tuple[str, ...], tuple[Phrase, ...]]:
    found: dict[tuple[str, ...], list[Phrase]] = {}
    for text in words:
        tokens = tokenizer.tokenize(text)
        if len(tokens) > 1:
            gaps = tuple(b.start - a.end for a, b in pairwise(tokens))
            phrase = Phrase(text, tuple(token.word for token in tokens), gaps)
            found.setdefault(phrase.tokens[:2], []).append(phrase)
    for phrases in found.values():
        phrases.sort(key=lambda phrase: -len(phrase.tokens))
    return {first: tuple(phrases) for first, phrases in found.items()}
