import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router import BundleError
from edge_router.routing.tokenizer import Tokenizer

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "turn",
    "the",
    "light",
    "off",
    "##s",
    "[",
    "]",
    "pad",
    "!",
    "'",
    "t",
    "don",
    "5",
    "é",
    "a",
    "##a",
]
WHOLE = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": True,
        "strip_accents": True,
        "lowercase": True,
    },
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": None,
    "decoder": None,
    "model": {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 40,
        "vocab": {word: i for i, word in enumerate(VOCABULARY)},
    },
}


def make(max_tokens: int = 16, max_chars: int = 100, **changed: object) -> Tokenizer:
    return Tokenizer(
        json.dumps({**WHOLE, **changed}).encode(), max_tokens=max_tokens, max_chars=max_chars
    )


def test_whole_words_and_pieces_become_their_ids():
    assert make().encode("Turn the lights OFF!") == ([2, 3, 4, 6, 5, 10], False)


def test_a_text_without_tokens_has_no_ids():
    assert make().encode("") == ([], False)
    assert make().encode(" \t\n") == ([], False)


def test_a_long_text_is_cut_at_max_tokens_and_says_so():
    assert make(max_tokens=3).encode("turn the turn the") == ([2, 3, 2], True)


def test_only_max_chars_after_leading_space_are_read():
    assert make(max_chars=8).encode(" " * 100_000 + "turn the light") == ([2, 3], True)


def test_space_before_a_short_text_is_not_truncation():
    assert make(max_chars=8).encode(" " * 100_000 + "turn") == ([2], False)


def test_a_lone_surrogate_is_read_and_not_raised():
    assert make().encode("turn \ud800") == ([2, 1], False)


def test_a_special_token_in_the_text_is_what_rust_says_it_is():
    added = [
        {
            "id": 0,
            "content": "[PAD]",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
    ]
    tokenizer = make(added_tokens=added)
    assert tokenizer.encode("the [PAD]").ids == tokenizer.encode_in_rust("the [PAD]") == [3, 0]


def test_what_is_no_tokenizer_is_a_bundle_error():
    with pytest.raises(BundleError, match="rebuild the bundle"):
        Tokenizer(b'{"model": 1}', max_tokens=4, max_chars=100)


WORDS = st.sampled_from(
    [
        *VOCABULARY,
        "Lights",
        "TURN",
        "unknown",
        "don't",
        "É",
        "a\u0301",
        "\x7f",
        "\x1c",
        " ",
        "\u200b",
        "5th",
    ]
)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(WORDS, max_size=10).map(" ".join),
        st.lists(WORDS, max_size=8).map("".join),
    )
)
def test_the_short_way_gives_the_ids_of_the_rust_tokenizer(text: str):
    tokenizer = make(max_tokens=1000, max_chars=1000)
    assert tokenizer.encode(text).ids == tokenizer.encode_in_rust(text)
