"""The table of what was learnt from logged outcomes."""

from __future__ import annotations

from bench.cells import accuracy_cell, make_table
from bench.measured import DATASETS, Result, Results, rows_of


def make_outcomes(results: Results) -> str:
    """Accuracy by system: of each set from rewards as they are, and with some that say the
    opposite; what learns from no log has one figure a set.
    """
    cells: dict[str, dict[tuple[str, float | None], Result]] = {}
    for row in rows_of(results, "outcomes"):
        cells.setdefault(row["system"], {})[row["dataset"], row["flipped"]] = row
    used = {place for found in cells.values() for place in found}
    shares = sorted({flipped for _, flipped in used if flipped is not None})
    columns = [(d, flipped) for d in DATASETS for flipped in shares if (d, flipped) in used]
    rows = [
        [system, *(accuracy_cell(found.get(c, found.get((c[0], None)))) for c in columns)]
        for system, found in sorted(cells.items(), key=lambda item: _needs_no_log(item[1]))
    ]
    head = [DATASETS[d] + (f", {f:.0%} of rewards flipped" if f else "") for d, f in columns]
    return make_table(["accuracy, %", *head], rows, results["outcomes"])


def _needs_no_log(found: dict[tuple[str, float | None], Result]) -> bool:
    return all(flipped is None for _, flipped in found)
