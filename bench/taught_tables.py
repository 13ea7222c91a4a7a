"""Tables of taught routers: few examples, descriptions, tools beside trained ones, how long it
takes.
"""

from __future__ import annotations

from bench.cells import accuracy_cell, make_table, percent, time_us
from bench.measured import DATASETS, Result, Results, rows_of


def make_few_shot(results: Results) -> str:
    """Best tool right, by set and number of examples; each system a column."""
    rows: dict[tuple[str, int], dict[str, Result]] = {}
    for result in results["teach"]:
        for row in result["few_shot"]:
            rows.setdefault((row["dataset"], row["shots"]), {})[row["system"]] = row
    systems = list(dict.fromkeys(name for found in rows.values() for name in found))
    cells = []
    for (dataset, shots), found in rows.items():
        ours = next((row for row in found.values() if "tools" in row), {})
        of_tool = f"{ours.get('tools', '')} tools, {shots} examples"
        cells.append(
            [
                f"{DATASETS.get(dataset, dataset)}: {of_tool}",
                *(accuracy_cell(found.get(name)) for name in systems),
                percent(ours.get("answered_share")),
                percent(ours.get("precision")),
                percent(ours.get("rejected_share")),
                f"{ours['auroc']:.3f}" if "auroc" in ours else "",
            ]
        )
    head = [
        "best tool right, %",
        *systems,
        "answered, %",
        "of these right, %",
        "out of scope rejected, %",
        "AUROC",
    ]
    return make_table(head, cells, results["teach"])


def make_described(results: Results) -> str:
    """The right tool first, or among five, by descriptions alone."""
    rows = []
    for result in results["teach"]:
        for row in result["described"]:
            texts = f"{row['dataset']}: {row['tools']} tools, {row['texts']} texts"
            shares = [row[system] for system in ("taught", "bm25")]
            rows.append(
                [texts, *[f"{percent(s['top_1'])} / {percent(s['top_5'])}" for s in shares]]
            )
    head = ["right tool first / among five, %", "edge-router, taught", "BM25"]
    return make_table(head, rows, results["teach"])


def make_beside(results: Results) -> str:
    """What trained tools lose to tools that are taught beside them."""
    used = [result for result in results["teach"] if result["beside"]]
    rows = []
    for result in used:
        row = result["beside"]
        trained, taught = f"{row['trained_tools']} trained tools", f"{row['taught_tools']} taught"
        for what, name in (
            (f"{trained}, alone", "trained_alone"),
            (f"{trained}, {taught} beside", "trained_beside"),
            (f"the {taught}, {row['shots']} examples each", "taught_beside"),
        ):
            rows.append([f"`{row['label']}`: {what}", accuracy_cell(row[name])])
    return make_table(["CLINC150", "best tool right, %"], rows, used)


def make_scale(results: Results) -> str:
    """Time of a route, by what the router knows."""
    rows = [
        [row["router"], str(row["tools"]), time_us(row["p50_us"]), time_us(row["p99_us"]),
         f"{row['p50_ratio']:.2f}"]
        for row in rows_of(results, "scale")
    ]  # fmt: skip
    for result in results["scale"]:
        row = result["teaching"]
        what = f"teaching {row['tools']} tools of {row['examples']} examples"
        rows.append([what, str(row["tools"]), f"{row['median_ms']:.0f} ms", "", ""])
    first = results["scale"][0]["ratios_to"]
    head = ["us a text", "tools", "p50", "p99", f"p50 to {first}'s"]
    return make_table(head, rows, results["scale"])


def make_curve_table(results: Results) -> str:
    """Accuracy by the number of examples of each tool; each system a column."""
    rows: dict[int, dict[str, Result]] = {}
    for row in rows_of(results, "curve"):
        rows.setdefault(row["shots"], {})[row["system"]] = row
    systems = list(dict.fromkeys(row["system"] for row in rows_of(results, "curve")))
    cells = [
        [str(shots), *(accuracy_cell(rows[shots].get(name)) for name in systems)]
        for shots in sorted(rows)
    ]
    return make_table(["examples of each tool", *systems], cells, results["curve"])
