"""A dispatcher with a remote: what it asks, and what becomes of the answers."""

import asyncio
from datetime import timedelta

import pytest
from fake_server import call, say, stream_words

from edge_router.dispatcher import Dispatcher, Status
from edge_router.errors import RemoteError
from edge_router.tools import LLM, tool

SAY_TIMER = "set a timer for six minutes"
OUT_OF_SCOPE = "make me a coffee"


@tool(name="timer.start", answer=LLM)
def start_timer(length: timedelta) -> dict[str, float]:
    """Starts a timer."""
    return {"minutes": length.total_seconds() / 60}


@pytest.fixture
def dispatcher(assistant, make_remote) -> Dispatcher:
    return Dispatcher(assistant, tools=[start_timer], remote=make_remote(retries=0))


def test_the_model_tells_the_result(server, dispatcher):
    server.play(say("Six minutes.", usage={"prompt_tokens": 40, "completion_tokens": 5}))
    outcome = dispatcher.dispatch(SAY_TIMER)
    assert (outcome.status, outcome.text) == (Status.DONE, "Six minutes.")
    assert (outcome.tokens_in, outcome.tokens_out) == (40, 5)
    assert list(outcome.sent) == server.received[0].body["messages"]
    assert "6.0" in str(outcome.sent)
    assert outcome.timings.remote_us > 0


def test_the_model_chooses_where_the_router_abstains(server, dispatcher):
    server.play(
        say(None, calls=[call("timer_start", {"length": "PT9M"})]),
        say("Nine minutes."),
    )
    outcome = asyncio.run(dispatcher.adispatch(OUT_OF_SCOPE))
    assert (outcome.status, outcome.text) == (Status.DONE, "Nine minutes.")
    assert outcome.result.value == {"minutes": 9.0}
    assert len(server.received) == 2


def test_what_the_model_leaves_out_is_asked_for(server, dispatcher):
    server.play(say(None, calls=[call("timer_start", {})]))
    asked = dispatcher.dispatch(OUT_OF_SCOPE)
    assert (asked.status, asked.pending.awaited) == (Status.NEEDS_ARGUMENT, "length")
    server.play(say("Nine minutes."))
    outcome = dispatcher.resume(asked, "nine minutes")
    assert (outcome.status, outcome.result.value) == (Status.DONE, {"minutes": 9.0})


def test_words_come_as_the_model_says_them(server, dispatcher):
    server.play(stream_words("Six ", "minutes."))
    stream = dispatcher.stream(SAY_TIMER)
    assert "".join(stream) == "Six minutes."
    assert stream.outcome.text == "Six minutes."

    async def main() -> str:
        return "".join([word async for word in dispatcher.astream(SAY_TIMER)])

    assert asyncio.run(main()) == "Six minutes."


def test_without_a_server_the_result_speaks_and_the_reason_is_kept(server, dispatcher):
    server.close()
    outcome = dispatcher.dispatch(SAY_TIMER)
    assert (outcome.status, outcome.text) == (Status.DONE, '{"minutes": 6.0}')
    assert isinstance(outcome.remote_error, RemoteError)
    assert dispatcher.dispatch(OUT_OF_SCOPE).status is Status.ABSTAINED


def test_nothing_is_sent_for_what_the_device_can_do(server, dispatcher):
    server.play(say("unasked"))
    assert dispatcher.dispatch("").status is Status.ABSTAINED
    assert dispatcher.dispatch("set a timer").is_question
    assert server.received == []
