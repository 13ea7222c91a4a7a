"""Accuracy against latency: where each system stands."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # draws to files, needs no display
from matplotlib import pyplot as plt

from bench.tables import DATASETS, Results


def draw_accuracy_latency(results: Results, path: Path) -> None:
    """A point for each system that was both measured and timed on the same set; p50 on a
    logarithmic axis.
    """
    timed = results["latency"][-1]
    points = collect_points(results)
    times = [p50_us for _, p50_us, _ in points]
    middle = (min(times, default=1.0) * max(times, default=1.0)) ** 0.5
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for name, p50_us, percent in points:
        is_ours = name.startswith("edge-router")
        axes.scatter(p50_us, percent, s=60, color="tab:red" if is_ours else "tab:gray", zorder=3)
        side = (
            -1 if p50_us > middle else 1
        )  # names point to the middle, so that none leaves the frame
        axes.annotate(
            name,
            (p50_us, percent),
            xytext=(8 * side, 6),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            fontsize=8,
        )
    axes.set_xscale("log")
    axes.margins(x=0.25, y=0.15)
    axes.grid(which="both", alpha=0.2)
    axes.set_xlabel("p50 of a text in to decision out, one thread, us")
    axes.set_ylabel(f"accuracy on {DATASETS.get(timed['dataset'], timed['dataset'])} test, %")
    figure.savefig(path, dpi=150, metadata={"Software": None})
    plt.close(figure)


def collect_points(results: Results) -> list[tuple[str, float, float]]:
    """Name, p50 in microseconds and accuracy in per cent of each system that has both."""
    timed = results["latency"][-1]
    accuracy = {
        row.get("name") or f"edge-router {row['label']}": row["accuracy"]
        for kind in ("accuracy", "peers")
        for result in results[kind]
        for row in result["rows"]
        if row["dataset"] == timed["dataset"] and "accuracy" in row
    }
    return [
        (name, system["p50_us"], 100 * accuracy[name])
        for name, system in timed["systems"].items()
        if name in accuracy
    ]
