"""Tables of texts that ask for two things, or say what is not to be done."""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import Result, Results, rows_of


def make_split(results: Results) -> str:
    """Two actions found, single texts kept whole; each router a row."""
    rows = [
        [
            f"`{row['label']}`",
            _cell(row, "both_right"),
            percent(row["both_right_alone"]),
            _cell(row, "false_splits"),
            percent(row["not_asked"]),
        ]
        for row in rows_of(results, "split")
    ]
    head = [
        "%",
        "both right",
        "both right, each routed alone",
        "single texts split",
        "single texts read as forbidden or conditional",
    ]
    return make_table(head, rows, results["split"])


def make_templates(results: Results) -> str:
    """Both right, by what joins the two texts; each router a column."""
    labels = [row["label"] for row in rows_of(results, "split")]
    templates: dict[str, list[str]] = {}
    for row in rows_of(results, "split"):
        for template, share in row["both_right_by_template"].items():
            templates.setdefault(template, []).append(percent(share))
    rows = [[f"`{_show(template)}`", *shares] for template, shares in templates.items()]
    head = ["both right, %", *(f"`{label}`" for label in labels)]
    return make_table(head, rows, results["split"])


def make_negated(results: Results) -> str:
    """What a program would run of texts that say not to."""
    rows = [
        [
            f"{row['texts']} forbidden or taken back, {row['texts_are']}",
            _cell(row, "run"),
            percent(row["run_unsplit"]),
        ]
        for result in results["split"]
        for row in result["negations"]
    ]
    rows += [
        [f"{harmless['texts']} that only sound so", percent(harmless["run"]), ""]
        for harmless in (result["harmless"] for result in results["split"])
    ]
    head = ["texts whose tool is run, %", "by `split`", "by `route`"]
    return make_table(head, rows, results["split"])


def _cell(row: Result, key: str) -> str:
    low, high = row[f"{key}_95"]
    return f"{percent(row[key])} ({percent(low)} to {percent(high)})"


def _show(template: str) -> str:
    return template.format("A", "B").replace("\n", "\\n")
