"""Text to token ids: the Rust tokenizer, and a shorter way to the same ids for the texts that most
are.

Both rely on the one form of ``tokenizer.json`` that ``bundle/tokenizer_check.py`` lets through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tokenizers import Tokenizer as RustTokenizer

from edge_router.errors import BundleError

# What BertPreTokenizer makes of lower-cased printable ASCII: runs of letters and digits, and single
# marks.
_ASCII_WORDS = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]").findall


class Tokens(NamedTuple):
    """A text as the model reads it."""

    ids: list[int]
    """Row of the embedding table for each token; empty where the text holds none."""
    is_truncated: bool
    """Text was left unread: it has more than ``max_chars`` characters or ``max_tokens`` tokens."""


class Tokenizer:
    """A bundle's ``tokenizer.json`` with the bundle's limits."""

    def __init__(self, data: bytes, *, max_tokens: int, max_chars: int) -> None:
        """Reads the bytes of a checked ``tokenizer.json``; raises BundleError where this version of
        the `tokenizers` package cannot.
        """
        try:
            self._rust = RustTokenizer.from_str(data.decode("utf-8"))
        except Exception as error:  # bare Exception is what the Rust side raises
            raise BundleError(
                f"tokenizer.json cannot be read ({error}); upgrade with pip install --upgrade "
                "tokenizers"
            ) from error
        self._words: dict[str, int] = self._rust.get_vocab(with_added_tokens=False)
        self.max_tokens = max_tokens
        """Tokens of a text that are read."""
        self._max_chars = max_chars

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every token with its id."""
        return self._words

    @property
    def vocabulary_size(self) -> int:
        """One more than the largest id this tokenizer can give."""
        return len(self._words)

    def encode(self, text: str) -> Tokens:
        """The first ``max_tokens`` ids of the first ``max_chars`` characters after leading white
        space.
        """
        is_cut = len(text) > self._max_chars
        if is_cut:
            text = text.lstrip()
            is_cut = len(text) > self._max_chars
            text = text[: self._max_chars]
        ids = self._encode_plain(text) or self.encode_in_rust(text)
        return Tokens(ids[: self.max_tokens], is_cut or len(ids) > self.max_tokens)

    def encode_in_rust(self, text: str) -> list[int]:
        """All ids of ``text`` by the Rust tokenizer alone: the reference that the short way must
        equal.
        """
        # a lone surrogate is legal in str but not in UTF-8; it is read as '?'
        ids: list[int] = self._rust.encode(
            text.encode("utf-8", "replace").decode("utf-8"), add_special_tokens=False
        ).ids
        return ids

    def _encode_plain(self, text: str) -> list[int] | None:
        """The same ids where ``text`` is printable ASCII and every word is in the vocabulary as a
        whole, else None.

        A quarter of the Rust call's time, and so of a route's; a property-based test holds the two
        equal.
        """
        if not (text.isascii() and text.isprintable()):
            return None
        words = self._words
        try:
            return [words[word] for word in _ASCII_WORDS(text.lower())]
        except KeyError:
            return None
