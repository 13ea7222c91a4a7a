"""What the journal learns of an answer that only passes by."""

import asyncio
import gzip
import json
import zlib

import pytest

from edge_router.server.proxy.heard import MAX_HEARD_BYTES, Heard, Said

USAGE = {"prompt_tokens": 90, "completion_tokens": 12}


def hear(*pieces, **headers):
    """What is read of an answer, and what went on to the client."""
    heard, sent = Heard(), []

    async def send(message):
        sent.append(message)

    async def pass_by():
        listening = heard.listen(send)
        named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
        messages = [{"type": "http.response.start", "status": 200, "headers": named}]
        messages += [{"type": "http.response.body", "body": piece} for piece in pieces]
        for message in messages:
            await listening(message)
        assert sent == messages

    asyncio.run(pass_by())
    return heard.read()


def answer(*names, content=None):
    calls = [{"function": {"name": name, "arguments": "{}"}} for name in names]
    message = {"role": "assistant", "content": content, "tool_calls": calls or None}
    return json.dumps({"choices": [{"message": message}], "usage": USAGE}).encode()


def event(**delta):
    return b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode()


STREAM = [
    event(role="assistant", content=None),
    event(tool_calls=[{"index": 0, "id": "a", "function": {"name": "set_timer", "arguments": ""}}]),
    event(tool_calls=[{"index": 0, "function": {"arguments": '{"minutes":10}'}}]),
    event(tool_calls=[{"index": 1, "id": "b", "function": {"name": "dim", "arguments": "{}"}}]),
    b"data: %b\n\ndata: [DONE]\n\n" % json.dumps({"choices": [], "usage": USAGE}).encode(),
]
EVENTS = {"content_type": b"text/event-stream; charset=utf-8"}


def test_words_are_no_tool():
    assert hear(answer(content="hello")) == Said(None, 90, 12)
    assert hear(event(content="hello"), b"data: [DONE]\n\n", **EVENTS) == Said()


def test_the_first_tool_called_is_heard():
    assert hear(answer("set_timer", "dim")) == Said("set_timer", 90, 12)
    assert hear(*STREAM, **EVENTS) == Said("set_timer", 90, 12)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_may_be_cut_anywhere(size):
    whole = b"".join(STREAM)
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert hear(*pieces, **EVENTS) == Said("set_timer", 90, 12)


@pytest.mark.parametrize(
    ("pack", "name"), [(gzip.compress, b"gzip"), (zlib.compress, b"deflate"), (bytes, b"identity")]
)
def test_what_is_packed_is_unpacked(pack, name):
    assert hear(pack(answer("dim")), content_encoding=name) == Said("dim", 90, 12)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"[1]", {}),
        (b"data: [1]\n\n", EVENTS),
        (b"data: {\n\n", EVENTS),
        (b'data: {"choices": [3]}\n\n', EVENTS),
        (b'data: {"choices": 3}\n\n', EVENTS),
        (answer("dim"), {"content_encoding": b"br"}),
        (answer("dim"), {"content_encoding": b"gzip"}),
        (answer("dim", content="a" * MAX_HEARD_BYTES), {}),
    ],
)
def test_what_cannot_be_read_is_told_apart_from_words(body, headers):
    assert hear(body, **headers) is None


def test_of_a_long_stream_the_beginning_is_heard():
    words = event(content="a" * 1000)
    assert hear(*STREAM[:3], *[words] * 200, **EVENTS) == Said("set_timer")
    assert hear(*[words] * 200, *STREAM, **EVENTS) == Said()


def test_little_is_unpacked_of_what_unpacks_to_much():
    assert hear(gzip.compress(b" " * (1 << 26)), content_encoding=b"gzip") is None


@pytest.mark.parametrize("count", [True, -1, 1 << 31, 1.5, "9", None])
def test_a_count_that_is_none_is_not_kept(count):
    usage = {"prompt_tokens": count, "completion_tokens": 3}
    body = json.dumps({"choices": [{"message": {"content": "hi"}}], "usage": usage}).encode()
    assert hear(body) == Said(None, 0, 3)
