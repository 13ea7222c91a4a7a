"""What a text wants done, told by its words alone."""

import pytest

from edge_router.part import Stance
from edge_router.routing.english import ENGLISH
from edge_router.routing.phrases import read_line
from edge_router.routing.request import compile_words, read_request

PATTERNS = compile_words(ENGLISH)


def read(text: str) -> tuple[Stance, str]:
    """The stance, and the words of what is meant."""
    line = read_line(text).line
    request = read_request(line, PATTERNS)
    return request.stance, line[slice(*request.meant)].strip()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("don't turn off the lights", "turn off the lights"),
        ("Please DO NOT turn off the lights", "turn off the lights"),
        ("dont turn off the lights", "turn off the lights"),
        ("don\u2019t turn off the lights", "turn off the lights"),
        ("alexa, don't turn off the lights", "turn off the lights"),
        ("alexa don't turn off the lights", "turn off the lights"),
        ("hey house don't turn off the lights", "turn off the lights"),
        ("don't you dare turn off the lights", "turn off the lights"),
        ("you really don't have to turn off the lights", "turn off the lights"),
        ("you must never turn off the lights", "turn off the lights"),
        ("from now on never turn off the lights", "turn off the lights"),
        ("i don't want you to turn off the lights", "turn off the lights"),
        ("could you please not turn off the lights", "turn off the lights"),
        ("no need to turn off the lights", "turn off the lights"),
        ("instead of turning off the lights", "turning off the lights"),
        ("the lights should not be turned off", "the lights should not be turned off"),
        ("no music please", "music please"),
        ("not the kitchen lights", "kitchen lights"),
        ("don't", "dont"),
        ("no, don't!", "no , dont !"),
    ],
)
def test_what_is_forbidden_is_negated(text, meant):
    assert read(text) == (Stance.NEGATED, meant)


@pytest.mark.parametrize(
    "text",
    [
        "why not play some jazz",
        "why don't you play some jazz",
        "don't forget to buy milk",
        "do not let me forget the milk",
        "I don't know what the weather is",
        "my headphones don't work",
        "turn off the lights",
        "no more than 20 minutes",
        "no, turn the heating up",
        "no",
        "not so loud, turn the volume down",
        "remind me not to eat",
        "tell Anna don't wait for me",
        "play don't stop me now",
        "is the door not locked",
        "should I not water the plants",
        "it's necessary to call Michael",
        "I have never been to Rome",
        "cancel the alarm",
        "if you can, play some jazz",
        "play some jazz if you don't mind",
        "tell me if it will rain",
        "if I go to Rome what is the time",
        "if I go to Rome, do I need a visa",
        "what should I do if it rains",
        "",
    ],
)
def test_what_only_sounds_so_is_asked(text):
    assert read(text)[0] is Stance.ASKED


@pytest.mark.parametrize(
    "text",
    [
        "never mind",
        "ok, never mind",
        "cancel that!",
        "Forget it, please",
        "play jazz. scratch that",
    ],
)
def test_what_is_taken_back_is_withdrawn(text):
    assert read(text)[0] is Stance.WITHDRAWN


@pytest.mark.parametrize(
    ("text", "condition", "meant"),
    [
        ("if it rains, close the window", "if it rains", "close the window"),
        ("if it rains then close the window", "if it rains", "close the window"),
        ("close the window if it rains", "if it rains", "close the window"),
        ("close the window unless it is hot", "unless it is hot", "close the window"),
        ("if it rains close the window", "if it rains close the window", None),
    ],
)
def test_a_condition_is_found(text, condition, meant):
    line = read_line(text).line
    request = read_request(line, PATTERNS)
    assert request.stance is Stance.CONDITIONAL
    assert line[slice(*request.condition)].strip() == condition
    assert meant is None or line[slice(*request.meant)].strip() == meant
