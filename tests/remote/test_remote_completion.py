"""Chat completions, read strictly."""

import contextlib
import json

import pytest
from fake_server import call, event
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import (
    Call,
    Completion,
    CompletionStream,
    parse_json,
    read_completion,
)


def whole(**message: object) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


def test_words_and_usage_are_read():
    body = b'{"choices":[{"message":{"content":"It is on."},"finish_reason":"length"}],"usage":{"a":1}}'
    assert read_completion(body) == Completion("It is on.", (), True, {"a": 1})


def test_calls_are_read():
    body = whole(content=None, tool_calls=[call("a", {"x": 1}), call("b", "")])
    assert read_completion(body).calls == (Call("a", {"x": 1}), Call("b", {}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"choices":null}',
        b'{"choices":[]}',
        b'{"choices":{}}',
        b'{"choices":[null]}',
        b'{"choices":[{}]}',
        b'{"choices":[{"message":"hi"}]}',
        b'{"choices":[{"message":{"content":7}}]}',
        b'{"choices":[{"message":{"content":["hi"]}}]}',
        b'{"choices":[{"message":{"content":"a","content":"b"}}]}',
        b'{"choices":[{"message":{"content":"a"}}],"usage":NaN}',
        b'{"choices":[{"message":{"content":"a"}}],"usage":1e999}',
        b'{"choices":[{"message":{"content":"a"}}]}}',
        b'{"choices":[{"message":{"content":"\xff"}}]}',
        b'{"choices":[{"message":{"content":"a"}}],"x":' + b"9" * 5000 + b"}",
        b'{"choices":' + b"[" * 200_000,
        whole(tool_calls={}),
        whole(tool_calls=["a"]),
        whole(tool_calls=[{}]),
        whole(tool_calls=[{"function": {"arguments": "{}"}}]),
        whole(tool_calls=[call(7)]),
        whole(tool_calls=[{"function": {"name": "a", "arguments": {}}}]),
        whole(tool_calls=[call("a", '{"x": ')]),
        whole(tool_calls=[call("a", "[1]")]),
        whole(tool_calls=[call("a", '{"x": NaN}')]),
    ],
)
def test_what_is_no_completion_is_refused(body):
    with pytest.raises(RemoteMalformedError) as caught:
        read_completion(body)
    assert caught.value.__context__ is None
    assert len(str(caught.value)) < 300


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(body):
    with pytest.raises(RemoteMalformedError):
        read_completion(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "content",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "delta",
                ]
            ),
            inner,
        )
    ),
)


@settings(deadline=None)
@given(JSON)
def test_no_json_crashes_the_readers(value):
    body = json.dumps(value).encode()
    with contextlib.suppress(RemoteMalformedError):
        assert isinstance(read_completion(body), Completion)
    with contextlib.suppress(RemoteMalformedError):
        assert isinstance("".join(CompletionStream().feed(b"data: " + body + b"\n\n")), str)


def test_half_a_surrogate_pair_is_replaced():
    assert read_completion(whole(content="\ud83d x \ud83d\ude00")).text == "\ufffd x \U0001f600"


def test_a_key_that_stands_twice_is_no_json():
    with pytest.raises(RemoteMalformedError):
        parse_json('{"a": {"b": 1, "b": 1}}')


def tell(stream: CompletionStream, piece: bytes) -> list[str]:
    return list(stream.feed(piece))


def test_a_streamed_answer_is_told_word_by_word():
    stream = CompletionStream()
    assert tell(stream, event({"role": "assistant", "content": None})) == []
    assert tell(stream, event({"content": "It"}) + event({"content": " is"})) == ["It", " is"]
    assert stream.finish() is None
    assert tell(stream, event({"content": " on."}, finish="stop")) == [" on."]
    assert tell(stream, event(None, usage={"prompt_tokens": 3})) == []
    assert not stream.is_done
    assert tell(stream, b"data: [DONE]\n\n") == []
    assert stream.is_done
    assert stream.finish() == Completion("It is on.", (), False, {"prompt_tokens": 3})


def test_a_stream_that_ends_without_a_reason_has_no_whole():
    stream = CompletionStream()
    tell(stream, event({"content": "It"}) + b'data: {"choi')
    assert stream.finish() is None
    assert stream.text == "It"


def test_a_stream_may_end_with_a_reason_and_without_a_mark():
    stream = CompletionStream()
    tell(stream, event({"content": "It"}, finish="length"))
    assert stream.finish() == Completion("It", (), True, None)


def test_nothing_is_read_after_the_mark():
    piece = event({"content": "a"}) + b"data: [DONE]\n\n" + event({"content": "b"})
    assert tell(CompletionStream(), piece) == ["a"]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"7",
        b"[]",
        b'{"error":{"message":"overloaded"}}',
        b'{"choices":[{"delta":"x"}]}',
        b'{"choices":[7]}',
    ],
)
def test_a_wrong_event_is_refused(data):
    with pytest.raises(RemoteMalformedError):
        tell(CompletionStream(), b"data: " + data + b"\n\n")


@pytest.mark.parametrize(
    "data", [b'{"choices":[{}]}', b'{"choices":[{"delta":null}]}', b'{"choices":[]}', b"", b"{}"]
)
def test_an_event_without_words_says_none(data):
    assert tell(CompletionStream(), b"data: " + data + b"\n\n") == []
