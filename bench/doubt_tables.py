"""Tables of what a decision says beside its tool: what is promised, how usual the text is, and
among which tools the right one is.
"""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import DATASETS, Result, Results, rows_of


def make_promise(results: Results) -> str:
    """How often the promised share of errors was kept, and how many texts were answered for it."""
    rows = [
        [
            _bundle_cell(row),
            percent(row["max_error"]),
            f"{row['kept']} of {row['resplits']}",
            percent(row["mean_error"]),
            percent(row["coverage"]),
        ]
        for row in rows_of(results, "promise")
    ]
    head = ["set, recipe", "promised errors, %", "kept", "errors, mean, %", "answered, mean, %"]
    return make_table(head, rows, results["promise"])


def make_doubt(results: Results) -> str:
    """The scope and the shortlists, of the bundles that have them."""
    rows = [
        [
            _bundle_cell(row),
            _auroc_cell(row),
            percent(row.get("scope_fpr")),
            percent(row.get("accuracy_with_none")),
            f"{row['shortlist_size']:.2f}" if "shortlist_size" in row else "",
            percent(row.get("shortlist_coverage")),
        ]
        for row in rows_of(results, "accuracy")
    ]
    head = [
        "set, recipe",
        "AUROC by scope",
        "let through at 95 %, %",
        "accuracy with *no tool*, %",
        "shortlist, tools",
        "holds the tool, %",
    ]
    return make_table(head, rows, results["accuracy"])


def _bundle_cell(row: Result) -> str:
    return f"{DATASETS.get(row['dataset'], row['dataset'])} `{row['label']}`"


def _auroc_cell(row: Result) -> str:
    if row.get("scope_auroc") is None:
        return ""
    low, high = row["scope_auroc_95"]
    return f"{row['scope_auroc']:.3f} ({low:.3f} to {high:.3f})"
