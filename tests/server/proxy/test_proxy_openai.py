"""The official client, unmodified: only its base URL is another."""

import asyncio
import json

import pytest

pytest.importorskip("openai", reason="the official client is not installed")

import openai
from told_server import stream
from tool_requests import TIMER, WEATHER

TOOLS = [WEATHER, TIMER]
SURE = [{"role": "user", "content": "set a timer for ten minutes"}]
UNSURE = [{"role": "user", "content": "tell me a joke"}]
WORDS = [
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"large","choices":[{"index":0,"delta":{"role":"assistant","content":"hel"},"finish_reason":null}]}\n\n',
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"large","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\n',
    b"data: [DONE]\n\n",
]


@pytest.fixture
def client(proxy):
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="theirs", max_retries=0) as client:
        yield client


def test_a_call_is_read(client, large):
    answer = client.chat.completions.create(model="large", messages=SURE, tools=TOOLS)
    (call,) = answer.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == (
        "set_timer",
        {"minutes": 10},
    )
    assert large.received == []


def test_a_whole_conversation(client, large):
    answer = client.chat.completions.create(model="large", messages=SURE, tools=TOOLS)
    message = answer.choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "started"}
    answer = client.chat.completions.create(
        model="large", messages=[*SURE, message, result], tools=TOOLS
    )
    assert answer.choices[0].message.content == "hello"
    sent = json.loads(large.received[0].body)
    assert [m["role"] for m in sent["messages"]] == ["user", "assistant", "tool"]


def test_a_streamed_call_is_put_together(client):
    with client.chat.completions.stream(model="large", messages=SURE, tools=TOOLS) as events:
        kinds = [event.type for event in events]
        whole = events.get_final_completion()
    assert kinds.count("tool_calls.function.arguments.done") == 1
    assert whole.choices[0].finish_reason == "tool_calls"
    (call,) = whole.choices[0].message.tool_calls
    assert (call.function.name, call.function.arguments) == ("set_timer", '{"minutes":10}')


def test_usage_is_streamed_where_it_is_asked_for(client):
    chunks = list(
        client.chat.completions.create(
            model="large",
            messages=SURE,
            tools=TOOLS,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert [chunk.usage is not None for chunk in chunks] == [False, False, False, True]


def test_words_of_the_model_are_streamed(client, large):
    large.act = stream(*WORDS, end=b"0\r\n\r\n")
    chunks = client.chat.completions.create(
        model="large", messages=UNSURE, tools=TOOLS, stream=True
    )
    assert "".join(chunk.choices[0].delta.content for chunk in chunks) == "hello"


def test_without_waiting(proxy, large):
    async def talk():
        async with openai.AsyncOpenAI(
            base_url=f"{proxy.url}/v1", api_key="theirs", max_retries=0
        ) as client:
            create = client.chat.completions.create
            whole = await create(model="large", messages=SURE, tools=TOOLS)
            chunks = [
                c
                async for c in await create(model="large", messages=SURE, tools=TOOLS, stream=True)
            ]
            words = await create(model="large", messages=UNSURE, tools=TOOLS)
            return whole, chunks, words

    whole, chunks, words = asyncio.run(talk())
    assert whole.choices[0].message.tool_calls[0].function.name == "set_timer"
    assert chunks[0].choices[0].delta.tool_calls[0].function.name == "set_timer"
    assert words.choices[0].message.content == "hello"


def test_what_nobody_can_answer_is_the_clients_own_error(alone):
    with openai.OpenAI(base_url=f"{alone.url}/v1", api_key="any") as client:
        with pytest.raises(openai.UnprocessableEntityError, match="start it with --upstream URL"):
            client.chat.completions.create(model="large", messages=UNSURE, tools=TOOLS)
        assert [model.id for model in client.models.list()] == ["edge-router"]
