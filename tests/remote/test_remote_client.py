"""Final words and choices, through a server that answers as told."""

import asyncio
import threading
import time

import pytest
from fake_server import call, event, say, send_json, stream, stream_words

from edge_router.errors import (
    InputError,
    RemoteBudgetError,
    RemoteMalformedError,
    RemoteSettingError,
    RemoteUnreachableError,
)
from edge_router.remote import Answer, Budget, Choice, Redactor, Remote, Usage
from edge_router.remote.prompt import CHOICE_LINE, FINAL_WORDS_LINE
from edge_router.tool import Tool

WORDS = [
    {"role": "system", "content": FINAL_WORDS_LINE},
    {
        "role": "user",
        "content": 'The user asked: "is it on?"\nThe tool: "lamp"\nIts result as JSON: {"on": true}',
    },
]
DIM = Tool("lights.dim", "Dims.", {"type": "object", "properties": {"level": {"type": "integer"}}})
MANY = [DIM, *(Tool(f"tool.{i}") for i in range(20))]


def ask(remote: Remote) -> Answer:
    return remote.final_words("is it on?", "lamp", {"on": True})


def test_final_words_send_exactly_this_and_nothing_else(server, make_remote):
    server.play(say("It is on.", usage={"prompt_tokens": 70, "completion_tokens": 5}))
    answer = ask(make_remote())
    (received,) = server.received
    assert received.line == "POST /v1/chat/completions HTTP/1.1"
    assert received.body == {"model": "m", "messages": WORDS, "max_tokens": 300}
    assert received.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "application/json, text/event-stream",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "user-agent": "edge-router",
        "content-type": "application/json",
        "content-length": received.headers["content-length"],
    }
    assert list(answer.sent) == WORDS
    assert (answer.text, answer.tokens_in, answer.tokens_out) == ("It is on.", 70, 5)
    assert 0 < answer.latency_ms < 5_000
    assert (answer.is_truncated, answer.estimated_tokens_all_tools) == (False, None)


def test_an_answer_at_the_limit_says_so(server, make_remote):
    server.play(say("It is", finish="length"))
    assert ask(make_remote()).is_truncated


def test_an_answer_without_a_word_is_malformed(server, make_remote):
    server.play(say(" \n"))
    with pytest.raises(RemoteMalformedError, match="without a word"):
        ask(make_remote())


def test_what_all_tools_would_have_cost_is_counted_and_not_sent(server, make_remote):
    server.play(say("It is on."))
    answer = make_remote().final_words("is it on?", "lamp", {"on": True}, tools=MANY)
    assert list(answer.sent) == server.received[0].body["messages"] == WORDS
    assert "tools" not in server.received[0].body
    assert answer.estimated_tokens_all_tools is not None
    assert answer.estimated_tokens_all_tools > 10 * answer.estimated_tokens_in


def test_streamed_words_come_one_by_one_and_then_the_whole(server, make_remote):
    server.play(
        stream_words("It", " is", " on.", usage={"prompt_tokens": 70, "completion_tokens": 5})
    )
    words = make_remote().stream_final_words("is it on?", "lamp", {"on": True})
    assert server.received == []
    assert list(words) == ["It", " is", " on."]
    assert words.answer is not None
    assert (words.answer.text, words.answer.tokens_in, words.answer.tokens_out) == (
        "It is on.",
        70,
        5,
    )
    assert list(words) == []
    assert server.received[0].body == {
        "model": "m",
        "messages": WORDS,
        "max_tokens": 300,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_words_are_told_before_the_stream_ends(server, make_remote):
    goes_on = threading.Event()

    def act(connection):
        stream(event({"content": "It"}))(connection)
        goes_on.wait(10)
        connection.sendall(event({"content": " is."}, finish="stop"))

    server.play(act)
    words = make_remote().stream_final_words("q", "t", 1)
    assert next(words) == "It"
    assert words.answer is None
    goes_on.set()
    assert list(words) == [" is."]


def test_hanging_up_ends_the_request_and_counts_what_was_said(server, make_remote):
    remote = make_remote()
    server.play(stream(*[event({"content": "word "})] * 1_000, pause_s=0.01))
    with remote.stream_final_words("q", "t", 1) as words:
        assert next(words) == "word "
    assert list(words) == []
    deadline = time.monotonic() + 5
    while not remote.spent().usage.tokens_out and time.monotonic() < deadline:
        time.sleep(0.01)
    assert 0 < remote.spent().usage.tokens_out < 500
    assert remote.spent().usage.tokens_in > 40


def test_a_stream_that_is_never_read_sends_nothing(server, make_remote):
    server.play(stream_words("x"))
    make_remote().stream_final_words("q", "t", 1).close()
    assert server.received == []


def test_a_choice_sends_the_query_and_the_shortlist(server, make_remote):
    server.play(
        say(
            None,
            calls=[call("lights_dim", {"level": 40})],
            usage={"prompt_tokens": 150, "completion_tokens": 9},
        )
    )
    choice = make_remote().choose("dim the lights", MANY, ["tool.3", "lights.dim"])
    (received,) = server.received
    assert received.body["messages"] == [
        {"role": "system", "content": CHOICE_LINE},
        {"role": "user", "content": "dim the lights"},
    ]
    assert [tool["function"]["name"] for tool in received.body["tools"]] == [
        "tool_3",
        "lights_dim",
        "show_all_tools",
    ]
    assert set(received.body) == {"model", "messages", "tools", "max_tokens"}
    assert (choice.tool, choice.arguments, choice.further) == ("lights.dim", {"level": 40}, ())
    assert (choice.tools_sent, choice.is_from_all) == (("tool.3", "lights.dim"), False)
    assert (choice.tokens_in, choice.tokens_out) == (150, 9)
    assert 60 < choice.estimated_tokens_in < choice.estimated_tokens_all_tools / 3


def test_no_tool_is_an_answer(server, make_remote):
    server.play(say("I cannot fly."))
    choice = make_remote().choose("fly", MANY, ["tool.3"])
    assert isinstance(choice, Choice)
    assert (choice.tool, choice.arguments, choice.text) == (None, {}, "I cannot fly.")


def test_the_escape_shows_all_tools_once(server, make_remote):
    server.play(
        say(
            None,
            calls=[call("show_all_tools")],
            usage={"prompt_tokens": 100, "completion_tokens": 5},
        ),
        say(None, calls=[call("tool_9")], usage={"prompt_tokens": 600, "completion_tokens": 6}),
    )
    choice = make_remote().choose("x", MANY, ["tool.3"])
    assert (choice.tool, choice.is_from_all, len(choice.tools_sent)) == ("tool.9", True, 21)
    assert (choice.tokens_in, choice.tokens_out) == (700, 11)
    assert len(server.received[1].body["tools"]) == 21
    assert server.received[1].body["messages"] == server.received[0].body["messages"]


def test_asking_for_all_twice_is_malformed(server, make_remote):
    server.play(say(None, calls=[call("show_all_tools")]))
    with pytest.raises(RemoteMalformedError, match="not offered"):
        make_remote().choose("x", MANY, ["tool.3"])
    assert len(server.received) == 2


def test_further_calls_are_checked_too(server, make_remote):
    server.play(say("Both.", calls=[call("tool_1"), call("lights_dim", {"level": 1})]))
    choice = make_remote().choose("x", MANY, [])
    assert choice.tool == "tool.1"
    assert [(further.tool, further.arguments) for further in choice.further] == [
        ("lights.dim", {"level": 1})
    ]
    server.play(say("Both.", calls=[call("tool_1"), call("lights_dim", {"level": "x"})]))
    with pytest.raises(RemoteMalformedError):
        make_remote().choose("x", MANY, [])


def test_a_choice_among_no_tools_is_none(server, make_remote):
    server.play(say("There are none."))
    assert make_remote().choose("x", [], []).tool is None
    assert "tools" not in server.received[0].body


def test_redacted_texts_leave_as_placeholders_and_come_back(server, make_remote):
    remote = make_remote(redactor=Redactor(["Anna Smith"]))
    server.play(say("I wrote to [NAME_1] at [MAIL_1]."))
    answer = remote.final_words(
        "write to Anna Smith", "mail", {"sent": "anna@example.org", "to": "Anna Smith"}
    )
    assert answer.text == "I wrote to Anna Smith at anna@example.org."
    sent = server.received[0].body["messages"][1]["content"]
    assert sent == answer.sent[1]["content"]
    assert (
        sent
        == 'The user asked: "write to [NAME_1]"\nThe tool: "mail"\nIts result as JSON: {"sent": "[MAIL_1]", "to": "[NAME_1]"}'
    )


def test_redacted_words_come_back_across_the_borders_of_a_stream(server, make_remote):
    server.play(stream_words("Sent to ", "[MA", "IL_", "1", "]."))
    words = make_remote(redactor=Redactor()).stream_final_words("q", "mail", "to anna@example.org")
    assert list(words) == ["Sent to ", "anna@example.org."]
    assert words.answer is not None
    assert words.answer.text == "Sent to anna@example.org."


def test_a_stream_that_ends_in_half_a_placeholder_loses_no_word(server, make_remote):
    server.play(stream_words("see [MAIL_"))
    assert list(make_remote(redactor=Redactor()).stream_final_words("q", "t", 1)) == [
        "see ",
        "[MAIL_",
    ]


def test_redacted_arguments_come_back_before_they_are_checked(server, make_remote):
    mail = Tool(
        "mail", "", {"properties": {"to": {"type": "string", "pattern": "@"}}, "required": ["to"]}
    )
    server.play(say("To [MAIL_1].", calls=[call("mail", {"to": "[MAIL_1]"})]))
    choice = make_remote(redactor=Redactor()).choose("write to anna@example.org", [mail], [])
    assert server.received[0].body["messages"][1]["content"] == "write to [MAIL_1]"
    assert (choice.arguments, choice.text) == ({"to": "anna@example.org"}, "To anna@example.org.")


def test_options_are_added_and_the_limit_may_be_called_otherwise(server, make_remote):
    server.play(say("x"))
    ask(
        make_remote(
            options={"temperature": 0},
            answer_limit_field="max_completion_tokens",
            max_answer_tokens=7,
        )
    )
    assert server.received[0].body == {
        "model": "m",
        "messages": WORDS,
        "max_completion_tokens": 7,
        "temperature": 0,
    }


def test_a_spent_budget_sends_nothing(server, make_remote):
    server.play(say("It is on.", usage={"prompt_tokens": 80, "completion_tokens": 5}))
    remote = make_remote(budget=Budget(tokens_per_day=450), max_answer_tokens=300)
    ask(remote)
    assert remote.spent().usage == Usage(80, 5)
    with pytest.raises(RemoteBudgetError):
        ask(remote)
    with pytest.raises(RemoteBudgetError):
        next(remote.stream_final_words("is it on?", "lamp", {"on": True}))
    assert len(server.received) == 1


def test_a_query_that_is_no_text_is_refused_before_anything_is_sent(server, make_remote):
    remote = make_remote()
    for ask_it in (remote.choose, remote.final_words):
        with pytest.raises(InputError):
            ask_it(7, [], [])
    assert server.received == []


def test_a_query_with_half_a_surrogate_pair_can_be_sent(server, make_remote):
    server.play(say("x"))
    remote = make_remote()
    assert remote.final_words("\ud800", "t", "\ud800").text == "x"
    assert list(remote.choose("\ud800", [], []).sent) == server.received[1].body["messages"]


def test_the_async_twins_say_the_same(server, make_remote):
    remote = make_remote()

    async def run() -> tuple[str, list[str], str | None, str | None]:
        server.play(say("It is on."))
        answer = await remote.final_words_async("is it on?", "lamp", {"on": True})
        server.play(stream_words("It", " is."))
        words = remote.stream_final_words_async("is it on?", "lamp", {"on": True})
        told = [word async for word in words]
        assert words.answer is not None
        server.play(say(None, calls=[call("tool_1")]))
        choice = await remote.choose_async("x", MANY, [])
        return answer.text, told, words.answer.text, choice.tool

    expected = ("It is on.", ["It", " is."], "It is.", "tool.1")
    assert asyncio.run(run()) == expected
    assert asyncio.run(run()) == expected, "another event loop may use the same remote"


def test_an_async_stream_can_be_hung_up(server, make_remote):
    async def run() -> list[str]:
        server.play(stream(*[event({"content": "word "})] * 1_000, pause_s=0.01))
        async with make_remote().stream_final_words_async("q", "t", 1) as words:
            return [await anext(words), await anext(words)]

    assert asyncio.run(run()) == ["word ", "word "]


def test_a_cancelled_task_is_cancelled_and_ends_the_request(server, make_remote):
    remote = make_remote()
    server.play(lambda connection: time.sleep(8))

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(remote.final_words_async("q", "t", 1), 0.1)

    started = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - started < 4


def test_many_threads_share_one_remote(server, make_remote):
    server.play(say("It is on."))
    remote = make_remote()
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(ask(remote).text)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["It is on."] * 40


def test_a_closed_remote_says_so(server, make_remote):
    server.play(say("It is on."))
    with make_remote() as remote:
        ask(remote)
    with pytest.raises(RemoteUnreachableError, match="closed"):
        ask(remote)
    remote.close()


def test_closing_ends_what_is_under_way(server, make_remote):
    remote = make_remote()
    server.play(lambda connection: time.sleep(8))
    threading.Timer(0.2, remote.close).start()
    started = time.monotonic()
    with pytest.raises(RemoteUnreachableError, match="closed while it answered"):
        ask(remote)
    assert time.monotonic() - started < 6


def test_closing_ends_what_an_event_loop_waits_for(server, make_remote):
    remote = make_remote()
    server.play(lambda connection: time.sleep(8))
    threading.Timer(0.2, remote.close).start()

    async def run() -> None:
        with pytest.raises(RemoteUnreachableError, match="closed while it answered"):
            await remote.final_words_async("q", "t", 1)

    started = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - started < 6


def test_no_cookie_is_kept(server, make_remote):
    server.play(
        send_json({"choices": [{"message": {"content": "x"}}]}, headers="Set-Cookie: a=b\r\n")
    )
    remote = make_remote()
    ask(remote)
    ask(remote)
    assert "cookie" not in server.received[1].headers


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"timeout_s": float("inf")},
        {"retries": -1},
        {"max_answer_tokens": 0},
        {"failures_to_rest": 0},
        {"rest_s": -1},
        {"model": " "},
        {"options": {"messages": []}},
        {"options": {"max_tokens": 7}},
        {"options": {"stop": {1}}},
        {"options": {"temperature": float("nan")}},
    ],
)
def test_settings_that_cannot_work_are_refused(make_remote, settings):
    with pytest.raises(RemoteSettingError):
        make_remote(**settings)
