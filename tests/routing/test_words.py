"""Words as spans of a text, and what is left without some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.routing.words import find_read, group_words, keep_words, split_words


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\n", []),
        ("dim", ["dim"]),
        ("Dim the lights!", ["Dim", "the", "lights", "!"]),
        ("what's on at 3:30, please?!", ["what's", "on", "at", "3:30", ",", "please", "?!"]),
        ("'quoted' e-mail a_b 7.5.", ["'", "quoted", "'", "e-mail", "a_b", "7.5", "."]),
        ("and/or", ["and", "/", "or"]),
        ("hi\U0001f600\U0001f600 you", ["hi", "\U0001f600\U0001f600", "you"]),
        (
            "cafe\u0301 \u0939\u093f\u0928\u094d\u0926\u0940",
            ["cafe\u0301", "\u0939\u093f\u0928\u094d\u0926\u0940"],
        ),
    ],
)
def test_a_text_is_cut_at_white_space_and_marks(text, words):
    assert cut(text) == words


@given(st.text())
def test_words_stand_in_order_and_only_white_space_between_them(text):
    place = 0
    for start, end in split_words(text):
        assert place <= start < end
        assert not text[place:start].strip()
        place = end
    assert not text[place:].strip()


@given(st.text())
def test_all_words_kept_are_the_text_itself_and_none_is_blank(text):
    spans = split_words(text)
    assert keep_words(text, spans, (1 << len(spans)) - 1) == text
    assert not keep_words(text, spans, 0).strip()


def test_a_deleted_word_leaves_a_space_so_that_its_neighbours_stay_apart():
    spans = split_words("and/or not")
    assert keep_words("and/or not", spans, 0b1101) == "and or not"
    assert keep_words("and/or not", spans, 0b0111) == "and/or  "


def test_many_words_are_grouped_evenly_and_none_is_lost():
    spans = [(i, i + 1) for i in range(7)]
    assert group_words(spans, 3) == [(0, 2), (2, 4), (4, 7)]
    assert group_words(spans, 7) == spans
    assert group_words([], 3) == []


def test_what_is_read_ends_with_the_word_of_the_last_token():
    def tokens(text: str) -> list[str]:
        return text[:20].split()[:3]

    assert find_read("one two three four", max_chars=20, tokens=tokens) == (0, 13)
    assert find_read("one two", max_chars=20, tokens=tokens) == (0, 7)
    assert find_read("", max_chars=20, tokens=tokens) == (0, 0)


def test_what_is_read_of_a_long_text_begins_after_white_space():
    text = " " * 30 + "dim the lights now"

    def tokens(text: str) -> list[str]:
        return text.lstrip()[:7].split()

    start, end = find_read(text, max_chars=7, tokens=tokens)
    assert text[start:end] == "dim the"
