import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.routing.lexicon import Lexicon, Stems, rarity, to_stem


def test_forms_of_a_word_have_one_stem():
    assert {to_stem(w) for w in ("light", "lights", "lighting", "lighted", "lighter")} == {"light"}
    assert {to_stem(w) for w in ("city", "cities")} == {"city"}


def test_short_words_keep_their_letters():
    assert [to_stem(w) for w in ("is", "red", "user", "ring")] == ["is", "red", "user", "ring"]


def test_tokens_of_one_stem_share_a_number_and_marks_have_none():
    stems = Stems({"[PAD]": 0, "light": 1, "lights": 2, "?": 3, "tea": 4, "##ing": 5})
    assert stems.of([1, 2, 1]) == [stems.of([1])[0]] * 3
    assert stems.of([0, 3]) == []
    assert len(set(stems.of([1, 4, 5]))) == 3


@pytest.mark.parametrize("tools", [1, 2, 10, 1000, 20_000])
def test_a_words_weight_is_its_rarity_in_64ths_of_a_bit(tools: int):
    for documents in {0, 1, tools // 2, tools}:
        exact = 64 * math.log2((2 * tools + 2) / (2 * documents + 1))
        assert rarity(documents, tools) in (math.floor(exact), math.floor(exact) - 1, round(exact))
    assert rarity(0, 1) == 128  # log2(4)


def test_a_description_that_says_all_scores_about_the_steps_and_one_that_says_nothing_0():
    lexicon = Lexicon([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    scores = lexicon.score([4, 5], 1000)
    assert scores.tolist() == [0.0, 1000.0, 0.0]


def test_a_rare_word_weighs_more_than_a_frequent_one():
    lexicon = Lexicon([[1, 2], [1, 3], [1, 4]])
    scores = lexicon.score([1, 3], 1000)
    assert scores[1] > 2 * scores[0]
    assert scores[0] == scores[2] > 0


def test_a_word_in_no_description_lowers_all_scores():
    lexicon = Lexicon([[1, 2], [3, 4]])
    assert lexicon.score([1, 99], 1000)[0] < lexicon.score([1], 1000)[0]
    assert lexicon.score([99], 1000).tolist() == [0.0, 0.0]
    assert lexicon.score([], 1000).tolist() == [0.0, 0.0]


def test_scores_follow_okapis_formula():
    documents = [[1, 1, 2], [2, 3, 4, 5, 6, 7], [8]]
    mean = 10 / 3
    asked = [1, 2]
    found = Lexicon(documents).score(asked, 100_000)
    for tool, document in enumerate(documents):
        total, said = 0.0, 0.0
        for stem in asked:
            holding = sum(stem in d for d in documents)
            weight = math.log2((3 + 1) / (holding + 0.5))
            count = document.count(stem)
            spread = 0.25 + 0.75 * len(document) / mean
            total += weight
            said += weight * count * 2.2 / (count + 1.2 * spread)
        assert found[tool] == pytest.approx(100_000 * said / total, rel=0.02)


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=6), st.data())
def test_the_order_of_words_and_tools_changes_nothing(documents, data):
    asked = data.draw(st.lists(st.integers(0, 11), max_size=6))
    order = data.draw(st.permutations(range(len(documents))))
    found = Lexicon(documents).score(asked, 1 << 21)
    moved = Lexicon([documents[i][::-1] for i in order]).score(asked[::-1], 1 << 21)
    assert np.array_equal(moved, found[list(order)])
