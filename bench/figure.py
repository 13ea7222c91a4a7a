"""Accuracy over time: where each system stands, in one picture for the README."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.measured import DATASETS, Results, rows_of
from bench.picture import digest_of, has_digest, save_picture, start_picture

FIGURE = "bench/results/accuracy_latency.png"
"""From the root of the checkout, where README.md stands."""
KINDS = ("accuracy", "peers", "latency")
"""The results that it shows."""

OURS, THEIRS = "#b3261e", "#5f6368"
_DIRECTIONS = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)]
_PLACES = [(x * far, y * far) for far in (9, 22, 40, 60) for x, y in _DIRECTIONS]
"""Of a name beside its point, in typographic points: the first that hides nothing is taken."""


class Point(NamedTuple):
    """Where a system stands in the figure."""

    name: str
    """What the tables call it."""
    p50_us: float
    """Text in to decision out."""
    percent: float
    """Accuracy."""
    percent_95: tuple[float, float]
    """Its 95 % interval."""


def collect_points(results: Results) -> list[Point]:
    """Each system that was both measured and timed on the set of the first latency result."""
    timed = results["latency"][0]
    measured = {
        row.get("name") or f"edge-router {row['label']}": row
        for kind in ("accuracy", "peers")
        for row in rows_of(results, kind)
        if row["dataset"] == timed["dataset"] and "accuracy" in row
    }
    return [
        Point(
            name,
            system["p50_us"],
            100 * measured[name]["accuracy"],
            (100 * measured[name]["accuracy_95"][0], 100 * measured[name]["accuracy_95"][1]),
        )
        for name, system in timed["systems"].items()
        if name in measured
    ]


def make_figure(results: Results) -> str:
    """The figure as an image whose text alternative says what it shows."""
    points = ", ".join(
        f"{point.name} {point.percent:.1f} % at {_format_time(point.p50_us)}"
        for point in collect_points(results)
    )
    dataset = results["latency"][0]["dataset"]
    return (
        f"![Accuracy on {DATASETS.get(dataset, dataset)} over time per text: {points}]({FIGURE})\n"
    )


def draw_figure(results: Results, path: Path) -> None:
    """Writes the picture, with the digest of what it shows inside."""
    points = collect_points(results)
    dataset = results["latency"][0]["dataset"]
    figure, axes = start_picture()
    for point in points:
        low, high = point.percent_95
        colour = _colour(point)
        axes.plot([point.p50_us] * 2, [low, high], color=colour, alpha=0.35, linewidth=2)
        axes.scatter(point.p50_us, point.percent, s=55, color=colour, zorder=3)
    _style(axes, DATASETS.get(dataset, dataset))
    figure.canvas.draw()  # places the axes, which the names are placed in
    _name_points(axes, points)
    save_picture(figure, path, digest_of(points, __file__))


def is_current(results: Results, path: Path) -> bool:
    """Whether the picture shows these results, drawn by this code."""
    return has_digest(path, digest_of(collect_points(results), __file__))


def _colour(point: Point) -> str:
    return OURS if point.name.startswith("edge-router") else THEIRS


def _style(axes: Any, dataset: str) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set_xscale("log")
    axes.margins(x=0.2, y=0.2)
    axes.set_title(
        f"Accuracy on {dataset} over the time for one text", loc="left", fontsize=12, pad=24
    )
    how = "higher is more accurate, further left is faster; bars: 95 % intervals"
    axes.text(0, 1.025, how, transform=axes.transAxes, fontsize=9, color=THEIRS)
    axes.set_xlabel("text in to decision out, p50, one thread", fontsize=10)
    axes.set_ylabel("test accuracy, %", fontsize=10)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda us, _: f"{us / 1000:g} ms" if us >= 1000 else f"{us:g} us")
    )
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(which="major", color="#e3e3e3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _format_time(us: float) -> str:
    """Two digits are what such a measurement is worth: 6.5 us, 62 us, 420 us, 3.4 ms."""
    return f"{us / 1000:.2g} ms" if us >= 995 else f"{float(f'{us:.2g}'):g} us"


def _name_points(axes: Any, points: Sequence[Point]) -> None:
    """Writes each name beside its point where it hides no point, interval or other name."""
    from matplotlib.text import Text

    renderer = axes.figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    dots = [
        axes.transData.transform((point.p50_us, low + (high - low) * step / 8))
        for point in points
        for low, high in [point.percent_95]
        for step in range(9)
    ]
    taken: list[Any] = []
    for point in points:
        for place in _PLACES:
            text = _name_point(axes, point, place)
            text.update_positions(renderer)
            # an annotation's own extent would take in the line to its point
            box = Text.get_window_extent(text, renderer).padded(2)
            is_inside = frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1)
            hides = any(map(box.overlaps, taken)) or any(box.contains(*dot) for dot in dots)
            if (is_inside and not hides) or place == _PLACES[-1]:
                break
            text.remove()
        taken.append(box)


def _name_point(axes: Any, point: Point, place: tuple[int, int]) -> Any:
    x, y = place
    is_near = max(abs(x), abs(y)) < 10
    name = point.name.replace(" + ", "\n+ ")
    return axes.annotate(
        f"{name}\n{point.percent:.1f} %, {_format_time(point.p50_us)}",
        (point.p50_us, point.percent),
        xytext=place,
        textcoords="offset points",
        ha={-1: "right", 0: "center", 1: "left"}[(x > 0) - (x < 0)],
        va={-1: "top", 0: "center", 1: "bottom"}[(y > 0) - (y < 0)],
        fontsize=9,
        linespacing=1.25,
        color=_colour(point),
        fontweight="bold" if _colour(point) == OURS else "normal",
        arrowprops=None if is_near else {"arrowstyle": "-", "color": "#b0b0b0", "shrinkB": 5},
        in_layout=False,
    )
