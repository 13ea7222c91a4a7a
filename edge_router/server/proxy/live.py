"""The last decisions, in memory only, for the page that shows them as they happen."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from edge_router.server.proxy.record import Record

MAX_SHOWN = 200


class Live:
    """Remembers the last :data:`MAX_SHOWN` requests, and sums over all; gone with the process."""

    def __init__(self, *, shows_texts: bool) -> None:
        """Without ``shows_texts`` neither texts nor arguments are kept."""
        self._shows_texts = shows_texts
        self._rows: deque[dict[str, Any]] = deque(maxlen=MAX_SHOWN)
        self._counts: Counter[str] = Counter()
        self._saved = 0

    def watch(self, record: Record) -> None:
        """Takes one request."""
        self._counts[record.who] += 1
        self._saved += record.tokens_saved
        self._rows.append(_describe(record, self._counts.total(), shows_texts=self._shows_texts))

    def tell(self, *, after: int = 0) -> dict[str, Any]:
        """The sums, and the requests that came after the one numbered ``after``, oldest first."""
        return {
            "requests": self._counts.total(),
            "who": dict(self._counts),
            "tokens_saved": self._saved,
            "shows_texts": self._shows_texts,
            "rows": [row for row in self._rows if row["number"] > after],
        }


def _describe(record: Record, number: int, *, shows_texts: bool) -> dict[str, Any]:
    best = record.decision.candidates[0] if record.decision and record.decision.candidates else None
    return {
        "number": number,
        "who": record.who,
        "why": record.why.value,
        "tool": record.tool,
        "best": best.tool if best else None,
        "confidence": best.confidence if best else None,
        "offered": record.offered,
        "latency_us": record.latency_us,
        "status": record.status,
        "tokens_saved": record.tokens_saved,
        "text": record.text if shows_texts else None,
        "arguments": record.arguments if shows_texts else None,
    }
