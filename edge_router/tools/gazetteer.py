"""Known names - rooms, contacts, songs - found in a text, misspelled ones too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from edge_router.tools.distance import measure_distance

_WORD = re.compile(r"\w+")
_BUCKETS = 1 << 16
"""Trigrams are counted in this many buckets; a collision only adds a name to look at."""
_LOOKED_AT = 20
"""How many of the likeliest names are compared letter by letter."""
_MIN_SHARED = 25
"""Percent of a name's trigrams that a text must have: one edit spoils three."""
_LEAST_SHARED = 2
"""How many trigrams it must have, whatever its length."""
_MAX_TEXT_CHARS = 2_000
"""Names are looked for in the beginning of a text."""
_EDIT_COST = 3
"""What an edit counts against letters that agree, where two names want the same words."""


@dataclass(frozen=True, slots=True)
class Match:
    """A known name in a text."""

    name: str
    """As the gazetteer has it."""
    value: Any
    """What it stands for: the name itself where nothing else was given."""
    start: int
    """First character in the text."""
    end: int
    """One past the last."""
    likeness: float
    """1 where it is spelled as known, less by the share of letters that differ."""


class Gazetteer:
    """Up to some 100,000 names; to replace them make another one, which takes a second at most.

    Trigrams narrow the names down to a few (Zobel and Dart, Finding approximate matches in large
    lexicons, 1995); an edit distance decides.
    """

    def __init__(self, names: Iterable[str | tuple[str, Any]]) -> None:
        """``names``: each a str, or a pair of the name and what it stands for."""
        pairs = [(name, name) if isinstance(name, str) else name for name in names]
        self._names = [name for name, _ in pairs]
        self._values = [value for _, value in pairs]
        self._keys = [_normalize(name) for name in self._names]
        self._exact: dict[str, int] = {}
        for place, key in enumerate(self._keys):
            if key:
                self._exact.setdefault(key, place)
        self._most_words = max((key.count(" ") + 1 for key in self._keys), default=0)
        self._starts, self._postings, self._sizes = _index_trigrams(self._keys)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, text: str) -> tuple[Match, ...]:
        """The names in the text's first 2,000 characters, in their order; none overlap, longer and
        better ones first.
        """
        words = list(_WORD.finditer(text[:_MAX_TEXT_CHARS]))
        tokens = [word[0].casefold() for word in words]
        hits = list(self._find_exact(tokens))
        hits += self._find_near(tokens, {place for *_, place in hits})
        hits.sort(key=lambda hit: (-(hit[2] - _EDIT_COST * hit[3]), hit[0], hit[4]))
        taken: set[int] = set()
        found = []
        for first, stop, length, distance, place in hits:
            if taken.isdisjoint(range(first, stop)):
                taken.update(range(first, stop))
                start, end = words[first].start(), words[stop - 1].end()
                likeness = 1 - distance / length
                found.append(Match(self._names[place], self._values[place], start, end, likeness))
        return tuple(sorted(found, key=lambda match: match.start))

    def _find_exact(self, tokens: list[str]) -> Iterator[tuple[int, int, int, int, int]]:
        """First token, one past the last, length, distance and place of each name."""
        for first in range(len(tokens)):
            for stop in range(first + 1, min(first + self._most_words, len(tokens)) + 1):
                key = " ".join(tokens[first:stop])
                place = self._exact.get(key)
                if place is not None:
                    yield first, stop, len(key), 0, place

    def _find_near(
        self, tokens: list[str], known: set[int]
    ) -> Iterator[tuple[int, int, int, int, int]]:
        """The same of names that are spelled otherwise in the text."""
        ranked = (place for place in self._rank(" ".join(tokens)) if place not in known)
        for place in islice(ranked, _LOOKED_AT):
            key = self._keys[place]
            limit = _most_edits(len(key))
            best = min(_compare_windows(key, tokens, limit), default=None)
            if best and 0 < best[0] <= limit:
                distance, first, stop = best
                yield first, stop, len(key), distance, place

    def _rank(self, text: str) -> list[int]:
        """The places of the names that share most trigrams with the text."""
        import numpy as np

        if not len(self._postings):
            return []
        trigrams = sorted(set(_hash_trigrams(f" {text} ").tolist()))
        parts = [self._postings[self._starts[t] : self._starts[t + 1]] for t in trigrams]
        shared = np.bincount(np.concatenate(parts or [self._postings[:0]]), minlength=len(self))
        places = np.flatnonzero(shared >= _LEAST_SHARED)
        percent = shared[places] * 100 // self._sizes[places]
        is_near = percent >= _MIN_SHARED
        places, percent = places[is_near], percent[is_near]
        # One whole number for each name, no two the same: any sorting gives the same order.
        order = np.sort(-(percent * 1000 + shared[places]) * len(self) + places)
        return (order[: 3 * _LOOKED_AT] % len(self)).tolist()  # type: ignore[no-any-return]


def _normalize(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold()))


def _most_edits(length: int) -> int:
    """How many letters may differ: none in short names, which have too many neighbours."""
    return 0 if length < 4 else min(1 + (length - 4) // 4, 3)


def _compare_windows(key: str, tokens: list[str], limit: int) -> Iterator[tuple[int, int, int]]:
    """Distance, first token and one past the last of every run of tokens about as long."""
    count, letters = key.count(" ") + 1, set(key)
    for size in (count, count + 1, count - 1):
        for first in range(len(tokens) - size + 1 if size else 0):
            window = " ".join(tokens[first : first + size])
            # An edit brings one new letter and takes one away: a look spares most comparisons.
            may_be_near = abs(len(window) - len(key)) <= limit
            if may_be_near and len(letters.symmetric_difference(window)) <= 2 * limit:
                yield measure_distance(key, window, limit), first, first + size


def _index_trigrams(keys: list[str]) -> tuple[Any, Any, Any]:
    """For each bucket where its names begin; the names of all buckets; trigrams of each name."""
    import numpy as np

    text = "".join(f" {key} " for key in keys)
    lengths = np.array([len(key) + 2 for key in keys], np.int64)
    owners = np.repeat(np.arange(len(keys)), lengths)
    hashes = _hash_trigrams(text)
    is_whole = owners[:-2] == owners[2:]  # no trigram over the edge of two names
    pairs = np.sort(hashes[is_whole] * len(keys) + owners[:-2][is_whole])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    buckets, names = np.divmod(pairs, max(len(keys), 1))
    starts = np.searchsorted(buckets, np.arange(_BUCKETS + 1))
    sizes = np.maximum(np.bincount(names, minlength=len(keys)), 1)
    return starts.tolist(), names.astype(np.int32), sizes


def _hash_trigrams(text: str) -> Any:
    """The bucket of each three neighbouring characters."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    if len(codes) < 3:
        return codes[:0]
    return (codes[:-2] * 961 + codes[1:-1] * 31 + codes[2:]) % _BUCKETS
