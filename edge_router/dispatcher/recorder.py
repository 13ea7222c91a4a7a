"""What a dispatcher puts into a journal."""

from __future__ import annotations

import asyncio
from functools import cached_property, partial
from typing import Any

from edge_router.decision import Decision
from edge_router.dispatcher.effects import Effect, Flow
from edge_router.dispatcher.outcome import Outcome
from edge_router.journal.entry import Entry, describe_decision
from edge_router.journal.journal import Journal
from edge_router.routing.known_words import KnownWords


class Recorder:
    """Records outcomes and decisions, with what an assistant without a router would have sent."""

    def __init__(self, journal: Journal, *, router: Any) -> None:
        """Into ``journal``, under the hash of the ``router``'s bundle."""
        self._journal = journal
        self._router = router
        # a router of somebody else's may have neither
        self._has_words = hasattr(router, "bundle") and hasattr(router, "tokens")
        self._bundle: str | None = getattr(getattr(router, "bundle", None), "sha256", None)

    def record_decision(self, text: str, decision: Decision, *, routing_us: int) -> None:
        """A text that was routed and not dispatched."""
        self._journal.record(
            lambda: Entry.of_decision(
                text,
                decision,
                routing_us=routing_us,
                bundle=self._bundle,
                unknown_share=self._find_unknown_share(text),
            )
        )

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
            unknown_share=self._find_unknown_share(outcome.query),
        )

    def _find_unknown_share(self, text: str) -> float | None:
        if not self._has_words:
            return None
        return self._words.unknown_share(self._router.tokens(text))

    @cached_property
    def _words(self) -> KnownWords:
        # made for the first entry that is written, so that no caller waits for it
        return KnownWords.of_file(self._router.bundle.tokenizer)
