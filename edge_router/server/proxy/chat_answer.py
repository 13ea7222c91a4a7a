"""A call of a tool as clients of chat completions expect it, whole or in chunks.

Streamed, the id and the name stand in the first chunk only, arguments come as deltas, one
``finish_reason`` ends the choice, and the tokens used follow only where they were asked for.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from edge_router.server.proxy.chat_request import ChatRequest
from edge_router.server.proxy.judgement import Call, Judgement

_NOTHING_SPENT = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def write_call(request: ChatRequest, judgement: Judgement) -> bytes:
    """The body of an answer, streamed where the request says so."""
    assert judgement.call is not None
    write = _write_stream if request.is_streamed else _write_whole
    return write(request, judgement.call)


def _write_whole(request: ChatRequest, call: Call) -> bytes:
    message = {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [_describe(call)],
    }
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _finish_reason(request),
    }
    return _dump(
        {
            **_head(request, "chat.completion"),
            "choices": [choice],
            "usage": _NOTHING_SPENT,
        }
    )


def _write_stream(request: ChatRequest, call: Call) -> bytes:
    """All of its events, since all are known."""
    head = _head(request, "chat.completion.chunk")
    if request.wants_usage:
        head["usage"] = None
    chunks = [{**head, "choices": [choice]} for choice in _list_choices(request, call)]
    if request.wants_usage:
        chunks.append({**head, "choices": [], "usage": _NOTHING_SPENT})
    return b"".join(b"data: %b\n\n" % data for data in (*map(_dump, chunks), b"[DONE]"))


def _list_choices(request: ChatRequest, call: Call) -> Iterator[dict[str, Any]]:
    described = _describe(call)
    written = described["function"]["arguments"]
    described["function"]["arguments"] = ""
    first = {"role": "assistant", "content": None, "tool_calls": [{"index": 0, **described}]}
    rest = {"tool_calls": [{"index": 0, "function": {"arguments": written}}]}
    for delta, reason in ((first, None), (rest, None), ({}, _finish_reason(request))):
        yield {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def _head(request: ChatRequest, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{token_hex(12)}",
        "object": kind,
        "created": int(time.time()),
        "model": request.model,
    }


def _describe(call: Call) -> dict[str, Any]:
    function = {
        "name": call.tool,
        "arguments": json.dumps(call.arguments, ensure_ascii=False, separators=(",", ":")),
    }
    return {"id": f"call_{token_hex(12)}", "type": "function", "function": function}


def _finish_reason(request: ChatRequest) -> str:
    """A call that was forced by its name ends with *stop*, as OpenAI has it."""
    return "tool_calls" if request.named is None else "stop"


def _dump(value: Any) -> bytes:
    # in ASCII: the model's name may hold half a surrogate pair, which UTF-8 has no bytes for
    return json.dumps(value, separators=(",", ":")).encode()
