"""Tables of the journal: what it costs, and what it loses."""

from __future__ import annotations

from bench.cells import make_table, time_us
from bench.measured import Results


def make_journal_cost(results: Results) -> str:
    """Microseconds of a dispatch without, with and with a durable journal."""
    rows = [
        [
            row["kind"],
            time_us(row["p50_us"]),
            time_us(row["p99_us"]),
            f"{row['added_p50_us']:.1f}",
            str(row["not_recorded"]),
        ]
        for result in results["journal"]
        for row in result["overhead"]
    ]
    machine = results["journal"][0]["stamp"]["machine"]
    head = [
        f"us a dispatch, load {machine['load_1_minute']:.1f} on {machine['cores']} cores",
        *("p50", "p99", "added to p50", "not recorded"),
    ]
    return make_table(head, rows, results["journal"])


def make_kills(results: Results) -> str:
    """What is missing after SIGKILL of what the program was told to be recorded."""
    rows = [
        [
            row["kind"],
            *(str(row[what]) for what in ("kills", "recorded", "lost", "most_lost")),
            str(row["files_damaged"]),
        ]
        for result in results["journal"]
        for row in result["kills"]
    ]
    head = ["kill -9", "kills", "recorded", "lost", "most by one kill", "files damaged"]
    return make_table(head, rows, results["journal"])
