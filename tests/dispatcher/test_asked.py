"""What a text forbids, takes back or puts under a condition does not run."""

import pytest

from edge_router import Reason, Router
from edge_router.dispatcher import Dispatcher, Status
from edge_router.routing.request import compile_words
from edge_router.routing.split import may_forbid


def lights(level: int = 100) -> str:
    """Turns the lights on."""
    return f"lights at {level}"


def music() -> str:
    """Plays music."""
    return "music"


@pytest.fixture(scope="module")
def dispatcher() -> Dispatcher:
    router = (
        Router.base()
        .teach("lights", ["turn on the lights", "lights on please", "set the lights to 40"])
        .teach("music", ["play some music", "play jazz", "put on a song"])
    )
    return Dispatcher(router, tools=[lights, music])


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("don't turn on the lights", Reason.NEGATED, "All right, I will leave it."),
        ("please do not turn on the lights", Reason.NEGATED, "All right, I will leave it."),
        ("turn on the lights, never mind", Reason.NEGATED, "All right, I will leave it."),
        (
            "if it is dark turn on the lights",
            Reason.CONDITIONAL,
            "I am not sure what you mean.",
        ),
    ],
)
def test_what_is_not_asked_does_not_run(dispatcher, text, reason, said):
    outcome = dispatcher.dispatch(text)
    assert (outcome.status, outcome.decision.reason) == (Status.ABSTAINED, reason)
    assert outcome.text == said
    assert outcome.result is None


@pytest.mark.parametrize("text", ["turn on the lights", "why not turn on the lights"])
def test_what_only_sounds_forbidden_runs(dispatcher, text):
    assert dispatcher.dispatch(text).text == "lights at 100"


def test_the_one_part_that_is_asked_runs_and_its_arguments_keep_their_places():
    router = Router.base().teach("lights", ["set the lights to 40", "set the lights to 70"])
    router = router.teach("music", ["play some music", "play jazz music", "put some music on"])
    text = "don't play some music. set the lights to level 70"
    outcome = Dispatcher(router, tools=[lights, music]).dispatch(text)
    assert outcome.text == "lights at 70"
    (level,) = outcome.arguments
    assert text[level.start : level.end] == "70"


def test_a_router_that_only_routes_is_taken_at_its_word(dispatcher):
    class Plain:
        def route(self, text: str):
            return dispatcher._router.route(text)

    outcome = Dispatcher(Plain(), tools=[lights]).dispatch("don't turn on the lights")
    assert outcome.text == "lights at 100"


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("turn on the lights", False),
        ("", False),
        ("don't do that", True),
        ("stop if it rains", True),
        ("never mind", True),
    ],
)
def test_most_texts_hold_no_such_word(text, may):
    assert may_forbid(text) is may


def test_the_first_text_waits_for_no_pattern_to_be_made(dispatcher):
    compile_words.cache_clear()
    fresh = Dispatcher(dispatcher._router, tools=[lights])
    assert compile_words.cache_info().currsize == 1
    fresh.dispatch("turn on the lights")
    assert compile_words.cache_info().misses == 1
