"""One call of a dispatcher while it is under way: what it asked, what it cost, when it began."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from edge_router.decision import Decision
from edge_router.dispatcher.outcome import Outcome, Status, Timings
from edge_router.errors import EdgeRouterError
from edge_router.remote import Answer, Choice
from edge_router.remote.all_tools import AllTools


class Turn:
    """From a text, or a reply, to its outcome."""

    def __init__(self, query: str, *, all_tools: AllTools) -> None:
        """The clock runs from here."""
        self.query = query
        self.decision: Decision | None = None
        self.remote_error: EdgeRouterError | None = None
        self.left_out: tuple[str, ...] = ()
        self._all_tools = all_tools
        self._began = self._lap_began = perf_counter()
        self._laps = {"routing_us": 0, "arguments_us": 0, "tool_us": 0, "remote_us": 0}
        self._costs: dict[str, Any] = {
            "tokens_in": 0,
            "tokens_out": 0,
            "estimated_tokens_in": 0,
            "sent": (),
            "tools_sent": (),
        }

    def lap(self, part: str) -> None:
        """What was done since the last lap counts as ``part``."""
        now = perf_counter()
        self._laps[f"{part}_us"] += round((now - self._lap_began) * 1e6)
        self._lap_began = now

    def pay(self, said: Answer | Choice) -> None:
        """What a remote model's answer cost, and what it was shown."""
        self._costs["tokens_in"] += said.tokens_in
        self._costs["tokens_out"] += said.tokens_out
        self._costs["estimated_tokens_in"] += said.estimated_tokens_in
        self._costs["sent"] += said.sent
        if isinstance(said, Choice):
            self._costs["tools_sent"] = said.tools_sent

    def end(self, status: Status, text: str, **what: Any) -> Outcome:
        """The outcome of this turn."""
        assert self.decision is not None
        total_us = round((perf_counter() - self._began) * 1e6)
        return Outcome(
            text=text,
            status=status,
            query=self.query,
            decision=self.decision,
            remote_error=self.remote_error,
            left_out=self.left_out,
            all_tools=self._all_tools,
            timings=Timings(**self._laps, total_us=total_us),
            **self._costs,
            **what,
        )
