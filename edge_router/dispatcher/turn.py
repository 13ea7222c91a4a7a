"""One call of a dispatcher while it is under way: what it asked, what it cost, when it began."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from edge_router.decision import Decision
from edge_router.dispatcher.outcome import Outcome, Status, Timings
from edge_router.errors import EdgeRouterError
from edge_router.remote import Answer, Choice


class Turn:
    """From a text, or a reply, to its outcome."""

    def __init__(self, query: str) -> None:
        """The clock runs from here."""
        self.query = query
        self.decision: Decision | None = None
        self.remote_error: EdgeRouterError | None = None
        self.left_out: tuple[str, ...] = ()
        self._began = self._lap_began = perf_counter()
        self._laps = {"routing_us": 0, "arguments_us": 0, "tool_us": 0, "remote_us": 0}
        self._costs: dict[str, Any] = {
            "tokens_in": 0,
            "tokens_out": 0,
            "estimated_tokens_in": 0,
            "estimated_tokens_all_tools": 0,
            "sent": (),
        }

    def lap(self, part: str) -> None:
        """What was done since the last lap counts as ``part``."""
        now = perf_counter()
        self._laps[f"{part}_us"] += round((now - self._lap_began) * 1e6)
        self._lap_began = now

    def pay(self, said: Answer | Choice) -> None:
        """What a remote model's answer cost."""
        self._costs["tokens_in"] += said.tokens_in
        self._costs["tokens_out"] += said.tokens_out
        self._costs["estimated_tokens_in"] += said.estimated_tokens_in
        self._costs["estimated_tokens_all_tools"] += said.estimated_tokens_all_tools or 0
        self._costs["sent"] += said.sent

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
            timings=Timings(**self._laps, total_us=total_us),
            **self._costs,
            **what,
        )
