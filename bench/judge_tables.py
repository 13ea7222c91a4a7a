"""The table of how far a judgement by logged outcomes can be believed."""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import DATASETS, Results, rows_of


def make_judge(results: Results) -> str:
    """How often the intervals held the truth, and what the verdicts were."""
    rows = [
        [
            f"{DATASETS.get(row['dataset'], row['dataset'])} `{row['old']}`, `{row['new']}`",
            f"{row['log_rows']:,}",
            f"{percent(row['true_old'])}, {percent(row['true_new'])}",
            *[f"{row['held'][name]} of {row['resamplings']}" for name in ("old", "new", "gain")],
            percent(row["gain_width"]),
            ", ".join(f"{row['verdicts'][told]}" for told in ("better", "not told", "worse")),
        ]
        for row in rows_of(results, "judge")
    ]
    head = [
        "old, new",
        "outcomes",
        "truly right, %",
        "interval holds old",
        "new",
        "gain",
        "width of gain's, points",
        "new better, not told, old better",
    ]
    return make_table(head, rows, results["judge"])
