import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time as clock_time
from datetime import timedelta
from typing import Annotated, Literal

import pytest
from dispatcher_fakes import NOW, FakeRemote, FakeRouter, chosen, fill, found

from edge_router import Decision, Reason, Router, Tool
from edge_router.dispatcher import Dispatcher, Phrases, Status
from edge_router.errors import EdgeRouterError, InputError, MissingExtraError, ToolError
from edge_router.remote import Call
from edge_router.remote.question import make_request
from edge_router.remote.token_count import count_tokens
from edge_router.tools import LLM, tool
from edge_router.tools.arguments import Argument, Filled, Source
from edge_router.tools.runner import RunStatus


@tool(answer="The {room} is at {level} percent.")
def dim(room: Literal["den", "hall"], level: Annotated[int, {"maximum": 100}]) -> dict[str, int]:
    """Dims a lamp."""
    return {"level": level}


@tool
def tea() -> None:
    """Makes tea."""


@tool(answer=LLM)
def read(level: int = 3) -> dict[str, int]:
    """Reads a sensor."""
    return {"level": level, "other": 7}


@tool(needs_confirmation=True)
async def unlock(door: str | None = None) -> str:
    """Unlocks the doors."""
    return "Unlocked."


@tool
def note(words: str) -> str:
    """Takes a note."""
    return f"Noted: {words}"


@tool
def wake(at: clock_time) -> str:
    """Sets an alarm."""
    return f"{at:%H:%M}"


def test_a_text_becomes_a_decision_arguments_a_result_and_words(make):
    outcome = make(dim).dispatch("dim the den to 40")
    assert (outcome.status, outcome.text) == (Status.DONE, "The den is at 40 percent.")
    assert outcome.decision.tool == outcome.tool == "dim"
    assert outcome.arguments == (
        found("room", "den", "den", 8, 11),
        found("level", 40, "40", 15, 17),
    )
    assert outcome.result.value == {"level": 40}
    assert not outcome.is_question
    assert (outcome.tokens_in, outcome.tokens_out, outcome.sent) == (0, 0, ())


def test_an_outcome_is_plain_json(make):
    outcome = make(dim).dispatch("dim the den to 40").to_dict()
    assert json.loads(json.dumps(outcome)) == outcome
    assert list(outcome) == [
        "text",
        "status",
        "query",
        "decision",
        "tool",
        "arguments",
        "result",
        "awaited",
        "tokens_in",
        "tokens_out",
        "estimated_tokens_in",
        "estimated_tokens_all_tools",
        "sent",
        "tools_sent",
        "left_out",
        "remote_error",
        "timings",
        "record",
    ]
    assert list(outcome["timings"]) == [
        "routing_us",
        "arguments_us",
        "tool_us",
        "remote_us",
        "total_us",
    ]


def test_the_time_of_each_part_is_told(make):
    @tool
    def rest() -> None:
        time.sleep(0.02)

    timings = make(rest).dispatcher.dispatch("rest").timings
    assert timings.tool_us >= 20_000
    assert timings.total_us >= timings.tool_us
    assert timings.routing_us < timings.tool_us


def test_what_a_tool_returns_is_what_is_said(make):
    def give(value):
        return make(tool(name="give")(lambda: value)).dispatch("give").text

    assert [give(v) for v in ("Hello.", 3, 2.0, None, True, {"a": [1]}, {1j})] == [
        "Hello.",
        "3",
        "2",
        "Done.",
        "true",
        '{"a": [1]}',
        "{1j}",
    ]


def test_a_template_without_its_values_lets_the_result_speak(make):
    wants_more = tool(name="give", answer="It is {temperature:.1f}.")(lambda: {"level": 3})
    assert make(wants_more).dispatch("give").text == '{"level": 3}'
    cannot_be_formatted = tool(name="give", answer="It is {result:.1f}.")(lambda: "warm")
    assert make(cannot_be_formatted).dispatch("give").text == "warm"


def test_a_failing_tool_is_an_outcome(make):
    @tool
    def fail() -> None:
        raise ValueError("/secret")

    @tool
    def explain() -> None:
        raise ToolError("There is no lamp here.")

    outcome = make(fail).dispatch("fail")
    assert (outcome.status, outcome.text) == (Status.FAILED, "fail failed (ValueError)")
    assert isinstance(outcome.result.error, ValueError)
    assert "/secret" not in json.dumps(outcome.to_dict())
    assert make(explain).dispatch("explain").text == "There is no lamp here."


def test_a_tool_without_a_program_is_named(make):
    outcome = make(tea).dispatch("dim the den")
    assert (outcome.status, outcome.tool) == (Status.NO_PROGRAM, "dim")
    assert outcome.text == "Nothing here can do that (dim)."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maybe", "I am not sure what you mean. Is it dim or tea?"),
        ("sing", "I am not sure what you mean."),
        ("", "I did not hear anything."),
    ],
)
def test_abstaining_is_said_at_once_and_asks_nobody(make, text, said):
    outcome = make(dim, tea).dispatch(text)
    assert (outcome.status, outcome.text, outcome.tool) == (Status.ABSTAINED, said, None)
    assert outcome.remote_error is None


# Questions and replies.


def test_a_missing_argument_is_asked_for_and_the_reply_fills_it(make):
    dispatcher = make(dim)
    asked = dispatcher.dispatch("dim to 40")
    assert (asked.status, asked.text) == (Status.NEEDS_ARGUMENT, "Which room: den or hall?")
    assert asked.is_question
    assert asked.pending.awaited == "room"
    assert asked.result is None
    outcome = dispatcher.resume(asked, "the hall, please")
    assert (outcome.status, outcome.text, outcome.query) == (
        Status.DONE,
        "The hall is at 40 percent.",
        "dim to 40",
    )
    assert outcome.decision == asked.decision


def test_several_missing_arguments_are_asked_for_one_by_one_or_taken_together(make):
    dispatcher = make(dim)
    asked = dispatcher.dispatch("dim")
    assert asked.text == "Which room: den or hall?"
    then = dispatcher.resume(asked, "den")
    assert then.text == "What is the level?"
    assert dispatcher.resume(then, "20").text == "The den is at 20 percent."
    assert dispatcher.resume(asked, "den at 30").text == "The den is at 30 percent."


def test_an_impossible_value_is_asked_for_again(make):
    dispatcher = make(dim)
    asked = dispatcher.dispatch("dim the den to 140")
    assert asked.status is Status.NEEDS_ARGUMENT
    assert asked.text == "The level must be at most 100, not 140. What is the level?"
    assert dispatcher.resume(asked, "to 90").text == "The den is at 90 percent."


def test_a_reply_that_says_nothing_is_not_taken_for_the_default(make):
    @tool
    def heat(level: Annotated[int, {"maximum": 30}] = 20) -> int:
        return level

    def with_defaults(parameters, text, *, now):
        reading = fill(parameters, text, now=now)
        if reading.arguments or "default" not in parameters["properties"]["level"]:
            return reading
        return Filled((found("level", 20, "", 0, 0),))

    dispatcher = make(heat, arguments=with_defaults)
    assert dispatcher.dispatch("heat").text == "20"
    asked = dispatcher.resume(dispatcher.dispatch("heat to 90"), "hm")
    assert asked.text == "What is the level?"
    assert dispatcher.resume(asked, "25").text == "25"


def test_words_with_two_meanings_are_asked_about(make):
    dispatcher = make(wake)
    asked = dispatcher.dispatch("wake me at 6")
    assert (asked.status, asked.text) == (Status.NEEDS_ARGUMENT, "Which at: 06:00 or 18:00?")
    assert dispatcher.resume(asked, "18:00").text == "18:00"
    assert dispatcher.resume(asked, "at 6").text == "Which at: 06:00 or 18:00?"


def test_a_reply_may_be_the_rest_of_words_that_were_not_clear(make):
    dispatcher = make(wake)
    asked = dispatcher.resume(dispatcher.dispatch("wake me at 6"), "you know")
    assert asked.text == "Which at: 06:00 or 18:00?"
    outcome = dispatcher.resume(asked, "in the evening")
    assert (outcome.status, outcome.text) == (Status.DONE, "18:00")
    (at,) = outcome.arguments
    assert (at.text, at.start, at.end) == ("6 in the evening", 0, 0)


def test_each_of_several_unclear_words_is_asked_about(make):
    @tool
    def nap(start: clock_time, end: clock_time | None = None) -> str:
        return f"{start} {end}"

    def twice(parameters, text, *, now):
        properties = {name: {"format": "time"} for name in parameters["properties"]}
        return fill({"properties": properties}, text, now=now)

    dispatcher = make(nap, arguments=twice)
    asked = dispatcher.dispatch("nap at 6")
    assert asked.pending.awaited == "start"
    then = dispatcher.resume(asked, "in the morning")
    assert (then.pending.awaited, then.text) == ("end", "Which end: 06:00 or 18:00?")
    assert dispatcher.resume(then, "18:30").text == "06:00:00 18:30:00"


def test_a_sentence_says_times_in_the_users_words_or_formats_them(make):
    @tool(answer="Alarm at {at}, that is {at:%H.%M}.", needs_confirmation=True)
    def wake(at: clock_time) -> None: ...

    dispatcher = make(wake)
    asked = dispatcher.dispatch("wake me at 6 in the evening")
    assert asked.text == "wake (at: 6 in the evening): shall I?"
    assert dispatcher.resume(asked, "yes").text == "Alarm at 6 in the evening, that is 18.00."


def test_a_question_for_any_text_takes_the_reply_as_it_is(make):
    dispatcher = make(note)
    asked = dispatcher.dispatch("note this")
    assert asked.text == "What is the words?"
    outcome = dispatcher.resume(asked, "  buy milk ")
    assert outcome.text == "Noted: buy milk"
    assert outcome.arguments[0] == Argument(
        "words", "buy milk", "buy milk", 2, 10, 1.0, Source.REPLY
    )


@pytest.mark.parametrize("reply", ["never mind", "Never mind!", "CANCEL", "forget it."])
def test_any_question_can_be_left(make, reply):
    dispatcher = make(dim, note, unlock)
    for text in ("dim", "note", "unlock"):
        outcome = dispatcher.resume(dispatcher.dispatch(text), reply)
        assert (outcome.status, outcome.text) == (Status.CANCELLED, "All right, I will leave it.")
        assert not outcome.is_question


def test_after_three_replies_that_do_not_help_a_question_is_given_up(make):
    dispatcher = make(dim)
    outcome = dispatcher.dispatch("dim")
    for reply in ("what?", ""):
        outcome = dispatcher.resume(outcome, reply)
        assert outcome.text == "Which room: den or hall?"
    outcome = dispatcher.resume(outcome, "purple")
    assert (outcome.status, outcome.text) == (
        Status.GIVEN_UP,
        "I did not understand that. Please start again.",
    )
    assert not outcome.is_question


def test_impossible_values_do_not_go_on_for_ever(make):
    dispatcher = make(dim)
    outcome = dispatcher.dispatch("dim the den to 140")
    for number in (150, 160):
        outcome = dispatcher.resume(outcome, str(number))
        assert outcome.is_question
    assert dispatcher.resume(outcome, "170").status is Status.GIVEN_UP


@pytest.mark.parametrize("reply", ["yes", "Yes, please!", "ok", "Do it."])
def test_a_plain_yes_runs_what_must_be_confirmed(make, reply):
    dispatcher = make(unlock)
    asked = dispatcher.dispatch("unlock")
    assert (asked.status, asked.text) == (Status.NEEDS_CONFIRMATION, "unlock: shall I?")
    assert asked.result is None
    outcome = dispatcher.resume(asked, reply)
    assert (outcome.status, outcome.text) == (Status.DONE, "Unlocked.")


@pytest.mark.parametrize(
    "reply", ["no", "No, the other one", "don't", "Don’t!", "stop", "not now thanks"]
)
def test_a_no_leaves_it(make, reply):
    dispatcher = make(unlock)
    assert dispatcher.resume(dispatcher.dispatch("unlock"), reply).status is Status.CANCELLED


@pytest.mark.parametrize(
    "reply", ["yes but only the front door", "perhaps", "", "unlock", "yesterday"]
)
def test_anything_else_is_no_yes(make, reply):
    dispatcher = make(unlock)
    asked = dispatcher.resume(dispatcher.dispatch("unlock"), reply)
    assert (asked.status, asked.text) == (
        Status.NEEDS_CONFIRMATION,
        "Please say yes or no. unlock: shall I?",
    )
    asked = dispatcher.resume(asked, reply)
    assert dispatcher.resume(asked, reply).status is Status.GIVEN_UP


def test_arguments_are_asked_for_before_the_confirmation_and_named_in_it(make):
    @tool(needs_confirmation=True)
    def pay(amount: int, to_whom: Literal["ann", "bob"]) -> str:
        return f"{to_whom} has {amount}."

    dispatcher = make(pay)
    asked = dispatcher.resume(dispatcher.dispatch("pay ann"), "some")
    asked = dispatcher.resume(asked, "20")
    assert (asked.status, asked.text) == (
        Status.NEEDS_CONFIRMATION,
        "pay (amount: 20, to whom: ann): shall I?",
    )
    assert dispatcher.resume(asked, "yes").text == "ann has 20."


def test_an_outcome_can_be_resumed_more_than_once(make):
    dispatcher = make(dim)
    asked = dispatcher.dispatch("dim to 40")
    assert [dispatcher.resume(asked, room).text for room in ("den", "hall", "den")] == [
        "The den is at 40 percent.",
        "The hall is at 40 percent.",
        "The den is at 40 percent.",
    ]


def test_what_asks_nothing_cannot_be_resumed(make):
    dispatcher = make(dim, tea).dispatcher
    with pytest.raises(InputError, match="asks for nothing here; dispatch the text instead"):
        dispatcher.resume(dispatcher.dispatch("tea"), "yes")
    asked = dispatcher.dispatch("dim")
    with pytest.raises(InputError, match="asks for nothing here"):
        make(tea).dispatcher.resume(asked, "den")
    with pytest.raises(InputError, match="a reply must be a str, not bytes"):
        dispatcher.resume(asked, b"den")


def test_a_schema_may_say_how_to_ask(make):
    @tool
    def play(song_title: Annotated[str, {"x-question": "Which song?"}]) -> str:
        return song_title

    assert make(play).dispatch("play").text == "Which song?"


def test_phrases_can_be_those_of_another_language(make):
    german = Phrases(
        yes=frozenset({"ja"}),
        confirm_plain="{tool}: soll ich?",
        ask="Wie ist {name}?",
        between=" oder ",
    )
    dispatcher = make(unlock, dim, phrases=german)
    asked = dispatcher.dispatch("unlock")
    assert asked.text == "unlock: soll ich?"
    assert dispatcher.resume(asked, "Ja!").status is Status.DONE
    with pytest.raises(InputError, match="the phrase 'ask' has a gap that is not filled"):
        Phrases(ask="Wie ist {nme}?")


# A remote model.


def test_a_remote_model_tells_the_result_and_what_it_cost_is_kept(make):
    remote = FakeRemote()
    outcome = make(read, tea, remote=remote).dispatch("read")
    assert (outcome.status, outcome.text) == (Status.DONE, "It is done.")
    assert (outcome.tokens_in, outcome.tokens_out) == (10, 5)
    assert outcome.estimated_tokens_in == 9
    assert outcome.sent == ({"role": "user", "content": "asked"},)
    assert remote.asked[0] == ("read", "read", {"level": 3, "other": 7}, ["read", "tea"])


def test_other_tools_ask_no_remote_model(make):
    remote = FakeRemote()
    assert make(tea, remote=remote).dispatch("tea").text == "Done."
    assert remote.asked == []


def test_without_a_remote_model_or_its_help_the_result_speaks(make):
    assert make(read).dispatch("read").text == '{"level": 3, "other": 7}'
    outcome = make(read, remote=FakeRemote(error=EdgeRouterError("it is down"))).dispatch("read")
    assert (outcome.status, outcome.text) == (Status.DONE, '{"level": 3, "other": 7}')
    assert str(outcome.remote_error) == "it is down"
    assert (outcome.tokens_in, outcome.sent) == (0, ())


def test_a_missing_package_is_told_to_the_programmer(make):
    remote = FakeRemote(error=MissingExtraError("llm", "httpx2"))
    with pytest.raises(MissingExtraError):
        make(read, remote=remote).dispatcher.dispatch("read")


def test_where_the_router_abstains_a_remote_model_may_choose(make):
    remote = FakeRemote(choice=chosen("", "dim", level=20, room="hall"))
    outcome = make(read, dim, remote=remote).dispatch("what about the hall")
    assert (outcome.status, outcome.text) == (Status.DONE, "The hall is at 20 percent.")
    assert outcome.decision.tool is None
    assert (outcome.tool, outcome.tokens_in) == ("dim", 10)
    assert outcome.arguments[0] == Argument("room", "hall", "", 0, 0, 1.0, Source.REMOTE)
    assert remote.asked[0] == ("what about the hall", ["read", "dim"], ["dim"])


def test_what_two_questions_cost_is_added_up(make):
    outcome = make(read, remote=FakeRemote(choice=chosen("", "read"))).dispatch("sing")
    assert (outcome.text, outcome.tokens_in, outcome.tokens_out) == ("It is done.", 20, 10)
    assert len(outcome.sent) == 2


def test_with_all_tools_a_request_calls_and_another_tells_however_the_tool_was_found(make):
    # "read" and "sing" are a token each, so that only the ways differ
    by_router = make(read, tea).dispatch("read")
    by_model = make(read, tea, remote=FakeRemote(choice=chosen("", "read"))).dispatch("sing")
    described = [read.tool, tea.tool]
    asked = make_request("read", described, (), redactor=None).estimated_tokens_all_tools
    told = count_tokens('{"level": 3, "other": 7}')
    assert by_router.estimated_tokens_all_tools == 2 * asked + told
    assert by_model.estimated_tokens_all_tools == 2 * asked + told
    assert by_model.to_dict()["estimated_tokens_all_tools"] == 2 * asked + told


def test_with_all_tools_one_request_asks_back_or_says_that_none_fits(make):
    described = [dim.tool, tea.tool]
    asked = make_request("dim", described, (), redactor=None).estimated_tokens_all_tools
    assert make(dim, tea).dispatch("dim").estimated_tokens_all_tools == asked
    answered = make(dim, tea, remote=FakeRemote()).dispatch("sing")
    assert (answered.status, answered.estimated_tokens_all_tools) == (Status.ANSWERED, asked)
    assert make(dim, tea).dispatch("sing").estimated_tokens_all_tools == 0


def test_the_tools_whose_schemas_were_sent_are_named(make):
    choice = replace(chosen("", "tea"), tools_sent=("dim", "tea"))
    outcome = make(dim, tea, remote=FakeRemote(choice=choice)).dispatch("sing")
    assert outcome.tools_sent == ("dim", "tea")
    assert outcome.to_dict()["tools_sent"] == ["dim", "tea"]
    assert make(read, tea, remote=FakeRemote()).dispatch("read").tools_sent == ()


def test_what_a_remote_model_chose_is_checked_and_confirmed_like_any_other(make):
    choice = chosen("", "dim", level=120)
    asked = make(dim, remote=FakeRemote(choice=choice)).dispatch("what now")
    assert asked.text == "Which room: den or hall?"
    remote = FakeRemote(choice=chosen("", "unlock"))
    assert make(unlock, remote=remote).dispatch("sing").status is Status.NEEDS_CONFIRMATION
    unknown = FakeRemote(choice=chosen("Hm.", "launch"))
    assert make(tea, remote=unknown).dispatch("sing").text == "Hm."


def test_what_a_remote_model_left_out_is_asked_for_and_then_the_tool_runs(make):
    both = make(dim, remote=FakeRemote(choice=chosen("", "dim", level=20)))
    asked = both.dispatch("what now")
    assert (asked.status, asked.text) == (Status.NEEDS_ARGUMENT, "Which room: den or hall?")
    outcome = both.resume(asked, "the den")
    assert (outcome.status, outcome.text) == (Status.DONE, "The den is at 20 percent.")


def test_of_several_calls_the_first_runs_alone_and_the_others_are_named(make):
    ran = []

    @tool(timeout_s=None)
    def feed() -> None:
        ran.append("feed")

    choice = replace(chosen("", "dim", level=20), further=(Call("feed", {}), Call("tea", {})))
    both = make(dim, feed, tea, remote=FakeRemote(choice=choice))
    asked = both.dispatch("what now")
    assert (asked.text, asked.left_out) == ("Which room: den or hall?", ("feed", "tea"))
    outcome = both.resume(asked, "the den")
    assert outcome.text == (
        "The den is at 20 percent. I did only that; please ask again for feed and tea."
    )
    assert (outcome.left_out, ran) == (("feed", "tea"), [])


def test_of_several_calls_the_first_is_confirmed_and_a_no_leaves_all(make):
    choice = replace(chosen("", "unlock"), further=(Call("tea", {}),))
    both = make(unlock, tea, remote=FakeRemote(choice=choice))
    asked = both.dispatch("sing")
    assert asked.status is Status.NEEDS_CONFIRMATION
    assert both.resume(asked, "no").status is Status.CANCELLED


def test_what_was_left_out_follows_streamed_words_once(make):
    choice = replace(chosen("", "read"), further=(Call("tea", {}),))
    words, outcome = hear(make(read, tea, remote=FakeRemote(choice=choice)).dispatcher, "sing")
    assert words == ["It ", "is ", "done.", " I did only that; please ask again for tea."]
    assert outcome.text == "".join(words)


def test_a_remote_model_may_answer_without_a_tool(make):
    outcome = make(tea, remote=FakeRemote()).dispatch("sing")
    assert (outcome.status, outcome.text, outcome.tool) == (
        Status.ANSWERED,
        "I cannot do that.",
        None,
    )


def test_a_remote_model_that_fails_or_says_nothing_leaves_the_abstention(make):
    for remote in (FakeRemote(error=EdgeRouterError("down")), FakeRemote(choice=chosen(" "))):
        outcome = make(tea, remote=remote).dispatch("maybe")
        assert (outcome.status, outcome.text) == (
            Status.ABSTAINED,
            "I am not sure what you mean. Is it dim or tea?",
        )


def test_an_empty_text_asks_no_remote_model(make):
    remote = FakeRemote()
    assert make(tea, remote=remote).dispatch(" ").status is Status.ABSTAINED
    assert remote.asked == []


# Words as they come.


def hear(dispatcher, text):
    """Words of a stream and its outcome, which must be alike with and without an event loop."""
    stream = dispatcher.stream(text)
    assert stream.outcome is None
    words = list(stream)

    async def ahear():
        stream = dispatcher.astream(text)
        return [word async for word in stream], stream.outcome

    awords, aoutcome = asyncio.run(ahear())
    assert words == awords
    assert stream.outcome == aoutcome or stream.outcome.text == aoutcome.text
    return words, stream.outcome


def test_words_come_as_they_are_said(make):
    words, outcome = hear(make(read, remote=FakeRemote()).dispatcher, "read")
    assert words == ["It ", "is ", "done."]
    assert (outcome.text, outcome.tokens_in) == ("It is done.", 10)


def test_what_is_not_streamed_comes_whole(make):
    dispatcher = make(read, tea).dispatcher
    assert hear(dispatcher, "tea")[0] == ["Done."]
    assert hear(dispatcher, "read")[0] == ['{"level": 3, "other": 7}']
    assert hear(dispatcher, "sing")[0] == ["I am not sure what you mean."]


def test_a_model_that_breaks_off_is_followed_by_the_tools_own_answer(make):
    remote = FakeRemote(error=EdgeRouterError("gone"))
    words, outcome = hear(make(read, remote=remote).dispatcher, "read")
    assert words == ["It ", '\n{"level": 3, "other": 7}']
    assert outcome.text == '{"level": 3, "other": 7}'
    assert str(outcome.remote_error) == "gone"


def test_closing_a_stream_hangs_up(make):
    remote = FakeRemote()
    dispatcher = make(read, remote=remote).dispatcher
    with dispatcher.stream("read") as stream:
        assert next(stream) == "It "
    assert remote.speeches[0].is_closed
    assert stream.outcome is None

    async def main():
        async with dispatcher.astream("read") as stream:
            assert await anext(stream) == "It "

    asyncio.run(main())
    assert remote.speeches[1].is_closed


# Many at once.


@pytest.fixture
def held():
    event = threading.Event()
    yield event
    event.set()


def test_two_hundred_dispatches_go_on_beside_a_tool_that_hangs(make, held):
    @tool(timeout_s=0.5)
    def hang() -> None:
        held.wait()

    dispatcher = make(dim, hang).dispatcher
    texts = ["hang" if n % 4 == 0 else f"dim the den to {n % 100}" for n in range(200)]
    expected = [f"The den is at {n % 100} percent." for n in range(200) if n % 4]

    with ThreadPoolExecutor(200) as pool:
        outcomes = list(pool.map(dispatcher.dispatch, texts))
    assert [o.text for n, o in enumerate(outcomes) if n % 4] == expected
    slow = [o for n, o in enumerate(outcomes) if n % 4 == 0]
    assert {o.result.status for o in slow} <= {RunStatus.TIMED_OUT, RunStatus.BUSY}
    assert "hang did not answer within 0.5 seconds" in {o.text for o in slow}

    async def main():
        return await asyncio.gather(*map(dispatcher.adispatch, texts))

    assert [o.text for n, o in enumerate(asyncio.run(main())) if n % 4] == expected


def test_cancelling_a_dispatch_cancels_its_tool(make):
    cancelled = []

    @tool
    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.append(1)

    async def main():
        task = asyncio.ensure_future(make(wait).dispatcher.adispatch("wait"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert cancelled == [1]


def test_a_real_router_decides(assistant: Router):
    @tool(name="timer.start", answer="The timer runs.")
    def start_timer() -> None: ...

    dispatcher = Dispatcher(assistant, tools=[start_timer], arguments=fill, clock=lambda: NOW)
    assert dispatcher.dispatch("set a timer for six minutes").text == "The timer runs."
    assert dispatcher.dispatch("lock the door").status is Status.NO_PROGRAM
    assert dispatcher.dispatch("make me a coffee").status is Status.ABSTAINED
    with pytest.raises(InputError):
        dispatcher.dispatch(b"lock the door")


def test_a_dispatcher_finds_arguments_by_itself(assistant: Router):
    @tool(name="timer.start", answer="The timer runs for {length}.")
    def start_timer(length: timedelta) -> int:
        return length.seconds

    dispatcher = Dispatcher(assistant, tools=[start_timer])
    outcome = dispatcher.dispatch("set a timer for six and a half minutes")
    assert outcome.text == "The timer runs for six and a half minutes."
    assert outcome.result.value == 390
    asked = dispatcher.dispatch("set a timer")
    assert asked.text == "What is the length?"
    assert dispatcher.resume(asked, "ten minutes").result.value == 600


def test_names_are_the_routers():
    with pytest.raises(TypeError):
        Dispatcher(FakeRouter(), [dim])


class RiskyRouter(FakeRouter):
    """Proposes *tea* and *dim* where they would be the decision."""

    tools = (Tool("tea", risk="confirm"), Tool("dim", risk="never_alone"))

    def route(self, text: str) -> Decision:
        decision = super().route(text)
        if decision.tool is None:
            return decision
        return replace(
            decision, tool=None, proposed=decision.tool, reason=Reason.NEEDS_CONFIRMATION
        )


def test_a_proposed_tool_runs_only_after_a_yes():
    dispatcher = Dispatcher(RiskyRouter(), tools=[tea, dim], arguments=fill, clock=lambda: NOW)
    asked = dispatcher.dispatch("tea please")
    assert (asked.status, asked.text) == (Status.NEEDS_CONFIRMATION, "tea: shall I?")
    assert dispatcher.resume(asked, "yes").status is Status.DONE
    assert dispatcher.resume(asked, "no").status is Status.CANCELLED
    room = dispatcher.dispatch("dim to 40")  # what is missing is asked for, and then for leave
    assert room.status is Status.NEEDS_ARGUMENT
    leave = dispatcher.resume(room, "den")
    assert leave.status is Status.NEEDS_CONFIRMATION
    assert dispatcher.resume(leave, "yes").text == "The den is at 40 percent."


def test_what_a_remote_model_chose_is_confirmed_by_the_tools_risk():
    remote = FakeRemote(choice=chosen("", "tea"))
    dispatcher = Dispatcher(RiskyRouter(), tools=[tea], remote=remote, clock=lambda: NOW)
    assert dispatcher.dispatch("sing").status is Status.NEEDS_CONFIRMATION


def test_a_remote_model_gets_the_shortlist_where_there_is_one():
    class ListingRouter(FakeRouter):
        def route(self, text: str) -> Decision:
            return replace(super().route(text), shortlist=("tea", "note"))

    remote = FakeRemote(choice=chosen("Hm."))
    Dispatcher(ListingRouter(), tools=[tea, dim, note], remote=remote).dispatch("what now")
    assert remote.asked[0][2] == ["tea", "note"]
