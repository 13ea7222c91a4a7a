"""The share of right answers over what they cost, as a picture and a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.cells import make_table, percent
from bench.measured import Result, Results
from bench.picture import digest_of, has_digest, save_picture, start_picture

FIGURE = "bench/results/costs.png"
"""From the root of the checkout."""
KINDS = ("costs",)
"""The results that it shows."""
_NAMES = {
    "learned": "learned from outcomes",
    "confidence": "where the device's router is sure, else the large one",
}

Lines = dict[str, list[tuple[float, float]]]
"""By system: mean cost and right answers in per cent."""


def collect_lines(results: Results) -> Lines:
    """The curves, and the three alone."""
    [result] = results["costs"]
    return {key: [_place(row) for row in result[key]] for key in (*_NAMES, "alone")}


def make_figure(results: Results) -> str:
    """The figure as an image whose text alternative says what it shows."""
    [result] = results["costs"]
    said = "; ".join(
        f"{_NAMES[key]}: {_percent(saved['large_calls_saved'])} of the large calls saved at "
        f"{_percent(saved['reward'])} right"
        for key, saved in result["saved"].items()
    )
    return f"![Right answers over what they cost: {said}](../{FIGURE})\n"


def make_costs(results: Results) -> str:
    """The three alone, and what each curve saves."""
    [result] = results["costs"]
    names = {"learned": "**learned from outcomes**", "confidence": _NAMES["confidence"]}
    rows = [
        [f"{row['at']} alone", percent(row["reward"]), f"{row['cost']:.2f}", ""]
        for row in result["alone"]
    ]
    cost = result["alone"][-1]["cost"]
    rows += [
        [
            names[key],
            percent(saved["reward"]),
            f"{cost * (1 - saved['cost_saved']):.2f}",
            percent(saved["large_calls_saved"]),
        ]
        for key, saved in result["saved"].items()
    ]
    head = ["who answers", "right, %", "cost of a text", "large calls saved, %"]
    return make_table(head, rows, results["costs"])


def draw_figure(results: Results, path: Path) -> None:
    """Writes the picture, with the digest of what it shows inside."""
    lines = collect_lines(results)
    figure, axes = start_picture()
    for key, style in (
        ("learned", {"color": "#b3261e", "linewidth": 2.4}),
        ("confidence", {"color": "#5f6368", "linewidth": 1.6, "linestyle": "--"}),
    ):
        points = sorted(lines[key])
        axes.plot(*zip(*points, strict=True), label=_NAMES[key], **style)
    for (cost, right), row in zip(lines["alone"], results["costs"][0]["alone"], strict=True):
        axes.scatter(cost, right, s=55, color="#1a56b0", zorder=3)
        axes.annotate(
            f"{row['at']} alone",
            (cost, right),
            xytext=(-8, -14) if cost > 0.5 else (8, -4),
            textcoords="offset points",
            ha="right" if cost > 0.5 else "left",
            color="#1a56b0",
        )
    _style(axes)
    save_picture(figure, path, digest_of(lines, __file__))


def is_current(results: Results, path: Path) -> bool:
    """Whether the picture shows these results, drawn by this code."""
    return has_digest(path, digest_of(collect_lines(results), __file__))


def _style(axes: Any) -> None:
    axes.set_title("Right answers over what they cost", loc="left", pad=12)
    axes.set_xlabel("mean cost of a text; a call of the large one costs 1")
    axes.set_ylabel("right answers, %")
    axes.grid(which="major", color="#e3e3e3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False)


def _place(row: Result) -> tuple[float, float]:
    return row["cost"], 100 * row["reward"]


def _percent(share: float) -> str:
    return f"{percent(share)} %"
