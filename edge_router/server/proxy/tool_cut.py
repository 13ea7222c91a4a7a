"""Fewer tools for the language model: those that the router thinks likely, and those in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from edge_router.remote.menu import MAX_SHORTLIST
from edge_router.server.proxy.chat_request import ChatRequest, Why
from edge_router.server.proxy.request_tools import RequestTools

MAY_CUT = frozenset({Why.UNSURE, Why.ARGUMENTS, Why.NOT_ASKED})
"""Where the user's last words say what they want, as far as can be told."""


def cut_tools(request: ChatRequest, why: Why, tools: RequestTools) -> tuple[bytes, int] | None:
    """The request with the router's shortlist in place of its tools, and how many those are;
    ``None`` where nothing is to be cut.
    """
    if (
        why not in MAY_CUT
        or not request.may_be_cut
        or request.is_follow_up
        or request.named
        or not request.text.strip()
    ):
        return None
    ranked = tools.router.route(request.text, top=len(tools.router.tools) + 1).candidates
    found = [tools.offered.get(candidate.tool or "") for candidate in ranked]
    likely = [offered.name for offered in found if offered is not None]
    wanted = {*likely[:MAX_SHORTLIST], *_list_called(request.whole["messages"])}
    kept = [tool for tool in request.tools if _name(tool) in wanted]
    if not likely or len(kept) == len(request.tools):
        return None
    try:
        return json.dumps({**request.whole, "tools": kept}).encode(), len(kept)
    except RecursionError:
        return None


def _list_called(messages: list[dict[str, Any]]) -> Iterator[str]:
    """The tools that the conversation calls already."""
    for message in messages:
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if (name := _name(call)) is not None:
                yield name


def _name(described: Any) -> str | None:
    function = described.get("function") if isinstance(described, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else None
