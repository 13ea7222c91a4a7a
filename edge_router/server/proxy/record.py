"""What was decided about one request, for whoever keeps count: metrics, the page, a journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge_router.decision import Decision
from edge_router.server.proxy.chat_request import Why

CLIENT_LEFT = 499
"""The status of a record whose client did not wait; nginx's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One chat request and what became of it."""

    who: str
    """Who answered: ``local``, ``upstream`` or ``nobody``."""
    why: Why
    """Why."""
    text: str
    """The user's last words; empty where they were not read."""
    offered: int
    """Tools in the request."""
    decision: Decision | None
    """What the router decided, where it was asked."""
    tool: str | None
    """The tool called from here."""
    arguments: dict[str, Any] | None
    """Its arguments."""
    known_as: Mapping[str, str]
    """The router's names of the request's tools, by those in the request."""
    routing_us: int
    """The router's time, with what it takes to find arguments; 0 where it was not asked."""
    latency_us: int
    """From the whole request to the last byte of the answer."""
    status: int
    """HTTP's status; 499 where the client left."""
    tool_tokens: int
    """An estimate of what the tools cost in a prompt; 0 where they were not read."""
    tokens_saved: int
    """An estimate, from below, of the prompt tokens that were not sent upstream."""


Watch = Callable[[Record], None]
"""Takes each record, in the thread of the event loop: whatever takes time is to be queued."""
