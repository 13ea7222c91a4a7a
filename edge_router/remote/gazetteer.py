"""Finds listed names in a text: whole words, in any case, whatever stands between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from edge_router.errors import RemoteSettingError

# Scripts that put no space between words: a name is looked for anywhere in them.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_WORD = re.compile(r"[\w\u0300-\u036f]+")  # with accents that stand as characters of their own

Words = tuple[str, ...]


class Gazetteer:
    """A list of names; the time to search grows with the text, not with the list."""

    def __init__(self, names: Iterable[str]) -> None:
        """Raises RemoteSettingError for a name without a letter or digit: it would be found
        everywhere.
        """
        self._by_first: dict[str, list[Words]] = {}
        unspaced = set()
        for name in names:
            words = tuple(_fold(word) for word in _WORD.findall(name))
            if not words:
                raise RemoteSettingError("a name to redact has no letter; take it from the list")
            if _UNSPACED.search(name):
                unspaced.add(re.escape(name.strip()))
            self._by_first.setdefault(words[0], []).append(words)
        for known in self._by_first.values():
            known.sort(key=len, reverse=True)
        longest_first = sorted(unspaced, key=lambda name: (-len(name), name))
        self._unspaced = re.compile("|".join(longest_first)) if longest_first else None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names begin and end in ``text``; they may overlap."""
        if self._by_first:
            words = list(_WORD.finditer(text))
            folded = tuple(_fold(word[0]) for word in words)
            for i, first in enumerate(folded):
                for name in self._by_first.get(first, ()):
                    if folded[i : i + len(name)] == name:
                        yield words[i].start(), words[i + len(name) - 1].end()
                        break
        if self._unspaced:
            yield from (match.span() for match in self._unspaced.finditer(text))


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
