"""How clearly the words around a place speak of a parameter."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.tools.arguments.choices import find_phrase
from edge_router.tools.arguments.parameter import read_parameters
from edge_router.tools.arguments.passage import Passage, read_passage
from edge_router.tools.grammar.language import load_language

ENGLISH = load_language("en")
SCHEMA = {"city": {"type": "string", "description": "Where the weather is."}}
[CITY] = read_parameters({"properties": SCHEMA}, ENGLISH)


def read(text: str) -> Passage:
    return read_passage(text, datetime(2026, 3, 31), ENGLISH)


def test_a_cue_is_rated_up_to_six_words_behind_it_and_two_before():
    passage = read("a b c city d e f g h i j")
    before, after = passage.rate_all(CITY)
    assert before == pytest.approx([0, 0, 0, 0, 3.0, 2.7, 2.4, 2.1, 1.8, 1.5, 0, 0])
    assert after == pytest.approx([0, 0.9 * 2.4, 0.9 * 2.7, 0.9 * 3.0, 0, 0, 0, 0, 0, 0, 0, 0])


@given(st.lists(st.sampled_from(["city", "weather", "a", "x", ",", "."]), max_size=14))
def test_every_place_of_a_text_is_rated_as_if_it_were_asked_for_alone(words):
    passage = read(" ".join(words))
    before, after = passage.rate_all(CITY)
    ends = [*passage.starts, len(passage.text)]
    for place, start in enumerate(ends[: len(passage.tokens)]):
        around = passage.rate_neighbours(CITY, start, start)
        assert max(before[place], after[place]) == around


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("living room", ["living room"]),
        ("living", ["living"]),
        ("rooms", ["room"]),
        ("livingg room", ["living room"]),
        ("room light", []),
        ("giving room", []),
        ("", []),
    ],
)
def test_a_phrase_is_found_where_its_words_stand_or_nearly(phrase, found):
    passage = read("in the living room")
    assert [passage.text[start:end] for start, end, _ in find_phrase(phrase, passage)] == found
