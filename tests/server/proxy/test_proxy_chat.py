"""Who answers a chat request, and with what: the proxy's process, seen from its port."""

import json
import signal
import threading
import time
from contextlib import suppress

import httpx2
import pytest
from told_server import send, stream
from tool_requests import TIMER, WEATHER, make_request

from edge_router.cli.exit_codes import INTERRUPTED

SURE = "set a timer for ten minutes"


def call_of(response):
    (choice,) = response.json()["choices"]
    (call,) = choice["message"]["tool_calls"]
    return call["function"]["name"], json.loads(call["function"]["arguments"])


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        (SURE, "set_timer", {"minutes": 10}),
        ("what is the weather in Paris?", "get_weather", {"city": "Paris"}),
    ],
)
def test_a_sure_call_is_answered_here(proxy, large, text, name, arguments):
    response = proxy.ask(make_request(text))
    assert (response.status_code, response.headers["x-edge-router"]) == (200, "local")
    assert call_of(response) == (name, arguments)
    assert response.json()["choices"][0]["finish_reason"] == "tool_calls"
    assert response.json()["usage"]["total_tokens"] == 0
    assert large.received == []


def test_a_streamed_call_comes_in_the_chunks_that_clients_expect(proxy):
    response = proxy.ask(make_request(SURE, stream=True, stream_options={"include_usage": True}))
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, last = response.text.removesuffix("\n\n").split("\n\n")
    assert last == "data: [DONE]"
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert [chunk["usage"] is None for chunk in chunks] == [True, True, True, False]
    first, second, third = (chunk["choices"][0] for chunk in chunks[:3])
    assert chunks[3]["choices"] == []
    (call,) = first["delta"]["tool_calls"]
    assert call.pop("id").startswith("call_")
    assert call == {
        "index": 0,
        "type": "function",
        "function": {"name": "set_timer", "arguments": ""},
    }
    assert first["delta"]["role"] == "assistant"
    assert second["delta"] == {
        "tool_calls": [{"index": 0, "function": {"arguments": '{"minutes":10}'}}]
    }
    assert third["delta"] == {}
    assert [c["finish_reason"] for c in (first, second, third)] == [None, None, "tool_calls"]


def test_a_stream_says_nothing_of_usage_unless_asked(proxy):
    assert "usage" not in proxy.ask(make_request(SURE, stream=True)).text


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (make_request("tell me a joke"), "unsure"),
        (make_request("set a timer"), "arguments"),
        (make_request("what is the weather like"), "arguments"),
        (make_request("set a timer for ten minutes, Ann likes 4"), "arguments"),
        (make_request("what is the weather in Paris, Monday"), "arguments"),
        (make_request("don't set a timer for ten minutes"), "limited"),
        (make_request("set a timer for 500 minutes"), "arguments"),
        (make_request("set a timer for ten minutes and what is the weather in Paris"), "several"),
        (make_request(SURE, tools=[]), "no_tools"),
        (make_request(SURE, tool_choice="none"), "no_tools"),
        (make_request(SURE, n=2), "not_understood"),
        (make_request(SURE, n=True), "not_understood"),
        (make_request(SURE, response_format={"type": "json_object"}), "not_understood"),
        (make_request(SURE, a_new_field=1), "not_understood"),
        (make_request(SURE, max_tokens=1), "not_understood"),
        (make_request(SURE, temperature={}), "not_understood"),
        (make_request(SURE, seed=True), "not_understood"),
        (make_request(SURE, user=["me"]), "not_understood"),
        (make_request(SURE, tool_choice={"type": "allowed_tools"}), "not_understood"),
        (make_request(SURE, tools=[WEATHER, {"type": "web_search"}]), "tools_unfit"),
        (make_request(SURE, tools=[WEATHER, WEATHER]), "tools_unfit"),
        (make_request(SURE, tools=[TIMER] * 300), "tools_unfit"),
        (make_request(SURE + " " * 3000), "too_long"),
        ({"model": "large", "messages": [], "tools": [TIMER]}, "not_understood"),
        (
            make_request("", messages=[
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}
            ]),
            "not_understood",
        ),
        (
            make_request("", messages=[
                {"role": "user", "content": SURE},
                {"role": "assistant", "content": None, "tool_calls": []},
                {"role": "tool", "tool_call_id": "a", "content": "done"},
            ]),
            "not_asked",
        ),
        (
            make_request("", messages=[
                {"role": "user", "content": "the weather"},
                {"role": "assistant", "content": "In which city?"},
                {"role": "user", "content": "the weather in Paris"},
            ]),
            "follow_up",
        ),
        (
            make_request("", messages=[
                {"role": "user", "content": "I am cooking pasta"},
                {"role": "assistant", "content": "It takes ten minutes."},
                {"role": "user", "content": "set a timer for that, ten minutes"},
            ]),
            "follow_up",
        ),
    ],
)  # fmt: skip
def test_what_is_not_certain_goes_upstream_byte_for_byte(proxy, large, request_, why):
    body = json.dumps(request_, indent=3).encode()
    response = proxy.ask(body, authorization="Bearer theirs")
    assert response.json()["choices"][0]["message"]["content"] == "hello"
    assert (response.headers["x-edge-router"], response.headers["x-edge-router-why"]) == (
        "upstream",
        why,
    )
    (received,) = large.received
    assert received.line == "POST /v1/chat/completions HTTP/1.1"
    assert received.body == body
    assert received.headers["authorization"] == "Bearer theirs"


def test_a_text_after_other_turns_is_answered_where_it_stands_alone(proxy):
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": [{"type": "text", "text": SURE}]},
    ]
    assert call_of(proxy.ask(make_request("", messages=messages))) == ("set_timer", {"minutes": 10})


@pytest.mark.parametrize("choice", ["auto", "required", None])
def test_a_call_that_may_be_made_is_made(proxy, choice):
    response = proxy.ask(make_request(SURE, tool_choice=choice, parallel_tool_calls=False))
    assert call_of(response) == ("set_timer", {"minutes": 10})


def test_a_named_tool_is_called_if_the_router_agrees(proxy, large):
    named = {"type": "function", "function": {"name": "set_timer"}}
    response = proxy.ask(make_request(SURE, tool_choice=named))
    assert call_of(response) == ("set_timer", {"minutes": 10})
    assert response.json()["choices"][0]["finish_reason"] == "stop"
    proxy.ask(make_request("what is the weather in Paris?", tool_choice=named))
    assert len(large.received) == 1


def test_free_words_go_upstream_unless_they_were_asked_for(start, proxy, large):
    plain = start("--upstream", large.url)
    asked = [SURE, "what is the weather in Paris?", "what is the weather in 'Paris'?"]
    who = [plain.ask(make_request(text)).headers["x-edge-router"] for text in asked]
    assert who == ["local", "upstream", "local"]
    assert call_of(proxy.ask(make_request(asked[1]))) == ("get_weather", {"city": "Paris"})


def test_only_tools_of_the_request_are_answered(proxy, large):
    proxy.ask(make_request(SURE))
    response = proxy.ask(make_request(SURE, tools=[WEATHER]))
    assert response.headers["x-edge-router"] == "upstream"
    assert len(large.received) == 1


def test_a_strict_tool_gets_null_for_what_was_not_said(proxy):
    parameters = {
        "type": "object",
        "properties": {
            "minutes": {"type": "integer"},
            "label": {"type": ["string", "null"], "enum": ["tea", "eggs", None]},
        },
        "required": ["minutes", "label"],
        "additionalProperties": False,
    }
    tool = {
        "type": "function",
        "function": {**TIMER["function"], "parameters": parameters, "strict": True},
    }
    response = proxy.ask(make_request(SURE, tools=[tool, WEATHER]))
    assert call_of(response) == ("set_timer", {"minutes": 10, "label": None})


def test_words_of_a_model_arrive_as_they_are_said(proxy, large):
    told = threading.Event()
    large.act = stream(
        b"data: one\n\n", b"data: two\n\n", pause=lambda: told.wait(20), end=b"0\r\n\r\n"
    )
    body = make_request("tell me a joke", stream=True)
    with httpx2.stream(
        "POST", proxy.url + "/v1/chat/completions", json=body, timeout=20
    ) as response:
        pieces = response.iter_raw()
        assert next(pieces) == b"data: one\n\n"
        told.set()
        assert b"".join(pieces) == b"data: two\n\n"


def test_an_upstreams_refusal_is_passed_on(proxy, large):
    large.act = send(
        b'{"error": {"message": "slow down"}}', status=429, headers="Retry-After: 7\r\n"
    )
    response = proxy.ask(make_request("tell me a joke"))
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.content == b'{"error": {"message": "slow down"}}'


def test_other_paths_of_the_api_are_passed_through(proxy, large):
    large.act = send(b"{}")
    assert proxy.ask(b'{"input": "hi"}', "/v1/responses?a=%20b").content == b"{}"
    assert httpx2.get(proxy.url + "/v1/models").content == b"{}"
    assert [received.line for received in large.received] == [
        "POST /v1/responses?a=%20b HTTP/1.1",
        "GET /v1/models HTTP/1.1",
    ]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_a_method_that_shows_the_key_does_not_go_upstream(start, large, method):
    proxy = start("--upstream", large.url, "--upstream-key-env", "THEIRS", THEIRS="k3y-theirs")
    for path in ("/v1/chat/completions", "/v1/models"):
        response = httpx2.request(method, proxy.url + path)
        assert (response.status_code, response.json()["error"]["code"]) == (405, "method")
        assert "POST" in response.headers["allow"]
    assert large.received == []


def test_a_path_cannot_leave_the_upstreams_api(proxy, large):
    assert proxy.ask(b"{}", "/v1/%2e%2e/admin").status_code == 404
    assert large.received == []


def test_without_an_upstream_what_is_not_certain_is_an_error_that_says_so(alone):
    response = alone.ask(make_request("tell me a joke"))
    error = response.json()["error"]
    assert (response.status_code, response.headers["x-edge-router"]) == (422, "nobody")
    assert (error["code"], error["type"]) == ("not_answered_here", "invalid_request_error")
    assert "start it with --upstream URL" in error["message"]
    assert call_of(alone.ask(make_request(SURE))) == ("set_timer", {"minutes": 10})
    assert alone.ask(b"{").status_code == 400


MANY = [
    {
        "type": "function",
        "function": {"name": f"tool_{word}", "description": f"Does something with {word}"},
    }
    for word in [
        "apples",
        "boats",
        "clouds",
        "doors",
        "eggs",
        "forks",
        "grapes",
        "houses",
        "islands",
        "jars",
        "kites",
        "lamps",
    ]
]


def test_tools_are_cut_to_the_shortlist_where_that_is_asked(start, large):
    proxy = start("--upstream", large.url, "--cut-tools")
    request = make_request("hmm, something about the weather maybe", tools=[*MANY, WEATHER])
    response = proxy.ask(request)
    assert response.headers["x-edge-router"] == "upstream"
    assert response.headers["x-edge-router-tools"] == "8/13"
    sent = json.loads(large.received[0].body)
    assert len(sent["tools"]) == 8
    assert WEATHER in sent["tools"]
    assert {**sent, "tools": None} == {**request, "tools": None}
    called = {"id": "a", "type": "function", "function": {"name": "tool_kites", "arguments": "{}"}}
    request["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "a", "content": "done"},
    ]
    proxy.ask(request)
    names = [tool["function"]["name"] for tool in json.loads(large.received[1].body)["tools"]]
    assert "tool_kites" in names
    assert len(names) in (8, 9)
    body = json.dumps(make_request("what about it?", tools=MANY, n=2)).encode()
    proxy.ask(body)
    assert large.received[2].body == body


def test_a_taught_file_knows_the_tools_of_requests(start, large, tmp_path):
    taught = tmp_path / "taught.jsonl"
    taught.write_text('{"text": "make me happy", "tool": "set.timer"}\n')
    proxy = start("--upstream", large.url, "--taught", str(taught))
    tool = {"type": "function", "function": {"name": "set_timer", "description": "A countdown"}}
    assert call_of(proxy.ask(make_request("make me happy", tools=[tool, WEATHER]))) == (
        "set_timer",
        {},
    )


def test_many_clients_with_new_tools_at_once_are_all_answered(proxy):
    tool = {
        "type": "function",
        "function": {**TIMER["function"], "description": "Counts minutes down"},
    }
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(call_of(proxy.ask(make_request(SURE, tools=[tool]))))
        )
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("set_timer", {"minutes": 10})] * 12


def test_an_interrupt_ends_it_as_it_does_every_command(start):
    assert start().stop(signal.SIGINT) == (INTERRUPTED, b"", b"")


def test_it_ends_when_it_is_told_to(start, large):
    proxy = start("--upstream", large.url)
    large.act = lambda _: time.sleep(60)

    def wait_in_vain():
        with suppress(httpx2.HTTPError):
            proxy.ask(make_request("tell me a joke"))

    threading.Thread(target=wait_in_vain, daemon=True).start()
    while not large.received:
        time.sleep(0.01)
    assert proxy.stop(signal.SIGTERM) == (0, b"", b"")
