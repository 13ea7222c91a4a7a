"""What a journal's records say together."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edge_router.journal.database import reading

# What an assistant without a router would have sent more, where that is known.
SAVED = "max(0, estimated_tokens_all_tools - estimated_tokens_in)"
_LOCAL = "decided IS NOT NULL AND status = 'done' AND estimated_tokens_in = 0 AND tokens_in = 0"
_TOTALS = f"""
    SELECT
        count(*) FILTER (WHERE NOT is_reply) AS texts,
        count(DISTINCT text_hash) AS distinct_texts,
        count(*) FILTER (WHERE NOT is_reply AND decided IS NULL) AS abstained,
        count(*) FILTER (WHERE NOT is_reply AND status IS NOT NULL) AS dispatched,
        count(*) FILTER (WHERE {_LOCAL}) AS answered_locally,
        count(*) FILTER (WHERE estimated_tokens_in > 0 OR tokens_in > 0) AS asked_remote,
        coalesce(sum(tokens_in), 0) AS tokens_in,
        coalesce(sum(tokens_out), 0) AS tokens_out,
        coalesce(sum({SAVED}), 0) AS tokens_saved,
        count(*) FILTER (WHERE is_right) AS right,
        count(*) FILTER (WHERE NOT is_right) AS wrong
    FROM records WHERE at >= ?
"""  # noqa: S608 - of our own constants
_TOOLS = """
    SELECT
        coalesce(tool, decided) AS tool,
        count(*) FILTER (WHERE NOT is_reply) AS texts,
        count(*) FILTER (WHERE status = 'done') AS done,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        count(*) FILTER (WHERE is_right) AS right,
        count(*) FILTER (WHERE NOT is_right) AS wrong
    FROM records WHERE at >= ? AND coalesce(tool, decided) IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles in microseconds, each a time that was measured (nearest rank)."""

    p50_us: int
    """Half took no longer."""
    p90_us: int
    """Nine of ten took no longer."""
    p99_us: int
    """99 of 100 took no longer."""


@dataclass(frozen=True, slots=True)
class ToolStats:
    """One tool."""

    tool: str
    """Its name."""
    texts: int
    """Texts that it was decided for, or that a remote model chose it for."""
    done: int
    """How often it ran."""
    failed: int
    """How often it did not do it."""
    right: int
    """Said to be right."""
    wrong: int
    """Said to be wrong."""
    running: Latency | None
    """Its own time; ``None`` where it did not run."""


@dataclass(frozen=True, slots=True)
class Stats:
    """All of it."""

    texts: int
    """Texts; replies to questions are none."""
    distinct_texts: int
    """Those that differ in more than case and white space."""
    abstained: int
    """Texts that the router did not decide."""
    dispatched: int
    """Texts that were dispatched, not only routed."""
    answered_locally: int
    """Of these, answered by a tool of the router's choice, while nothing was sent."""
    asked_remote: int
    """Records for which something was sent to a remote model."""
    tokens_in: int
    """Tokens sent."""
    tokens_out: int
    """Tokens that came back."""
    tokens_saved: int
    """Our estimate of what an assistant without a router would have sent more."""
    right: int
    """Said to be right."""
    wrong: int
    """Said to be wrong."""
    routing: Latency | None
    """The router's time; ``None`` without records."""
    whole: Latency | None
    """From the call to its end, the tool and the remote model included."""
    tools: tuple[ToolStats, ...]
    """By tool, the most frequent first."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return asdict(self)


def summarize(path: str | os.PathLike[str], *, since: float = 0) -> Stats:
    """The records of the journal ``path`` from ``since`` on (seconds since 1970), together; raises
    DataError for a file that cannot be read.
    """
    with reading(Path(path)) as database:
        [totals] = _read_rows(database, _TOTALS, since)
        running = _read_times(database, "tool_us", since, "coalesce(tool, decided)")
        tools = [
            ToolStats(**row, running=find_percentiles(running.get(row["tool"], ())))
            for row in _read_rows(database, _TOOLS, since)
        ]
        routing = _read_times(database, "routing_us", since)
        whole = _read_times(database, "total_us", since)
    return Stats(
        **totals,
        routing=find_percentiles(routing.get(None, ())),
        whole=find_percentiles(whole.get(None, ())),
        tools=tuple(tools),
    )


def find_percentiles(sorted_us: Sequence[int]) -> Latency | None:
    """Of times in rising order."""
    if not sorted_us:
        return None
    # the smallest value that so many per cent do not exceed
    ranks = [-(-percent * len(sorted_us) // 100) for percent in (50, 90, 99)]
    return Latency(*(sorted_us[rank - 1] for rank in ranks))


def _read_rows(database: sqlite3.Connection, query: str, since: float) -> list[dict[str, Any]]:
    """Values by the names of their columns."""
    found = database.execute(query, (since,))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _read_times(
    database: sqlite3.Connection, column: str, since: float, group: str = "NULL"
) -> dict[str | None, list[int]]:
    """The times above zero, rising, by group; zero is what did not happen."""
    found: dict[str | None, list[int]] = {}
    for name, value in database.execute(
        f"SELECT {group}, {column} FROM records WHERE at >= ? AND {column} > 0 ORDER BY 2",  # noqa: S608 - of our own constants
        (since,),
    ):
        found.setdefault(name, []).append(value)
    return found
