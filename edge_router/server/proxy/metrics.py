"""Counts of what was decided, as Prometheus reads them."""

from __future__ import annotations

from edge_router.errors import MissingExtraError
from edge_router.server.proxy.record import Record

_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """A registry of its own; no text, no name of a tool is in it."""

    def __init__(self) -> None:
        """Raises MissingExtraError."""
        try:
            from prometheus_client import CollectorRegistry, Counter, Histogram
        except ImportError as error:
            raise MissingExtraError("serve", "prometheus_client") from error
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "edge_router_requests",
            "Chat requests, by who answered and why",
            ["who", "why", "status"],
            registry=self._registry,
        )
        self._latency = Histogram(
            "edge_router_latency_seconds",
            "From a whole request to the end of its answer",
            ["who"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._saved = Counter(
            "edge_router_saved_tokens",
            "Prompt tokens that were not sent upstream, estimated from below",
            registry=self._registry,
        )

    def watch(self, record: Record) -> None:
        """Counts one request."""
        self._requests.labels(record.who, record.why.value, f"{record.status // 100}xx").inc()
        self._latency.labels(record.who).observe(record.latency_us / 1e6)
        self._saved.inc(record.tokens_saved)

    def write(self) -> tuple[bytes, bytes]:
        """The type and the body of the page that Prometheus asks for."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return CONTENT_TYPE_LATEST.encode(), generate_latest(self._registry)
