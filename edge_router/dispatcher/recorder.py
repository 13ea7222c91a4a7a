"""What a dispatcher puts into a journal."""

from __future__ import annotations

import asyncio
from functools import partial

from edge_router.dispatcher.effects import Effect, Flow
from edge_router.dispatcher.outcome import Outcome
from edge_router.journal.entry import Entry, describe_decision
from edge_router.journal.journal import Journal


class Recorder:
    """Records outcomes, with what an assistant without a router would have sent for them."""

    def __init__(self, journal: Journal, *, router: object) -> None:
        """Into ``journal``, under the hash of the ``router``'s bundle."""
        self._journal = journal
        # a router of somebody else's may have no bundle
        self._bundle: str | None = getattr(getattr(router, "bundle", None), "sha256", None)

    def follow(self, flow: Flow[Outcome], *, is_reply: bool = False) -> Flow[Outcome]:
        """What ``flow`` ends with, recorded."""
        outcome = yield from flow
        # an entry is made where it is written, off the caller's path
        entry = partial(self._make_entry, outcome, is_reply)
        record = self._journal.record
        if self._journal.is_durable:  # waits for the disk, as one waits for a tool
            number = yield Effect(
                now=lambda: record(entry), later=lambda: asyncio.to_thread(record, entry)
            )
        else:
            number = record(entry)
        # frozen for its readers, and this one has none yet; a copy would take longer than the rest
        object.__setattr__(outcome, "record", number)
        return outcome

    def _make_entry(self, outcome: Outcome, is_reply: bool) -> Entry:  # noqa: FBT001 - bound by partial
        timings = outcome.timings
        return Entry(
            text=outcome.query,
            **describe_decision(outcome.decision),
            bundle=self._bundle,
            status=outcome.status.value,
            tool=outcome.tool,
            is_reply=is_reply,
            routing_us=timings.routing_us,
            tool_us=timings.tool_us,
            total_us=timings.total_us,
            tokens_in=outcome.tokens_in,
            tokens_out=outcome.tokens_out,
            estimated_tokens_in=outcome.estimated_tokens_in,
            estimated_tokens_all_tools=outcome.estimated_tokens_all_tools,
        )
