"""A WordPiece vocabulary learnt from texts: whole words where they are frequent, pieces of words
for all the rest.

The trainer of the `tokenizers` package breaks ties by the order of a hash map, so that two runs
give two vocabularies; here every tie is broken by the alphabet, and equal texts give an equal
vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tokenizers import Tokenizer

from edge_router.bundle.tokenizer_check import (
    MAX_WORD_CHARS,
    PADDING,
    PREFIX,
    UNKNOWN,
    write_tokenizer,
)

MAX_ALPHABET = 200
PIECE_SHARE = 0.15
"""Share of the vocabulary given to pieces of words, so that a word that was never seen still has
parts.
"""
LONGEST_PIECE = 8


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A lower-casing tokenizer with at most ``size`` entries; id 0 is padding, id 1 an unknown
    character's word.
    """
    tokenizer = _make_tokenizer([PADDING, UNKNOWN])
    words = _count_words(tokenizer, texts)
    letters = Counter[str]()
    for word, count in words.items():
        for letter in word:
            letters[letter] += count
    alphabet = _most_common(letters, MAX_ALPHABET)
    entries = [PADDING, UNKNOWN, *sorted(alphabet), *sorted(PREFIX + letter for letter in alphabet)]
    room = max(0, size - len(entries))
    pieces = round(room * PIECE_SHARE)
    known = {word: n for word, n in words.items() if len(word) > 1 and set(word) <= set(alphabet)}
    whole = _most_common(known, room - pieces)
    rare = Counter(known)
    for word in whole:
        del rare[word]
    entries += whole + _most_common(_count_pieces(rare, set(entries) | set(whole)), pieces)
    return _make_tokenizer(entries)


def dump_tokenizer(tokenizer: Tokenizer) -> bytes:
    """``tokenizer.json`` of a trained tokenizer, whatever the installed package adds to its own."""
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    return write_tokenizer(sorted(vocabulary, key=vocabulary.__getitem__))


def _make_tokenizer(entries: list[str]) -> Tokenizer:
    return Tokenizer.from_str(write_tokenizer(entries).decode())


def _count_words(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    words = Counter[str]()
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        words.update(
            word
            for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)
            if len(word) <= MAX_WORD_CHARS
        )
    return words


def _count_pieces(words: Counter[str], taken: set[str]) -> Counter[str]:
    """Beginnings and endings of the words, by how much of the text they would cover."""
    pieces = Counter[str]()
    for word, count in words.items():
        for length in range(2, min(LONGEST_PIECE, len(word) - 1) + 1):
            pieces[word[:length]] += count * length
            pieces[PREFIX + word[-length:]] += count * length
    for piece in taken:
        pieces.pop(piece, None)
    return pieces


def _most_common(counts: dict[str, int], number: int) -> list[str]:
    """The ``number`` most frequent keys; equal counts in the order of the alphabet."""
    return sorted(counts, key=lambda key: (-counts[key], key))[:number]
