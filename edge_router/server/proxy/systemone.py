"""Typed decisions, as ``/v1/systemone`` of llama.cpp's server and of ``transformers serve`` has
them: a choice among tools is what a router makes.

Request and answer follow llama.cpp's ``tools/server/README.md``; so does ``confidence``: how far
the best option's probability lies above an even share, scaled so that certainty is 1.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import parse_json
from edge_router.server.proxy.chat_request import (
    MAX_READ_BYTES,
    MAX_TEXT_CHARS,
    MAX_TOOLS,
    ChatRequest,
    Why,
    is_text,
)
from edge_router.server.proxy.judgement import Call, Judgement, Rules, find_doubt, has_limit
from edge_router.server.proxy.request_tools import RequestTools

_CATCH_ALL = re.compile(
    r"(?:^|[\W_])(?:none|no|not|neither|nothing|other|others|else|rest|any|unknown|unclear|unsure)"
    r"(?:$|[\W_])",
    re.IGNORECASE,
)
"""In the name of an option: it is what the others are not, which no description teaches."""


def read_choice(body: bytes) -> ChatRequest | None:
    """The one choice that a request asks for, its options as tools; ``None`` for what is no request
    for decisions.
    """
    if len(body) > MAX_READ_BYTES:
        return None
    try:
        whole = parse_json(body)
    except RemoteMalformedError:
        return None
    questions = whole.get("questions") if isinstance(whole, dict) else None
    if not isinstance(questions, dict) or not questions or "state" not in whole:
        return None
    state, model = whole["state"], whole.get("model", "edge-router")
    criteria = _find_criteria(questions)
    is_understood = criteria is not None and isinstance(model, str) and is_text(state)
    return ChatRequest(
        whole=whole,
        model=model if isinstance(model, str) else "",
        text=state if is_text(state) else "",
        tools=[_describe(option, said) for option, said in (criteria or {}).items()],
        obstacle=_find_obstacle(whole, criteria or {}) if is_understood else Why.NOT_UNDERSTOOD,
        may_be_cut=False,
    )


def judge_choice(request: ChatRequest, tools: RequestTools, rules: Rules) -> Judgement:
    """The judgement on a request without obstacles: whether an option is sure."""
    names = {offered.name for offered in tools.offered.values()}
    new = names - tools.known
    if any(_CATCH_ALL.search(name) for name in new) or new & _list_undescribed(request):
        return Judgement(Why.TOOLS_UNFIT)
    if len(names) < len(request.tools):  # two options are one tool to the router
        return Judgement(Why.TOOLS_UNFIT)
    text, router = request.text, tools.router
    decision = router.route(text, threshold=rules.threshold, top=len(router.tools) + 1)
    if decision.is_truncated:
        return Judgement(Why.TOO_LONG, decision)
    offered = tools.offered.get(decision.tool or "")
    if offered is None:
        return Judgement(Why.UNSURE, decision)
    route = cache(lambda part: router.route(part, threshold=rules.threshold))
    doubt = find_doubt(text, route)
    if doubt is not None:
        return Judgement(doubt, decision)
    return Judgement(Why.SURE, decision, Call(offered.name, {}))


def write_choice(request: ChatRequest, tools: RequestTools, judgement: Judgement) -> bytes:
    """The body of the answer."""
    assert judgement.decision is not None
    assert judgement.call is not None
    found = {c.tool: c.confidence for c in judgement.decision.candidates}
    # that no tool fits, and tools that are no options, have their shares, too: they are left out
    shares = {offered.name: found.get(name, 0.0) for name, offered in tools.offered.items()}
    whole = sum(shares.values())
    probabilities = {name: share / whole for name, share in shares.items()}
    best, options = probabilities[judgement.call.tool], len(probabilities)
    answer = {
        "type": "choice",
        "choice": judgement.call.tool,
        "probabilities": probabilities,
        "confidence": (options * best - 1) / (options - 1),
    }
    (name,) = request.whole["questions"]
    usage = {"input_tokens": 0, "output_tokens": 0}
    return json.dumps({"model": request.model, "answers": {name: answer}, "usage": usage}).encode()


def _find_criteria(questions: dict[str, Any]) -> dict[str, Any] | None:
    """The options of the only question, where it is a choice."""
    question = next(iter(questions.values()))
    if len(questions) > 1 or not isinstance(question, dict) or question.get("type") != "choice":
        return None
    criteria = question.get("criteria")
    if question.keys() - {"type", "instructions", "criteria"} or not isinstance(criteria, dict):
        return None
    return criteria if all(d is None or is_text(d) for d in criteria.values()) else None


def _find_obstacle(whole: dict[str, Any], criteria: dict[str, Any]) -> Why | None:
    (question,) = whole["questions"].values()
    instructions = question.get("instructions")
    if whole.keys() - {"state", "questions", "model"}:
        return Why.NOT_UNDERSTOOD
    if not whole["state"].strip() or not (instructions is None or is_text(instructions)):
        return Why.NOT_UNDERSTOOD
    if len(criteria) < 2 or not all(criteria):
        return Why.NO_TOOLS
    if len(criteria) > MAX_TOOLS:
        return Why.TOOLS_UNFIT
    if len(whole["state"]) > MAX_TEXT_CHARS:
        return Why.TOO_LONG
    return Why.LIMITED if has_limit(instructions or "") else None


def _describe(option: str, description: str | None) -> dict[str, Any]:
    return {"type": "function", "function": {"name": option, "description": description or ""}}


def _list_undescribed(request: ChatRequest) -> set[str]:
    described = (tool["function"] for tool in request.tools)
    return {function["name"] for function in described if not function["description"].strip()}
