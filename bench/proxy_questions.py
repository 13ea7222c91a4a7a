"""What the proxy is asked in the benches: BFCL's queries, ten tools a request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.calls import Call, read_calls
from edge_router import Router
from edge_router.server.proxy.chat_request import read_chat
from edge_router.server.proxy.judgement import Judgement, Rules, judge
from edge_router.server.proxy.request_tools import make_request_tools
from edge_router.tool import Tool

TOOLS_A_REQUEST = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the tools that its request offers."""

    call: Call
    """The query and its gold."""
    request: dict[str, Any]
    """The chat request."""


def read_questions(
    n_tools: int, seed: int, *, tools_a_request: int = TOOLS_A_REQUEST
) -> list[Question]:
    """Every query for ``n_tools`` of BFCL's tools, each with its tool and others."""
    tools, calls = read_calls(n_tools, seed)
    found = []
    for start in range(0, len(tools), tools_a_request):
        offered = tools[start : start + tools_a_request]
        names, described = {tool.name for tool in offered}, [_describe(tool) for tool in offered]
        found += [
            Question(call, _make_request(call.text, described))
            for call in calls
            if call.tool in names
        ]
    return found


def judge_each(questions: Sequence[Question], rules: Rules) -> Iterator[tuple[Question, Judgement]]:
    """What the proxy would make of each query."""
    base, known = Router.base(), {}
    for question in questions:
        key = id(question.request["tools"])
        if key not in known:
            known[key] = make_request_tools(base, question.request["tools"])
        request = read_chat(json.dumps(question.request).encode())
        assert request is not None
        obstacle = request.obstacle
        yield question, Judgement(obstacle) if obstacle else judge(request, known[key], rules)


def expect_call(judgement: Judgement) -> tuple[str, dict[str, Any]] | None:
    """The call that the proxy must answer; ``None``: it goes upstream."""
    made = judgement.call
    return None if made is None else (made.tool, json.loads(json.dumps(made.arguments)))


def _make_request(text: str, described: list[dict[str, Any]]) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    return {"model": "large", "messages": messages, "tools": described}


def _describe(tool: Tool) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": function}
