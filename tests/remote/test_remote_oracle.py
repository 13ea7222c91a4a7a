"""The official client as the judge of our requests, and of what our server of tests answers."""

from typing import Any

import pytest
from fake_server import FakeServer, call, say, send_json, stream_words

from edge_router.remote.prompt import choice_messages, final_words_messages
from edge_router.tool import Tool

openai = pytest.importorskip("openai", reason="the official client is not installed")
pytest.importorskip("httpx2", reason="the extra [llm] is not installed")

DIM = Tool("lights.dim", "Dims.", {"type": "object", "properties": {"level": {"type": "integer"}}})
SCHEMA = {
    "type": "function",
    "function": {"name": "lights_dim", "description": "Dims.", "parameters": DIM.parameters},
}


@pytest.fixture
def client(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SOME_KEY", "k-123")
    with openai.OpenAI(base_url=server.url, api_key="k-123", max_retries=0) as client:
        yield client


def compare(server: FakeServer) -> None:
    """The two requests are the same, but for what says who sent them."""
    ours, theirs = server.received
    assert ours.line == theirs.line
    assert ours.body == theirs.body
    for name in ("authorization", "content-type", "host"):
        assert ours.headers[name] == theirs.headers[name]


def test_final_words_are_asked_for_as_the_official_client_does(server, make_remote, client):
    server.play(
        say("It is on.", usage={"prompt_tokens": 70, "completion_tokens": 5, "total_tokens": 75})
    )
    ours = make_remote(api_key_env="SOME_KEY").final_words("q", "t", 1)
    messages: Any = list(final_words_messages("q", "t", 1))
    theirs = client.chat.completions.create(model="m", messages=messages, max_tokens=300)
    compare(server)
    assert ours.text == theirs.choices[0].message.content
    assert (ours.tokens_in, ours.tokens_out) == (
        theirs.usage.prompt_tokens,
        theirs.usage.completion_tokens,
    )


def test_streamed_words_are_asked_for_as_the_official_client_does(server, make_remote, client):
    server.play(
        stream_words(
            "It",
            " is",
            " on.",
            usage={"prompt_tokens": 70, "completion_tokens": 5, "total_tokens": 75},
        )
    )
    ours = list(make_remote(api_key_env="SOME_KEY").stream_final_words("q", "t", 1))
    chunks = client.chat.completions.create(
        model="m",
        messages=list(final_words_messages("q", "t", 1)),
        max_tokens=300,
        stream=True,
        stream_options={"include_usage": True},
    )
    theirs = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    compare(server)
    assert ours == [word for word in theirs if word]


def test_a_tool_is_asked_for_as_the_official_client_does(server, make_remote, client):
    server.play(say(None, calls=[call("lights_dim", {"level": 40})], finish="tool_calls"))
    ours = make_remote(api_key_env="SOME_KEY").choose("dim", [DIM], ["lights.dim"])
    messages: Any = list(choice_messages("dim"))
    theirs = client.chat.completions.create(
        model="m", messages=messages, tools=[SCHEMA], max_tokens=300
    )
    compare(server)
    (called,) = theirs.choices[0].message.tool_calls
    assert (ours.tool, ours.arguments) == ("lights.dim", {"level": 40})
    assert (called.function.name, called.function.arguments) == ("lights_dim", '{"level": 40}')


def test_what_is_an_error_to_us_is_one_to_the_official_client(server, client):
    server.play(send_json({"error": {"message": "no such model"}}, status=404))
    with pytest.raises(openai.NotFoundError, match="no such model"):
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "q"}])
