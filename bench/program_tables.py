"""The table of the program that learns from its answers."""

from __future__ import annotations

from collections.abc import Sequence

from bench.cells import make_table, percent
from bench.measured import Result, Results

LEARNT, CEILING = "program, from answers", "labelled ceiling"
"""Systems of ``bench program``: what learns without labels, and the same with them."""


def make_program(results: Results) -> str:
    """A row a condition and system: means over the seeds, with their range in brackets."""
    groups = _group(results)
    rows = [
        [
            condition,
            _name_cell(system, found),
            _share_cell([row["tool_right"] for row in found]),
            _share_cell([row["answer_right"] for row in found]),
            f"{_mean([row['mean_cost'] for row in found]):.2f}",
        ]
        for (condition, system), found in groups.items()
    ]
    head = ["learnt from", "chosen by", "tool right, %", "answer right, %", "cost of a question"]
    return make_table(head, rows, results["program"])


def make_program_calls(results: Results) -> str:
    """What learning cost, and what the device decides: means over the seeds."""
    groups: dict[str, list[Result]] = {}
    for result in results["program"]:
        for row in result["rows"]:
            if "calls" in row:
                groups.setdefault(row["condition"], []).append(row)
    rows = [
        [
            condition,
            f"{found[0]['questions']} + {found[0]['held_out']}",
            f"{_mean([sum(row['calls'].values()) for row in found]):.0f}",
            f"{_mean([sum(row['label_calls'].values()) for row in found]):.0f}",
            f"{_mean([row['spent'] for row in found]):.0f} of "
            f"{_mean([row['spent_if_all_were_asked'] for row in found]):.0f}",
            f"{sum(row['differs'] for row in found)} of {sum(row['texts'] for row in found)}",
            percent(_mean([row["answered_share"] for row in found])),
            percent(_mean([row["precision"] for row in found])),
        ]
        for condition, found in groups.items()
    ]
    head = [
        "learnt from",
        "questions, held out",
        "calls to learn",
        "calls to calibrate",
        "spent, of all asked",
        "device differs",
        "answered, %",
        "of these right, %",
    ]
    return make_table(head, rows, results["program"])


def share_cells(results: Results, system: str) -> dict[str, str]:
    """How often ``system`` chose the right tool, by what it learned from."""
    return {
        condition: _share_cell([row["tool_right"] for row in found])
        for (condition, name), found in _group(results).items()
        if name == system
    }


def _group(results: Results) -> dict[tuple[str, str], list[Result]]:
    """The rows of all seeds, by condition and system."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results["program"]:
        for row in result["rows"]:
            groups.setdefault((row["condition"], row["system"]), []).append(row)
    return groups


def _name_cell(system: str, found: Sequence[Result]) -> str:
    tools = dict.fromkeys(row["tool"] for row in found if "tool" in row)
    return f"{system} (`{'`, `'.join(tools)}`)" if tools else system


def _share_cell(shares: Sequence[float]) -> str:
    return f"{percent(_mean(shares))} ({percent(min(shares))} to {percent(max(shares))})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
