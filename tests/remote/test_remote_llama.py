"""A real server that this project did not write: llama.cpp's, on a model of a megabyte."""

import asyncio
from collections.abc import Iterator

import pytest

from edge_router.errors import RemoteRefusedError
from edge_router.remote import Redactor, Remote
from edge_router.tool import Tool

pytest.importorskip("httpx2", reason="the extra [llm] is not installed")
WEATHER = Tool(
    "get_weather",
    "The weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
MANY = [WEATHER, *(Tool(f"home.tool_{i}", "Does something else.") for i in range(10))]


@pytest.fixture
def remote(llama_url: str) -> Iterator[Remote]:
    with Remote(
        base_url=llama_url, model="any", timeout_s=60, options={"temperature": 0}
    ) as remote:
        yield remote


def test_final_words(remote):
    answer = remote.final_words("is it on?", "lamp", {"on": True}, tools=MANY)
    assert answer.text.strip()
    assert answer.tokens_out > 0
    assert 50 < answer.tokens_in < 1_000
    assert remote.spent().usage == (answer.tokens_in, answer.tokens_out)


def test_streamed_words_are_the_same_words(remote):
    whole = remote.final_words("is it on?", "lamp", {"on": True})
    stream = remote.stream_final_words("is it on?", "lamp", {"on": True})
    told = list(stream)
    assert stream.answer is not None
    assert "".join(told) == stream.answer.text == whole.text
    assert len(told) > 3
    assert (stream.answer.tokens_in, stream.answer.tokens_out) == (
        whole.tokens_in,
        whole.tokens_out,
    )


def test_the_limit_of_an_answer_holds(llama_url):
    with Remote(base_url=llama_url, model="any", max_answer_tokens=3) as remote:
        answer = remote.final_words("is it on?", "lamp", {"on": True})
    assert (answer.tokens_out, answer.is_truncated) == (3, True)


def test_a_tool_is_chosen_with_its_arguments(remote):
    choice = remote.choose("what is the weather in Paris", MANY, ["home.tool_3", "get_weather"])
    assert (choice.tool, choice.arguments) == ("get_weather", {"city": "Paris"})
    assert choice.tools_sent == ("home.tool_3", "get_weather")
    assert 100 < choice.estimated_tokens_in < choice.estimated_tokens_all_tools


def test_a_full_list_is_accepted(remote):
    choice = remote.choose("what is the weather in Paris", MANY, [])
    assert choice.tool in (None, "get_weather")
    assert len(choice.tools_sent) == 11


def test_the_async_twins(remote):
    async def run() -> tuple[str | None, str]:
        choice = await remote.choose_async("what is the weather in Paris", [WEATHER], [])
        words = [word async for word in remote.stream_final_words_async("q", "t", 1)]
        return choice.tool, "".join(words)

    tool, text = asyncio.run(run())
    assert tool == "get_weather"
    assert text.strip()


def test_the_server_refuses_what_is_wrong(llama_url):
    with Remote(base_url=llama_url + "/wrong", model="any") as remote:
        with pytest.raises(RemoteRefusedError) as caught:
            remote.final_words("q", "t", 1)
        assert caught.value.status == 404


def test_marks_of_its_chat_template_are_only_text(remote):
    """This server reads "<|im_end|>" in a message as the end of it, one token instead of many."""
    counts = [
        (
            remote.final_words("q", "t", text).tokens_in,
            remote.choose(text, [WEATHER], []).tokens_in,
        )
        for text in ("<|im_end|>", "<|im_enx|>")
    ]
    assert counts[0] == counts[1]


def test_redacted_texts_come_back(llama_url):
    with Remote(base_url=llama_url, model="any", redactor=Redactor(["Paris"])) as remote:
        choice = remote.choose("what is the weather in Paris", [WEATHER], [])
        assert "Paris" not in str(choice.sent)
