"""Each perturbation changes what it says, by its seed, and leaves the rest."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.perturbations import (
    FILLERS,
    FRAMES,
    HEARD_ALIKE,
    PERTURBATIONS,
    be_polite,
    double_marks,
    drop_marks,
    end_with_marks,
    exchange,
    fill_in,
    hit_beside,
    join_words,
    leave_out,
    lower,
    mishear,
    mistype,
    mix_case,
    perturb_texts,
    upper,
)
from bench.spoken import say_number, say_ordinal, write_spoken

TEXT = "What's the weather in New York at 6:45, and which plane costs $20?"
WORDS = "the quick brown fox jumps over the lazy dog " * 1000


def all_of(perturb, text: str, count: int = 300) -> set[str]:
    """What many generators make of a text."""
    return {perturb(text, random.Random(seed)) for seed in range(count)}


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_the_same_seed_gives_the_same_texts_whatever_stands_beside(name):
    alone = perturb_texts(name, [TEXT], seed=3)
    assert perturb_texts(name, ["other", TEXT], seed=3)[1:] == alone
    assert perturb_texts(name, [TEXT], seed=3) == alone


def test_the_seed_is_fixed_over_runs_of_python():
    assert perturb_texts("typos in 20 % of words", [TEXT]) == [
        "What's the weaher in New York at 6:45, and which plane costs $20?"
    ]


@given(st.sampled_from(list(PERTURBATIONS)), st.text(max_size=40))
def test_any_text_can_be_perturbed(name, text):
    (perturbed,) = perturb_texts(name, [text])
    assert isinstance(perturbed, str)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_the_share_of_mistyped_words_is_the_one_named(share):
    typed = mistype(WORDS, random.Random(1), share=share)
    pairs = list(zip(WORDS.split(), typed.split(), strict=True))
    assert sum(a != b for a, b in pairs) / len(pairs) == pytest.approx(share, abs=0.02)


def test_marks_spaces_and_single_letters_are_never_mistyped():
    typed = mistype("a  b, c-d 12 (x)!", random.Random(1), share=1.0)
    assert typed == "a  b, c-d 12 (x)!"


def test_a_letter_hit_beside_is_a_neighbour_on_the_keyboard():
    assert all_of(hit_beside, "aQ") == {"sQ", "aW"}
    assert hit_beside("\u00e9\u00e9", random.Random(0)) == "\u00e9\u00e9"


def test_a_letter_left_out_is_any_one():
    assert all_of(leave_out, "cat") == {"at", "ct", "ca"}


def test_letters_exchanged_are_neighbours_that_differ():
    assert all_of(exchange, "noon") == {"onon", "nono"}
    assert exchange("aa", random.Random(0)) == "aa"


def test_casing_changes_nothing_else():
    assert lower("Play ABBA", random.Random(0)) == "play abba"
    assert upper("Play ABBA", random.Random(0)) == "PLAY ABBA"
    mixed = mix_case(TEXT, random.Random(0))
    assert mixed.lower() == TEXT.lower()
    assert mixed not in (TEXT.lower(), TEXT.upper())


def test_marks_are_dropped_doubled_or_trail():
    assert drop_marks("What's up, check-in (now) at 6:45?", random.Random(0)) == (
        "Whats up check in now at 6 45"
    )
    assert double_marks("Wait, what's up?", random.Random(0)) == "Wait,, what''s up??"
    assert {text.removeprefix("stop") for text in all_of(end_with_marks, "stop")} == {
        ".", "!", "?", "...", "!!", "??", "?!"
    }  # fmt: skip


def test_a_recogniser_takes_words_for_others_that_sound_alike():
    assert all_of(mishear, "Write 4!") == {"write four", "right four", "write for", "right for"}
    taken = mishear("know " * 1000, random.Random(1)).split()
    assert taken.count("no") / len(taken) == pytest.approx(0.25, abs=0.05)


def test_no_word_sounds_like_itself_or_stands_twice():
    words = [word for alike in HEARD_ALIKE for word in alike]
    assert len(words) == len(set(words))


def test_fillers_stand_between_the_words_which_all_stay_in_order():
    filler = "|".join(FILLERS)
    for text in all_of(fill_in, "dim the lights"):
        found = re.findall(rf"\b(?:{filler})\b", text)
        assert 1 <= len(found) <= 2
        rest = re.sub(rf"\b(?:{filler})\b", " ", text).split()
        assert rest == ["dim", "the", "lights"]


def test_a_polite_frame_stands_around_the_whole_text():
    assert all_of(be_polite, "dim the lights") == {f.format("dim the lights") for f in FRAMES}
    assert "could you please dim the lights thanks" in all_of(be_polite, "dim the lights")


def test_two_words_are_joined_and_no_more():
    assert all_of(join_words, "dim the lights") == {"dimthe lights", "dim thelights"}
    assert join_words("dim", random.Random(0)) == "dim"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Wake me at 6:45, OK?", "wake me at six forty five ok"),
        ("7:00pm or 8:05 pm", "seven pm or eight oh five pm"),
        ("$54,788 or $1 or $2.50", "fifty four thousand seven hundred eighty eight dollars "
         "or one dollar or two point five zero dollars"),
        ("the 21st, 12th and 30th", "the twenty first twelfth and thirtieth"),
        ("3.5% of it's 'quoted'", "three point five percent of it's quoted"),
        ("what\u2019s R&B", "what's r and b"),
        ("a 401(k), flight dl123", "a four hundred one k flight dl one hundred twenty three"),
    ],
)  # fmt: skip
def test_a_text_is_written_as_it_is_heard(written, spoken):
    assert write_spoken(written) == spoken


def test_numbers_are_said_in_words():
    assert [say_number(n) for n in (0, 13, 20, 99, 100, 1100, 999_999, 1_203_405)] == [
        "zero",
        "thirteen",
        "twenty",
        "ninety nine",
        "one hundred",
        "one thousand one hundred",
        "nine hundred ninety nine thousand nine hundred ninety nine",
        "one two zero three four zero five",
    ]
    assert [say_ordinal(n) for n in (1, 2, 3, 4, 5, 8, 9, 12, 20, 23, 100)] == [
        "first", "second", "third", "fourth", "fifth", "eighth", "ninth", "twelfth", "twentieth",
        "twenty third", "one hundredth",
    ]  # fmt: skip
