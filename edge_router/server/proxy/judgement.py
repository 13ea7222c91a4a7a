"""Whether a request can be answered on this device: the call, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from edge_router.decision import Decision
from edge_router.part import Stance
from edge_router.routing.split import split
from edge_router.server.proxy.chat_request import ChatRequest, Why
from edge_router.server.proxy.clear_arguments import are_clear
from edge_router.server.proxy.request_tools import OfferedTool, RequestTools

_MAX_PARTS = 8
_LIMITED = re.compile(r"n['’]t\b|\b(?:not|never|if|unless|except|without)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:\s+(?:and|then|plus)\s+|[;\n.?!]+\s+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When the router counts as sure."""

    threshold: float | None = None
    """The confidence to decide from; ``None``: the router's own."""
    takes_free_words: bool = False
    """Words of the text may be an argument as they stand, not only numbers, times, choices and
    quotes: more is answered, and more of it wrong.
    """
    clock: Callable[[], datetime] = datetime.now
    """What *tomorrow* is told from."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to be called, sure and complete."""

    tool: str
    """Its name in the request."""
    arguments: dict[str, Any]
    """Its arguments, valid by its schema."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the router makes of a request."""

    why: Why
    """Why there is a call, or none."""
    decision: Decision | None = None
    """What the router decided, where it was asked."""
    call: Call | None = None
    """The answer."""


def judge(request: ChatRequest, tools: RequestTools, rules: Rules) -> Judgement:
    """The judgement on a request without obstacles."""
    text, router = request.text, tools.router
    route = cache(lambda part: router.route(part, threshold=rules.threshold))
    decision = route(text)
    if decision.is_truncated:
        return Judgement(Why.TOO_LONG, decision)
    offered = tools.offered.get(decision.tool or "")
    if offered is None or request.named not in (None, offered.name):
        return Judgement(Why.UNSURE, decision)
    doubt = find_doubt(text, route)
    if doubt is not None:
        return Judgement(doubt, decision)
    arguments = _find_arguments(offered, text, rules)
    if arguments is None:
        return Judgement(Why.ARGUMENTS, decision)
    return Judgement(Why.SURE, decision, Call(offered.name, arguments))


def find_doubt(text: str, route: Callable[[str], Decision]) -> Why | None:
    """What speaks against a decision that the router is sure of: the text forbids something, or
    asks for several things. A doubt costs no more than a request upstream.
    """
    parts = split(text, route)
    if parts[0].stance is not Stance.ASKED or has_limit(text):
        return Why.LIMITED
    return Why.SEVERAL if len(parts) > 1 or _may_be_several(text, route) else None


def has_limit(text: str) -> bool:
    """Whether words in it forbid or set a condition."""
    return _LIMITED.search(text) is not None


def _may_be_several(text: str, route: Callable[[str], Decision]) -> bool:
    """Whether the router is sure of several parts of the text, wherever one might begin."""
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) == 1:
        return False
    if len(parts) > _MAX_PARTS:
        return True  # a letter, not a command
    return sum(route(part).tool is not None for part in parts) > 1


def _find_arguments(offered: OfferedTool, text: str, rules: Rules) -> dict[str, Any] | None:
    filled = offered.filler.fill(text, now=rules.clock())
    if not offered.nullable.issuperset(filled.missing):
        return None
    if not are_clear(filled, text, takes_free_words=rules.takes_free_words):
        return None
    arguments = filled.to_dict() | dict.fromkeys(filled.missing)
    return arguments if offered.check(arguments) is None else None
