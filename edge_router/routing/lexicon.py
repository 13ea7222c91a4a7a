"""Tools by the words of their descriptions: how much of what a text says does a description say?

BM25 (Robertson and Zaragoza, 2009, "The Probabilistic Relevance Framework", section 3.2) over a
text's tokens, divided by what the text's words weigh together, so that the best is near 1 whatever
the text. Weights are integers, and so a sum is the same in any order and on every CPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

SATURATION = 1.2
"""BM25's k1: how slowly a repeated word counts for more; the usual value."""
LENGTH_SHARE = 0.75
"""BM25's b: how far a long description's words count for less; the usual value."""
_STEPS = 64  # of a weight, for each doubling of a word's rarity
_FINE = 16  # more of them for a word's place in a description
_ENDINGS = (
    *(("ies", "y"), ("ing", ""), ("ers", ""), ("er", ""), ("ed", ""), ("es", ""), ("s", "")),
    *(("e", ""), ("ion", ""), ("or", "")),
)
_SHORTEST_STEM = 3


class Stems:
    """What word each token of a vocabulary is a form of."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """``vocabulary`` maps tokens to ids."""
        groups: dict[str, int] = {}
        self._groups = [-1] * (max(vocabulary.values()) + 1)
        # by id, so that the order of a dict plays no part
        for token, number in sorted(vocabulary.items(), key=lambda item: item[1]):
            if token.removeprefix("##").isalnum():
                self._groups[number] = groups.setdefault(to_stem(token), len(groups))

    def of(self, ids: Iterable[int]) -> list[int]:
        """The stem of each token that is a word or a piece of one."""
        groups = self._groups
        return [group for i in ids if (group := groups[i]) >= 0]


class Lexicon:
    """The words of many descriptions."""

    def __init__(self, documents: Sequence[Sequence[int]]) -> None:
        """``documents`` hold the stems of each tool's description, in the order of the tools."""
        self._tools = len(documents)
        lengths = np.array([len(document) for document in documents], np.float64)
        mean = float(lengths.sum()) / max(self._tools, 1)
        spread = 1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / max(mean, 1.0)
        owners = np.repeat(np.arange(self._tools), lengths.astype(np.int64))
        said = np.array([stem for document in documents for stem in document], np.int64)
        # one row for each stem of each tool, in the order of the stems
        places, counts = np.unique(said * self._tools + owners, return_counts=True)
        stems, self._owners = np.divmod(places, max(self._tools, 1))
        found, starts, sizes = np.unique(stems, return_index=True, return_counts=True)
        self._spans = {
            stem: (start, start + size)
            for stem, start, size in zip(
                found.tolist(), starts.tolist(), sizes.tolist(), strict=True
            )
        }
        by_size = {size: rarity(size, self._tools) for size in set(sizes.tolist())}
        self._rarities = {s: by_size[end - start] for s, (start, end) in self._spans.items()}
        self._unknown = rarity(0, self._tools)
        rarities = np.repeat(np.array([by_size[size] for size in sizes.tolist()], np.int64), sizes)
        shares = counts * (SATURATION + 1.0) / (counts + SATURATION * spread[self._owners])
        self._weights = np.rint(shares * (rarities * _FINE))

    def score(self, stems: Iterable[int], steps: int) -> NDArray[np.float64]:
        """How much of a text's ``stems`` each description says, [tools], whole ``steps``: that many
        where it says all of them, and up to 1 + :data:`SATURATION` times as many where it does
        little else.
        """
        total, spans = 0, []
        for stem in set(stems):
            total += self._rarities.get(stem, self._unknown)
            if stem in self._spans:
                spans.append(slice(*self._spans[stem]))
        if not spans:
            return np.zeros(self._tools)
        owners = np.concatenate([self._owners[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        said = np.bincount(owners, weights, self._tools)
        scores: NDArray[np.float64] = np.rint(said * (steps / (total * _FINE)))
        return scores


def to_stem(word: str) -> str:
    """``word`` without a common English ending: ``lights`` and ``lighting`` are ``light``."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)] + instead
    return word


def rarity(documents: int, tools: int) -> int:
    """``log2((2 tools + 2) / (2 documents + 1))`` in steps of 1/64, rounded down: the weight of a
    word that stands in ``documents`` of ``tools`` descriptions.

    By a whole power's length in bits, since the C library's logarithms differ between CPUs.
    """
    ratio: int = (2 * tools + 2) ** _STEPS // (2 * documents + 1) ** _STEPS
    return ratio.bit_length() - 1
