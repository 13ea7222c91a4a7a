import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router import BundleError
from edge_router.bundle.tokenizer_check import write_tokenizer
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
LONGEST = "x" * 40


def make(max_tokens: int = 16, max_chars: int = 100, words: tuple[str, ...] = ()) -> Tokenizer:
    data = write_tokenizer([*VOCABULARY, *words])
    return Tokenizer(data, max_tokens=max_tokens, max_chars=max_chars)


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


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("the [PAD]", [3, 7, 9, 8]),
        ("[UNK]", [7, 1, 8]),
        ("##s", [1, 1, 1]),
        (LONGEST, [18]),
        (LONGEST + "x", [1]),
        ("don't", [13, 11, 12]),
        ("5the", [1]),
    ],
)
def test_both_ways_read_odd_ascii_alike(text: str, ids: list[int]):
    tokenizer = make(words=(LONGEST,))
    assert tokenizer.encode(text).ids == tokenizer.encode_in_rust(text) == ids


def test_the_size_is_one_more_than_the_highest_id():
    assert make().vocabulary_size == 18
    assert make(words=("last",)).encode("last").ids == [18]


def test_what_the_package_cannot_read_is_a_bundle_error():
    with pytest.raises(BundleError, match=r"pip install --upgrade tokenizers$"):
        Tokenizer(b'{"model": 1}', max_tokens=4, max_chars=100)


ASCII = st.characters(min_codepoint=32, max_codepoint=126)
WORDS = st.sampled_from(
    [
        *VOCABULARY,
        *(
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
        ),
        *(LONGEST, LONGEST + "x", "[PAD]", "x" * 41, "\u212a", "ß", "ﬁ", "中", "_", "a_a"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(ASCII, max_size=80),
    st.lists(WORDS, max_size=10).map(" ".join),
    st.lists(WORDS, max_size=8).map("".join),
)
ENTRIES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_short_way_gives_the_ids_of_the_rust_tokenizer(text: str):
    tokenizer = make(max_tokens=1000, max_chars=1000, words=(LONGEST,))
    assert tokenizer.encode(text).ids == tokenizer.encode_in_rust(text)


@settings(max_examples=300, deadline=None)
@given(st.sets(ENTRIES.filter(lambda w: w != "##" and w not in VOCABULARY)), st.data())
def test_and_does_so_for_any_vocabulary(words: set[str], data: st.DataObject):
    text = data.draw(st.lists(st.sampled_from([*sorted(words), *VOCABULARY, " "])).map("".join))
    tokenizer = make(max_tokens=1000, max_chars=1000, words=tuple(sorted(words)))
    assert tokenizer.encode(text).ids == tokenizer.encode_in_rust(text)
