"""Markdown tables from the results' plain values; every number in them was measured and read from a
file.
"""

from __future__ import annotations

from collections.abc import Callable

from bench import costs_figure, curve_figure, figure
from bench.cells import accuracy_cell, make_table, percent, time_us
from bench.doubt_tables import make_doubt, make_promise
from bench.drift_tables import make_drift_changed, make_drift_doubled, make_drift_stable
from bench.explore_tables import make_explored, make_repeated
from bench.journal_tables import make_journal_cost, make_kills
from bench.judge_tables import make_judge
from bench.measured import DATASETS, Result, Results, rows_of
from bench.outcome_tables import make_learning, make_outcomes
from bench.program_tables import make_program, make_program_calls
from bench.proxy_tables import (
    make_proxy,
    make_proxy_answers,
    make_proxy_fuzz,
    make_proxy_memory,
    make_proxy_model,
    make_proxy_restarts,
)
from bench.robustness_tables import make_robustness
from bench.split_tables import make_negated, make_split, make_templates
from bench.taught_tables import (
    make_beside,
    make_curve_table,
    make_described,
    make_few_shot,
    make_scale,
)
from bench.tool_tables import (
    make_calls,
    make_faults,
    make_overhead,
    make_recognized,
    make_times,
    make_tokens,
)


def make_accuracy(results: Results) -> str:
    """Accuracy in per cent with its 95 % interval: our bundles, then the floors, by set; and the
    size for CLINC150.
    """
    cells: dict[str, dict[str, Result]] = {}
    for row in rows_of(results, "accuracy"):
        cells.setdefault(f"**edge-router `{row['label']}`**", {})[row["dataset"]] = row
    for row in rows_of(results, "peers"):
        cells.setdefault(row["name"], {})[row["dataset"]] = row
    names = {k: v for k, v in DATASETS.items() if any(k in found for found in cells.values())}
    rows = [
        [
            system,
            *(accuracy_cell(found.get(name)) for name in names),
            _size_cell(found.get("clinc150")),
        ]
        for system, found in cells.items()
    ]
    return make_table(
        ["accuracy, %", *names.values(), "size, CLINC150"],
        rows,
        results["accuracy"] + results["peers"],
    )


def make_decisions(results: Results) -> str:
    """What a bundle does with its confidence: calibration, out-of-scope texts, and what the
    threshold does.
    """
    rows = [
        [
            f"{DATASETS.get(row['dataset'], row['dataset'])} `{row['label']}`",
            f"{row['ece']:.4f} ({row['ece_95'][0]:.4f} to {row['ece_95'][1]:.4f})",
            _auroc_cell(row),
            percent(row["answered_share"]),
            percent(row["precision"]),
            percent(row["rejected_share"]),
            f"{row['threshold']:.3f}",
        ]
        for row in rows_of(results, "accuracy")
    ]
    head = [
        "set, recipe",
        "ECE",
        "out-of-scope AUROC",
        "answered, %",
        "right, %",
        "out of scope rejected, %",
        "threshold",
    ]
    return make_table(head, rows, results["accuracy"])


def make_latency(results: Results) -> str:
    """Microseconds, text in to decision out, one thread; and each p50 as a multiple of the first
    system's.
    """
    rows = []
    for result in results["latency"]:
        for name, system in result["systems"].items():
            times = [time_us(system[key]) for key in ("p50_us", "p99_us", "p999_us")]
            rows.append([name, *times, f"{system['p50_ratio']:.2f}"])
        rows += [[name, why, "", "", ""] for name, why in result["not_installed"].items()]
    first = results["latency"][0]["ratios_to"]
    return make_table(
        ["us a text", "p50", "p99", "p99.9", f"p50 to {first}'s"], rows, results["latency"]
    )


def make_latency_by_words(results: Results) -> str:
    """p50 and p99 in microseconds by the length of the text."""
    result = results["latency"][0]
    lengths = list(result["systems"][result["ratios_to"]]["by_words"])
    lengths.sort(key=lambda words: int(words.partition("-")[0]))
    rows = [
        [name, *(_length_cell(system["by_words"].get(words)) for words in lengths)]
        for name, system in result["systems"].items()
    ]
    head = [f"{words.replace('-1000', ' or more').replace('-', ' to ')} words" for words in lengths]
    return make_table(["p50 / p99, us", *head], rows, [result])


def make_device(results: Results) -> str:
    """Cold start, memory and ARM instructions of each bundle."""
    rows: list[list[str]] = []
    for result in results["latency"]:
        for label, stages in result["cold_start"].items():
            rows += [
                [f"`{label}`: {stage}", f"{time['median_s']:.3f} s"]
                for stage, time in stages.items()
            ]
    for row in rows_of(results, "memory"):
        after = f", peak after {row['routes']} routes" if "routes" in row else ", peak"
        rows.append(
            [
                f"`{row['label']}`{after}" if "routes" in row else f"{row['label']}{after}",
                f"{row['peak_mb']:.1f} MB",
            ]
        )
    for row in rows_of(results, "arm64"):
        for kind, counts in row["instructions"].items():
            what = f"`{row['label']}`: instructions, {row['counted']}, {kind}"
            rows.append([what, f"{counts['mean'] / 1e6:.2f} M (p99 {counts['p99'] / 1e6:.2f} M)"])
    return make_table(
        ["on the device", ""], rows, results["latency"] + results["memory"] + results["arm64"]
    )


def make_arm64(results: Results) -> str:
    """How many decisions, confidences or logits differ from this machine's, by core."""
    rows = [
        [
            f"`{row['label']}`",
            kind["kind"],
            f"{kind['differing']} of {row['texts']}",
            f"{kind['goldens_differing']} of {row['goldens']}",
        ]
        for row in rows_of(results, "arm64")
        for kind in row["kinds"]
    ]
    return make_table(
        ["bundle", "core", "texts that differ", "goldens that differ"], rows, results["arm64"]
    )


def make_busy(results: Results) -> str:
    """Updates a second of a student's training, alone and beside a program that keeps a core
    busy.
    """
    found: dict[str, dict[bool, Result]] = {}
    for row in rows_of(results, "busy"):
        found.setdefault(row["policy"], {})[row["is_busy"]] = row
    rows = [
        [policy, *(f"{cases[is_busy]['updates_per_s']:.1f}" for is_busy in (False, True))]
        for policy, cases in found.items()
    ]
    return make_table(
        ["updates a second, OMP_WAIT_POLICY", "alone", "beside a busy program"],
        rows,
        results["busy"],
    )


def make_explain(results: Results) -> str:
    """Areas under the deletion curves, by the order in which words are deleted."""
    rows = [
        [
            f"`{row['label']}`: {row['method']}",
            f"{row['same_answer']:.3f}",
            _ratio_cell(row, "same_answer_to_random"),
            _ratio_cell(row, "lead"),
        ]
        for row in rows_of(results, "explain")
    ]
    head = ["order of deletion", "same answer, area", "to random's", "lead, area"]
    return make_table(head, rows, results["explain"])


TABLES: dict[str, tuple[Callable[[Results], str], tuple[str, ...]]] = {
    "accuracy": (make_accuracy, ("accuracy", "peers")),
    "decisions": (make_decisions, ("accuracy",)),
    "judge": (make_judge, ("judge",)),
    "promise": (make_promise, ("promise",)),
    "doubt": (make_doubt, ("accuracy",)),
    "latency": (make_latency, ("latency",)),
    "latency_by_words": (make_latency_by_words, ("latency",)),
    "device": (make_device, ("latency", "memory", "arm64")),
    "arm64": (make_arm64, ("arm64",)),
    "busy": (make_busy, ("busy",)),
    "explain": (make_explain, ("explain",)),
    "robustness": (make_robustness, ("robustness",)),
    "split": (make_split, ("split",)),
    "templates": (make_templates, ("split",)),
    "negated": (make_negated, ("split",)),
    "few_shot": (make_few_shot, ("teach",)),
    "described": (make_described, ("teach",)),
    "beside": (make_beside, ("teach",)),
    "scale": (make_scale, ("scale",)),
    "recognized": (make_recognized, ("arguments",)),
    "times": (make_times, ("arguments",)),
    "calls": (make_calls, ("arguments",)),
    "overhead": (make_overhead, ("dispatch",)),
    "tokens": (make_tokens, ("dispatch",)),
    "faults": (make_faults, ("dispatch",)),
    "proxy": (make_proxy, ("serve",)),
    "proxy_memory": (make_proxy_memory, ("proxy",)),
    "proxy_restarts": (make_proxy_restarts, ("proxy",)),
    "proxy_fuzz": (make_proxy_fuzz, ("proxy",)),
    "proxy_model": (make_proxy_model, ("proxy",)),
    "proxy_answers": (make_proxy_answers, ("serve",)),
    "journal_cost": (make_journal_cost, ("journal",)),
    "kills": (make_kills, ("journal",)),
    "repeated": (make_repeated, ("explore",)),
    "explored": (make_explored, ("explore",)),
    "drift_stable": (make_drift_stable, ("drift",)),
    "drift_doubled": (make_drift_doubled, ("drift",)),
    "drift_changed": (make_drift_changed, ("drift",)),
    "learning": (make_learning, ("outcomes", "program")),
    "outcomes": (make_outcomes, ("outcomes",)),
    "program": (make_program, ("program",)),
    "program_calls": (make_program_calls, ("program",)),
    "curve": (make_curve_table, curve_figure.KINDS),
    "curve_figure": (curve_figure.make_figure, curve_figure.KINDS),
    "costs": (costs_figure.make_costs, costs_figure.KINDS),
    "costs_figure": (costs_figure.make_figure, costs_figure.KINDS),
    "figure": (figure.make_figure, figure.KINDS),
}
"""The tables by the name in their markers, and the kinds of results that each needs."""


def _auroc_cell(row: Result) -> str:
    return (
        f"{row['auroc']:.3f} ({row['auroc_95'][0]:.3f} to {row['auroc_95'][1]:.3f})"
        if row["auroc"] is not None
        else ""
    )


def _size_cell(row: Result | None) -> str:
    return f"{row['size_bytes'] / 1e6:.1f} MB" if row is not None and "size_bytes" in row else ""


def _ratio_cell(row: Result, key: str) -> str:
    low, high = row[f"{key}_95"]
    return f"{row[key]:.2f} ({low:.2f} to {high:.2f})"


def _length_cell(part: Result | None) -> str:
    return f"{time_us(part['p50_us'])} / {time_us(part['p99_us'])}" if part is not None else ""
