"""The line to a server: one request within a time bound, a budget and the patience that the server
deserves.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge_router.remote.attempt import Attempt, Tell
from edge_router.remote.breaker import Breaker
from edge_router.remote.budget import Bill, Ledger, Usage
from edge_router.remote.clock import Clock
from edge_router.remote.completion import Completion
from edge_router.remote.retry import parse_retry_after, pause_s
from edge_router.remote.wire import Wire


class Order(NamedTuple):
    """What is asked for."""

    fields: dict[str, Any]
    """The request's JSON."""
    most: Usage
    """The estimated tokens of the prompt, and the most that the answer may have."""


class Answered(NamedTuple):
    """What came of it."""

    completion: Completion
    """What the model said."""
    usage: Usage
    """The tokens that were counted for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Sends orders to one server."""

    wire: Wire
    """The network."""
    breaker: Breaker
    """Whether the server is asked at all."""
    ledger: Ledger
    """Whether the day's budget allows it."""
    clock: Clock
    """Time."""
    retries: int
    """How often a failed request is sent again."""

    async def place(self, order: Order, *, timeout_s: float, tell: Tell | None = None) -> Answered:
        """What the model says within ``timeout_s``, retries and pauses included; the words are
        streamed where there is someone to ``tell``. Raises a RemoteError, or MissingExtraError.
        """
        ends_s = self.clock.monotonic_s() + timeout_s
        with self.ledger.reserve(order.most) as bill, self.breaker.admit() as trial:
            attempt = await self._try(order, ends_s, tell, bill)
            trial.was_reached = attempt.was_reached
            usage = attempt.count(order.most)
            bill.add(usage)
            asked_s = self._asked_pause_s(attempt)
            if asked_s and attempt.reply.status == 429:
                self.breaker.hold(asked_s)
            return Answered(attempt.read(self.wire.key, retry_after_s=asked_s), usage)

    async def _try(self, order: Order, ends_s: float, tell: Tell | None, bill: Bill) -> Attempt:
        """The last of the tries, which is not yet on the ``bill``."""
        body = json.dumps(order.fields, ensure_ascii=False).encode("utf-8", "replace")
        number = 0
        while True:
            attempt = Attempt(tell)
            try:
                left_s = ends_s - self.clock.monotonic_s()
                await attempt.run(self.wire, body, timeout_s=left_s)
            except asyncio.CancelledError:
                bill.add(attempt.count(order.most))
                raise
            if number == self.retries or not attempt.may_be_repeated:
                return attempt
            asked_s = self._asked_pause_s(attempt)
            rest_s = pause_s(number, retry_after_s=asked_s)
            if self.clock.monotonic_s() + rest_s >= ends_s:
                return attempt
            bill.add(attempt.count(order.most))
            await self.clock.sleep(rest_s)
            number += 1

    def _asked_pause_s(self, attempt: Attempt) -> float | None:
        return parse_retry_after(attempt.reply.retry_after, now_s=self.clock.wall_s())
