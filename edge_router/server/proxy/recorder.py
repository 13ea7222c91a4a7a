"""What the proxy puts into a journal: the requests that the router was asked about."""

from __future__ import annotations

from functools import partial

from edge_router.decision import Decision
from edge_router.journal.entry import Entry, describe_decision
from edge_router.journal.journal import Journal
from edge_router.remote.token_count import count_tokens
from edge_router.router import Router
from edge_router.server.proxy.heard import Heard, Said
from edge_router.server.proxy.record import CLIENT_LEFT, Record


class Recorder:
    """Queues what was decided. The journal's own thread makes entries of it, and reads what the
    language model answered; where it lags behind, they are lost and nobody waits.
    """

    def __init__(self, journal: Journal, router: Router) -> None:
        """Into ``journal``, under the hash of the ``router``'s bundle."""
        self._journal = journal
        self._bundle = router.bundle.sha256
        self._max_chars = router.bundle.manifest.max_chars

    def record(self, record: Record, heard: Heard | None = None) -> str | None:
        """The id under which a chat request is recorded, with what was ``heard`` of the language
        model's answer; ``None`` where the router was not asked about it.
        """
        if record.decision is None:
            return None
        make_entry = partial(self._make_entry, record, record.decision, heard)
        return self._journal.record(make_entry, may_wait=False)

    def record_route(self, text: str, decision: Decision, routing_us: int) -> str:
        """The id of a text that was only routed."""
        entry = Entry.of_decision(
            text[: self._max_chars], decision, routing_us=routing_us, bundle=self._bundle
        )
        return self._journal.record(entry, may_wait=False)

    def _make_entry(self, record: Record, decision: Decision, heard: Heard | None) -> Entry:
        said = heard.read() if heard is not None and record.status < 400 else Said()
        tokens = record.tool_tokens + count_tokens(record.text)
        is_sent = record.who == "upstream"
        # unknown what came of it: as if the text had only been routed
        status, tool = (None, decision.tool) if said is None else _tell(record, decision, said)
        return Entry(
            text=record.text,
            **describe_decision(decision),
            bundle=self._bundle,
            status=status,
            tool=tool,
            routing_us=record.routing_us,
            total_us=record.latency_us,
            tokens_in=said.tokens_in if said else 0,
            tokens_out=said.tokens_out if said else 0,
            estimated_tokens_in=tokens if is_sent else 0,
            estimated_tokens_all_tools=0 if record.who == "nobody" else tokens,
        )


def _tell(record: Record, decision: Decision, said: Said) -> tuple[str, str | None]:
    """How it ended, in the words of :class:`~edge_router.dispatcher.Status`, and what answered."""
    if record.who == "local":
        return "done", decision.tool
    tool = record.known_as.get(said.tool or "")
    if record.status == CLIENT_LEFT:
        return "cancelled", tool
    if record.status >= 400:
        return "abstained", None
    return ("answered", None) if tool is None else ("done", tool)
