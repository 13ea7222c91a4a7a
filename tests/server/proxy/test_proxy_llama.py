"""Before a real server that this project did not write: llama.cpp's, asked by the official client."""

import json
from collections.abc import Iterator

import pytest

pytest.importorskip("openai", reason="the official client is not installed")

import openai
from tool_requests import TIMER, WEATHER

TOOLS = [WEATHER, TIMER]


@pytest.fixture(scope="module")
def client(start, llama_url) -> Iterator[openai.OpenAI]:
    proxy = start("--upstream", llama_url, "--free-words")
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="any", max_retries=0) as client:
        yield client


def create(client, messages, **fields):
    raw = client.chat.completions.with_raw_response.create(
        model="any", messages=messages, tools=TOOLS, temperature=0, max_tokens=100, **fields
    )
    return raw.headers["x-edge-router"], raw.parse()


def test_a_call_from_here_gets_its_final_words_from_the_model(client):
    asked = {"role": "user", "content": "what is the weather in Paris?"}
    who, answer = create(client, [asked])
    message = answer.choices[0].message
    (call,) = message.tool_calls
    assert (who, call.function.name) == ("local", "get_weather")
    assert json.loads(call.function.arguments) == {"city": "Paris"}
    result = {"role": "tool", "tool_call_id": call.id, "content": '{"temperature": 21}'}
    who, answer = create(client, [asked, message, result])
    assert who == "upstream"
    assert answer.choices[0].message.content.strip()
    assert answer.usage.completion_tokens > 0


def test_what_the_router_is_not_sure_of_the_model_answers_in_a_stream(client):
    who, chunks = create(client, [{"role": "user", "content": "tell me a joke"}], stream=True)
    chunks = list(chunks)
    assert who == "upstream"
    assert len(chunks) > 1
    assert chunks[-1].choices[0].finish_reason is not None
    assert all(chunk.usage is None for chunk in chunks)


def test_models_are_the_upstreams(client):
    assert [model.id for model in client.models.list()] != ["edge-router"]
