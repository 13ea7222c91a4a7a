"""The table of perturbed texts: what each system keeps of its accuracy."""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import Result, Results


def make_robustness(results: Results) -> str:
    """A row a perturbation; a column a system, with its accuracy and the share of the clean texts'
    that is kept; and what bundles answer.
    """
    shares: dict[str, float] = {}
    systems: dict[str, dict[str, Result]] = {}
    for result in results["robustness"]:
        shares |= result["changed_share"]
        for row in result["rows"]:
            systems.setdefault(row["system"], {})[row["perturbation"]] = row
    bundles = {
        name: rows for name, rows in systems.items() if any("label" in r for r in rows.values())
    }
    cells = [
        [
            f"{name} ({percent(changed)})",
            *(_kept_cell(rows.get(name)) for rows in systems.values()),
            *(_answered_cell(rows.get(name)) for rows in bundles.values()),
        ]
        for name, changed in shares.items()
    ]
    head = [
        "CLINC150's test texts (of these changed, %)",
        *(f"{name}: right, % / kept, %" for name in systems),
        *(f"{name}: answered, % / of these right, %" for name in bundles),
    ]
    return make_table(head, cells, results["robustness"])


def _kept_cell(row: Result | None) -> str:
    if row is None:
        return ""
    if "missing" in row:
        return str(row["missing"])
    kept, (low, high) = percent(row["kept"]), map(percent, row["kept_95"])
    return f"{percent(row['accuracy'])} / {kept} ({low} to {high})"


def _answered_cell(row: Result | None) -> str:
    if row is None:
        return ""
    return f"{percent(row['answered_share'])} / {percent(row['precision'])}"
