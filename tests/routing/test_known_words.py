"""What counts as a word, and which are unknown."""

import pytest

from edge_router.bundle.tokenizer_check import write_tokenizer
from edge_router.routing.known_words import KnownWords
from edge_router.routing.tokenizer import Tokenizer

VOCABULARY = ["[PAD]", "[UNK]", "dim", "the", "lamp", "7", "?", "€", "##s", "##ming", "##5", "x2"]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Dim the lamp?", 0.0),
        ("dimming the lamps", 2 / 3),  # read as dim ##ming, lamp ##s
        ("dim the sofa", 1 / 3),  # [UNK]
        ("dim dim sofa sofa", 0.5),  # each time that it is said
        ("the x2 7", 0.0),
        ("dim, please", 0.5 + 1 / 6),  # an unknown mark cannot be told from an unknown word
        ("?", None),
        ("", None),
        ("€5", 1.0),  # begins as a mark and goes on as a word
        ("€ dim", 0.0),
    ],
)
def test_the_share_of_unknown_words(text: str, share: float | None):
    data = write_tokenizer(VOCABULARY)
    tokenizer = Tokenizer(data, max_tokens=16, max_chars=512)
    ids = tokenizer.encode(text).ids
    assert KnownWords(tokenizer.vocabulary).unknown_share(ids) == pytest.approx(share)
    assert KnownWords.of_file(data).unknown_share(ids) == pytest.approx(share)


def test_words_that_are_not_read_do_not_count():
    tokenizer = Tokenizer(write_tokenizer(VOCABULARY), max_tokens=2, max_chars=512)
    words = KnownWords(tokenizer.vocabulary)
    assert words.unknown_share(tokenizer.encode("dim the sofa").ids) == 0.0
