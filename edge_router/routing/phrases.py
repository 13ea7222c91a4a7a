"""A text as a line of plain words, and phrases that are looked for in it.

A phrase is words with a space between them; ``a/b`` is one of several, ``do_not`` two words where
one of several stands, and ``you?`` may be missing::

    "i/we don't/do_not want you? to"
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice

from edge_router.routing.words import Span

MOST_WORDS = 400
"""Words of a text that are looked at: more than a model reads of one part."""

_APOSTROPHES = re.compile("['\u2019\u02bc`]")
# don't, 7.5 and 3:30 are one word each; a line's end is a mark
_WORD = re.compile(r"\w+(?:['\u2019\u02bc`]\w+|[.,:]\d+)*|[^\w\s]|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """The first words and marks of a text, lower-cased and without apostrophes, a space after
    each.
    """

    spans: tuple[Span, ...]
    """Where each word or mark stands in the text."""
    line: str
    """``dont dim the lights , please ``."""
    offsets: tuple[int, ...]
    """Where each stands in ``line``, and the line's length."""

    def cut(self, first: int, after: int) -> str:
        """The line of some of its words."""
        return self.line[self.offsets[first] : self.offsets[after]]

    def find_word(self, offset: int) -> int:
        """The number of the word that begins at ``offset`` of the line, or of the next one."""
        return bisect_left(self.offsets, offset)


def read_line(text: str) -> Line:
    """The first :data:`MOST_WORDS` words and marks of ``text``."""
    spans = [found.span() for found in islice(_WORD.finditer(text), MOST_WORDS)]
    words = [f"{normalize(text[start:end])} " for start, end in spans]
    offsets = tuple(accumulate(map(len, words), initial=0))
    return Line(tuple(spans), "".join(words), offsets)


def normalize(word: str) -> str:
    """``Don't`` and ``dont`` are one word."""
    return "." if word == "\n" else _APOSTROPHES.sub("", word.lower())


def match_any(phrases: Iterable[str], *, between: str = "") -> str:
    """A regular expression for one of the ``phrases`` from the beginning of a word, the longest
    first; ``between`` is one for what may stand between its words.
    """
    ranked = sorted(phrases, key=lambda phrase: -len(phrase))
    found = [between.join(_match_words(phrase)) for phrase in ranked]
    return rf"(?<![^ ])(?:{'|'.join(found)})"


def _match_words(phrase: str) -> Iterator[str]:
    for word in phrase.split():
        choices = [re.escape(normalize(c).replace("_", " ")) for c in word.rstrip("?").split("/")]
        # escape() writes a space as '\ ', which is one all the same
        one = f"(?:{'|'.join(choices)}) "
        yield f"(?:{one})?" if word.endswith("?") else one
