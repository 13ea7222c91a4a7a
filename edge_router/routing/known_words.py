"""Which words of a text its bundle's vocabulary holds whole, from the ids that the model reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from edge_router.bundle.tokenizer_check import PREFIX, UNKNOWN

_MARK, _WORD, _PIECE, _UNKNOWN, _TOLD = range(5)


class KnownWords:
    """The words of a vocabulary.

    A word is what WordPiece reads at once: letters and digits in a row, without case and accents;
    marks alone are none. It is known where the vocabulary holds it whole, and unknown where it is
    read in pieces, or not at all (``[UNK]``). Of a text that is too long, only what is read counts.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """``vocabulary`` maps every token to its id."""
        self._kinds = bytearray(max(vocabulary.values()) + 1)
        for token, number in vocabulary.items():
            self._kinds[number] = _find_kind(token)

    @classmethod
    def of_file(cls, tokenizer: bytes) -> KnownWords:
        """Those of a checked ``tokenizer.json``."""
        return cls(json.loads(tokenizer)["model"]["vocab"])

    def unknown_share(self, ids: Iterable[int]) -> float | None:
        """The share of a text's words that are unknown, 0 to 1; ``None`` where it has no word."""
        words = unknown = 0
        before = _TOLD
        for number in ids:
            kind = self._kinds[number]
            if kind == _PIECE:  # the token before it began a word, whatever it is by itself
                words += before == _MARK
                unknown += before in (_MARK, _WORD)
                kind = _TOLD
            else:
                words += kind != _MARK
                unknown += kind == _UNKNOWN
            before = kind
        return unknown / words if words else None


def _find_kind(token: str) -> int:
    if token == UNKNOWN:
        return _UNKNOWN
    if token.startswith(PREFIX):
        return _PIECE
    return _WORD if any(map(str.isalnum, token)) else _MARK
