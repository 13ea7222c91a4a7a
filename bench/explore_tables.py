"""Tables of exploring: whether it is the same every time, how often it is, and what it costs."""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import Results, rows_of


def make_repeated(results: Results) -> str:
    """Answers other than the first, on each kind of core."""
    rows = [
        [
            kind["kind"],
            f"{result['repeated_texts']} x {kind['repeats']:,}",
            str(kind["explored"]),
            str(kind["others"]),
            str(kind["differing"]),
        ]
        for result in results["explore"]
        for kind in result["kinds"]
    ]
    head = ["core", "texts x times", "texts explored", "other answers", "unlike the first core's"]
    return make_table(head, rows, results["explore"])


def make_explored(results: Results) -> str:
    """The share that was asked for beside the one there was, and how often the tools were right."""
    rows = []
    for row in rows_of(results, "explore"):
        low, high = row["explored_share_95"]
        rows.append(
            [
                f"{100 * row['share']:g}",
                f"{row['explorable']:,}",
                f"{100 * row['explored_share']:.2f} ({100 * low:.2f} to {100 * high:.2f})",
                str(row["risky_explored"]),
                f"{percent(row['second_right_share'])} / {percent(row['best_right_share'])}",
                f"{percent(row['right_share'])} / {percent(row['right_share_without'])}",
            ]
        )
    head = [
        "asked for, %",
        "texts that could be explored",
        "explored, %",
        "risky ones",
        "explored: second / best right, %",
        "all texts: right with / without, %",
    ]
    return make_table(head, rows, results["explore"])
