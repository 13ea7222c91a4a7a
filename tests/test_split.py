"""Texts that ask for more than one thing, or say what is not to be done: ``Router.split``."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge_router import Candidate, Decision, InputError, Part, Reason, Router, Stance

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def home() -> Router:
    """The example assistant, taught."""
    return Router.base().load_taught(ROOT / "examples/assistant/examples.jsonl")


def tell(parts: tuple[Part, ...]) -> list[tuple[str, str, str | None]]:
    return [(part.text, part.stance.value, part.decision.tool) for part in parts]


def test_two_requests_are_two_parts(home: Router):
    text = "Turn off the lights and play some jazz"
    parts = home.split(text)
    assert tell(parts) == [
        ("Turn off the lights", "asked", "lights.switch"),
        ("play some jazz", "asked", "music.play"),
    ]
    assert [(part.start, part.end) for part in parts] == [(0, 19), (24, 38)]
    assert parts[0].decision == home.route("Turn off the lights")
    assert parts[0].meant is parts[0].decision


def test_three_requests_are_three_parts(home: Router):
    text = "set a timer for ten minutes, then turn off the hall lights. After that, play some jazz"
    assert [part.decision.tool for part in home.split(text)] == [
        "timer.start",
        "lights.switch",
        "music.play",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "turn on the kitchen and the hall lights",
        "add milk, eggs and bread to the shopping list",
        "text Anna that I am late and bring wine",
        "hey, play some jazz, thanks",
        "set an alarm for half past seven",
    ],
)
def test_one_request_is_one_part_decided_as_route_does(home: Router, text: str):
    (part,) = home.split(text)
    assert (part.text, part.stance, part.condition) == (text, Stance.ASKED, "")
    assert part.decision == part.meant == home.route(text)


def test_a_forbidden_request_has_no_tool_to_run(home: Router):
    (part,) = home.split("please don't turn off the lights")
    assert part.stance is Stance.NEGATED
    assert (part.decision.tool, part.decision.proposed) == (None, None)
    assert part.decision.reason is Reason.NEGATED
    assert part.meant == home.route("turn off the lights")
    assert part.meant.tool == "lights.switch"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "play some jazz but don't turn off the lights",
            [("play some jazz", "asked"), ("don't turn off the lights", "negated")],
        ),
        (
            "turn off the lights but not the kitchen ones",
            [("turn off the lights", "asked"), ("not the kitchen ones", "negated")],
        ),
        (
            "don't turn off the lights, play some jazz",
            [("don't turn off the lights", "negated"), ("play some jazz", "asked")],
        ),
        (  # a don't goes on over an and
            "don't turn off the lights and play some jazz",
            [("don't turn off the lights", "negated"), ("play some jazz", "negated")],
        ),
        (
            "turn off the lights, never mind",
            [("turn off the lights", "withdrawn"), ("never mind", "withdrawn")],
        ),
        (
            "never mind, play some jazz",
            [("never mind", "withdrawn"), ("play some jazz", "asked")],
        ),
        (
            "turn off the lights. Don't.",
            [("turn off the lights", "withdrawn"), ("Don't.", "negated")],
        ),
        (
            "turn off the lights and play some jazz if Anna is home",
            [
                ("turn off the lights", "conditional"),
                ("play some jazz if Anna is home", "conditional"),
            ],
        ),
        (
            "if Anna is home, turn off the lights and play some jazz",
            [
                ("if Anna is home, turn off the lights", "conditional"),
                ("play some jazz", "conditional"),
            ],
        ),
    ],
)
def test_stances_go_as_far_as_they_are_meant(home: Router, text: str, parts: list):
    found = home.split(text)
    assert [(part.text, part.stance.value) for part in found] == parts
    is_run = [part.decision.tool is not None for part in found]
    assert is_run == [stance == "asked" for _, stance in parts]


def test_a_condition_is_told(home: Router):
    (part,) = home.split("if it rains, lock the front door")
    assert (part.condition, part.decision.reason) == ("if it rains", Reason.CONDITIONAL)
    assert part.meant.tool == "door.lock"


def test_a_condition_ends_where_what_is_meant_is_decided_most_surely(home: Router):
    (part,) = home.split("if it is raining lock the front door")
    assert part.condition.startswith("if it is")
    assert part.meant.tool == "door.lock"


def test_a_text_that_was_taught_whole_stays_whole():
    router = Router.base().teach("lights.off", ["turn off the lights", "lights out"])
    router = router.teach("music.play", ["play some jazz", "put on music"])
    text = "turn off the lights and play some jazz"
    assert len(router.split(text)) == 2
    router = router.teach("scene.evening", [text, "make it evening"])
    assert tell(router.split(text)) == [(text, "asked", "scene.evening")]


def test_a_threshold_decides_what_is_a_part(home: Router):
    text = "Turn off the lights and play some jazz"
    assert len(home.split(text, threshold=1.0)) == 1


def test_what_is_no_text_is_refused(home: Router):
    with pytest.raises(InputError, match="must be a str"):
        home.split(b"lights")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_text_is_one_part(home: Router, text: str):
    (part,) = home.split(text)
    assert part.decision.reason is Reason.EMPTY_INPUT


def test_what_is_forbidden_is_not_even_proposed():
    from edge_router.routing.split import split

    def route(_: str) -> Decision:
        best = (Candidate("door.open", 0.99),)
        return Decision(None, 0.99, Reason.NEEDS_CONFIRMATION, best, 0.5, proposed="door.open")

    (part,) = split("don't open the door", route)
    assert (part.decision.proposed, part.decision.reason) == (None, Reason.NEGATED)
    assert part.meant.proposed == "door.open"


@pytest.mark.parametrize(
    "text", [" " * 100_000, "a, " * 33_000, "don't " * 17_000, "if it, and don't " * 6_000]
)
def test_a_long_text_is_read_with_few_routes(text: str):
    from edge_router.routing.split import split

    routed = []

    def route(part: str) -> Decision:
        routed.append(part)
        return Decision(None, 0.0, Reason.LOW_CONFIDENCE, (), 0.5)

    split(text, route)
    assert len(routed) < 600


def test_a_part_is_plain_values_and_a_pickle(home: Router):
    (part,) = home.split("if it rains, lock the front door")
    told = json.loads(json.dumps(part.to_dict()))
    assert list(told) == ["start", "end", "text", "stance", "condition", "decision", "meant"]
    assert (told["stance"], told["decision"]["reason"]) == ("conditional", "conditional")
    assert pickle.loads(pickle.dumps(part)) == part


WORDS = [
    *("turn off the lights", "play jazz", "lock the door", "and", "then", ",", ".", "don't", "if"),
    *(
        "never mind",
        "not",
        "no",
        "it rains",
        "unless",
        "but",
        "please",
        "\n",
        "\ud800",
        "'",
        "alarm",
    ),
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=60))
@example("if")
@example("don't don't")
def test_parts_are_in_order_and_only_what_is_asked_may_run(assistant: Router, text: str):
    parts = assistant.split(text)
    assert parts == assistant.split(text)
    places = [place for part in parts for place in (part.start, part.end)]
    assert places == sorted(places)
    for part in parts:
        assert part.text == text[part.start : part.end]
        assert part.stance is Stance.ASKED or part.decision.tool is None
    if len(parts) == 1 and parts[0].stance is Stance.ASKED:
        assert parts[0].decision == assistant.route(text)
