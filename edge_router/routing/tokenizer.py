"""Text to token ids: the Rust tokenizer, and a shorter way to the same ids for the texts that most
are.
"""

from __future__ import annotations

import json
import re
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
        """Reads ``tokenizer.json`` bytes; raises BundleError where they are not one."""
        try:
            self._rust = RustTokenizer.from_str(data.decode("utf-8"))
            self._words = _whole_words(json.loads(data))
        except (
            Exception
        ) as error:  # the Rust side raises bare Exception for whatever it cannot read
            raise BundleError(
                f"tokenizer.json cannot be read ({error}); rebuild the bundle"
            ) from error
        self._rust.no_truncation()
        self._rust.no_padding()
        self._max_tokens = max_tokens
        self._max_chars = max_chars

    @property
    def vocabulary_size(self) -> int:
        """One more than the largest id this tokenizer can give."""
        return max(self._rust.get_vocab(with_added_tokens=True).values()) + 1

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
        return Tokens(ids[: self._max_tokens], is_cut or len(ids) > self._max_tokens)

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
        words = self._words
        if words is None or not (text.isascii() and text.isprintable()):
            return None
        try:
            return [words[word] for word in _ASCII_WORDS(text.lower())]
        except KeyError:
            return None


def _whole_words(tokenizer: dict[str, object]) -> dict[str, int] | None:
    """Word to id where the tokenizer is the kind that the short way knows (BERT's, lower-cased),
    else None.
    """
    normalizer, model = tokenizer.get("normalizer"), tokenizer.get("model")
    if not isinstance(normalizer, dict) or not isinstance(model, dict):
        return None
    is_known = (
        normalizer.get("type") == "BertNormalizer"
        and normalizer.get("lowercase") is True
        and tokenizer.get("pre_tokenizer") == {"type": "BertPreTokenizer"}
        and tokenizer.get("post_processor") is None
        and model.get("type") == "WordPiece"
        and not tokenizer.get("truncation")
    )
    if not is_known:
        return None
    prefix, longest = model["continuing_subword_prefix"], model["max_input_chars_per_word"]
    # Rust looks for special tokens such as "[PAD]" in the raw text first; a text with a bracket
    # takes the long way
    special = {"["} if tokenizer.get("added_tokens") else set()
    return {
        w: i
        for w, i in model["vocab"].items()
        if not w.startswith(prefix) and len(w) <= longest and w not in special
    }
