"""Accuracy over the number of examples, as a picture."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

from bench.measured import DATASETS, Results, rows_of
from bench.picture import digest_of, has_digest, save_picture, start_picture

FIGURE = "bench/results/learning_curve.png"
"""From the root of the checkout."""
KINDS = ("curve",)
"""The results that it shows."""
_OURS = (
    {"color": "#b3261e", "linewidth": 2.4},
    {"color": "#1a56b0", "linewidth": 2.4},
)
_THEIRS = (
    {"color": "#5f6368", "linewidth": 1.6, "linestyle": "--"},
    {"color": "#5f6368", "linewidth": 1.6, "linestyle": ":"},
    {"color": "#5f6368", "linewidth": 1.6, "linestyle": "-."},
)

Lines = dict[str, list[tuple[int, float, float, float]]]
"""By system: examples of each tool, accuracy in per cent and its 95 % bounds."""


def collect_lines(results: Results) -> Lines:
    """The systems that were measured, ours first."""
    found: Lines = {}
    for row in sorted(rows_of(results, "curve"), key=lambda row: int(row["shots"])):
        if "accuracy" in row:
            low, high = row["accuracy_95"]
            point = (row["shots"], 100 * row["accuracy"], 100 * low, 100 * high)
            found.setdefault(_name(row["system"]), []).append(point)
    return dict(sorted(found.items(), key=lambda item: not item[0].startswith("edge-router")))


def make_figure(results: Results) -> str:
    """The figure as an image whose text alternative says what it shows."""
    said = "; ".join(
        f"{name} {', '.join(f'{percent:.1f} % at {shots}' for shots, percent, *_ in points)}"
        for name, points in collect_lines(results).items()
    )
    return f"![Accuracy on {_dataset(results)} over examples of each tool: {said}](../{FIGURE})\n"


def draw_figure(results: Results, path: Path) -> None:
    """Writes the picture, with the digest of what it shows inside."""
    figure, axes = start_picture()
    lines, ours, theirs = collect_lines(results), cycle(_OURS), cycle(_THEIRS)
    for name, points in lines.items():
        style = next(ours if name.startswith("edge-router") else theirs)
        shots, shares, lows, highs = zip(*points, strict=True)
        axes.plot(shots, shares, marker="o", markersize=5, label=name, **style)
        axes.fill_between(shots, lows, highs, color=style["color"], alpha=0.12, linewidth=0)
    _style(axes, _dataset(results), sorted({p[0] for points in lines.values() for p in points}))
    save_picture(figure, path, digest_of(lines, __file__))


def is_current(results: Results, path: Path) -> bool:
    """Whether the picture shows these results, drawn by this code."""
    return has_digest(path, digest_of(collect_lines(results), __file__))


def _style(axes: Any, dataset: str, shots: list[int]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(shots, [str(number) for number in shots])
    axes.minorticks_off()
    axes.set_title(f"Accuracy on {dataset} over the examples of each tool", loc="left", pad=12)
    axes.set_xlabel("examples of each tool")
    axes.set_ylabel("best tool right, %; bands: 95 % intervals")
    axes.grid(which="major", color="#e3e3e3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False)


def _dataset(results: Results) -> str:
    name = results["curve"][0]["dataset"]
    return DATASETS.get(name, name)


def _name(system: str) -> str:
    return f"edge-router, {system}" if system.startswith(("taught", "trained")) else system
