"""Lines of words, and the phrases that are looked for in them."""

import re

import pytest

from edge_router.routing.phrases import MOST_WORDS, match_any, read_line


def test_a_line_is_lower_case_without_apostrophes_a_space_after_each_word():
    line = read_line("Don\u2019t  dim it,\nplease!")
    assert line.line == "dont dim it , . please ! "
    assert line.spans == ((0, 5), (7, 10), (11, 13), (13, 14), (14, 15), (15, 21), (21, 22))
    assert line.offsets == (0, 5, 9, 12, 14, 16, 23, 25)
    assert [line.find_word(offset) for offset in (0, 5, 6, 25)] == [0, 1, 2, 7]


def test_numbers_and_times_are_one_word():
    assert read_line("at 7.5 or 3:30, 1,000 times").line == "at 7.5 or 3:30 , 1,000 times "


def test_the_empty_text_has_no_words():
    line = read_line(" \t")
    assert (line.spans, line.line, line.offsets) == ((), "", (0,))


def test_only_the_first_words_are_looked_at():
    assert len(read_line("a " * 10 * MOST_WORDS).spans) == MOST_WORDS


@pytest.mark.parametrize(
    ("phrase", "line", "found"),
    [
        ("do_not/don't you? dare", "please dont you dare go ", "dont you dare "),
        ("do_not/don't you? dare", "do not dare ", "do not dare "),
        ("do_not/don't you? dare", "do not you ", None),
        ("or", "for the door ", None),
        (",/.", "a , b ", ", "),
    ],
)
def test_a_phrase_is_found_as_whole_words(phrase, line, found):
    match = re.search(match_any([phrase]), line)
    assert (match and match[0]) == found


def test_the_longest_phrase_is_found():
    match = re.search(match_any(["no", "no need to"]), "no need to go ")
    assert match
    assert match[0] == "no need to "


def test_something_may_stand_between_the_words_of_a_phrase():
    pattern = match_any(["you don't have to"], between="(?:really )?")
    assert re.match(pattern, "you really dont have to go ")
    assert not re.match(match_any(["you don't have to"]), "you really dont have to go ")
