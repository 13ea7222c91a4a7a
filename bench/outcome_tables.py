"""The tables of what was learnt without labels."""

from __future__ import annotations

from bench.cells import accuracy_cell, make_table
from bench.measured import DATASETS, Result, Results, rows_of
from bench.program_tables import CEILING, LEARNT, share_cells

LEARNER = "edge-router `tiny`, dr"
"""The recipe that every set was measured with, by the default objective."""
LABELLED = "edge-router `tiny`, all labels"


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


def make_learning(results: Results) -> str:
    """What was known in place of the right tools, and what came of it: beside the best other
    learner, and beside the same student with every label.
    """
    rows: list[list[str]] = []
    for result in results["outcomes"]:
        found = {(row["system"], row["flipped"]): row for row in result["rows"]}
        rounds = f"{result['policy']['rounds']:,}"
        for (system, flipped), row in found.items():
            if system != LEARNER:
                continue
            known = f"{DATASETS[row['dataset']]}: which of {rounds} taken tools were right"
            others = [r for (s, f), r in found.items() if f == flipped and "edge-router" not in s]
            best = max(others, key=lambda other: other.get("accuracy", 0.0))
            rows.append(
                [
                    known + (f", {flipped:.0%} of it wrong" if flipped else ""),
                    accuracy_cell(row),
                    f"{accuracy_cell(best)}, {best['system']}",
                    accuracy_cell(found.get((LABELLED, None))),
                ]
            )
    learnt, ceiling = (share_cells(results, system) for system in (LEARNT, CEILING))
    rows += [
        [
            f"program of 6 tools: right answers, {condition}",
            cell,
            "",
            ceiling.get(condition, ""),
        ]
        for condition, cell in learnt.items()
    ]
    head = ["known", "right tool, %", "best other learner", "with every label"]
    return make_table(head, rows, [*results["outcomes"], *results["program"]])
