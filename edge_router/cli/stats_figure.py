"""A journal's numbers as one picture. Needs the extra ``export``, for matplotlib."""

from __future__ import annotations

import warnings
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from edge_router.cli.output import printable
from edge_router.errors import InputError, MissingExtraError
from edge_router.journal import Latency, Stats, Timeline

SUFFIXES = (".png", ".svg")
TOOLS = 12
"""The most frequent tools, which have a bar each."""
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0}
_HERE, _REMOTE, _ABSTAINED = "#4477aa", "#ee9944", "#bbbbbb"
_SETTINGS = {
    "text.parse_math": False,  # a tool's name is no formula
    "svg.fonttype": "none",  # letters stay letters, of whatever alphabet
    "svg.hashsalt": "edge-router",  # equal input, equal bytes
    "font.size": 9,
}


def draw_figure(path: Path, stats: Stats, timeline: Timeline) -> None:
    """Writes ``path``: the texts in time, the tokens saved, the tools, the times. Raises InputError
    for a file of another kind, and MissingExtraError.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name!r} is no name for a figure; end it with .svg or .png")
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("export", error.name or "matplotlib") from error
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # a letter that the font lacks is a box in a .png, and itself in an .svg
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure = Figure(figsize=(10, 6.4), layout="constrained")
        axes = figure.subplots(2, 2)
        for ax in axes.flat:
            ax.spines[["top", "right"]].set_visible(False)
        _draw_texts(axes[0, 0], timeline)
        _draw_saved(axes[0, 1], timeline)
        _draw_tools(axes[1, 0], stats)
        _draw_times(axes[1, 1], stats)
        dates = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
        figure.savefig(path, dpi=160, metadata=dates)


def _draw_texts(axes: Any, timeline: Timeline) -> None:
    """Each text once, stacked."""
    starts = [bucket.start for bucket in timeline.buckets]
    width = 0.9 * _DAYS[timeline.unit]
    kinds = [
        ("decided here", _HERE, [bucket.decided for bucket in timeline.buckets]),
        ("asked a model", _REMOTE, [bucket.asked_remote for bucket in timeline.buckets]),
        ("abstained", _ABSTAINED, [bucket.abstained for bucket in timeline.buckets]),
    ]
    below = [0] * len(starts)
    for name, color, counts in kinds:
        label = f"{name}: {sum(counts)}"
        axes.bar(starts, counts, width, bottom=below, color=color, label=label, align="edge")
        below = [low + count for low, count in zip(below, counts, strict=True)]
    axes.set_title(f"Texts by the {timeline.unit}", loc="left")
    axes.set_ylim(0, max(below, default=0) * 1.35 + 1)  # room for the names above the bars
    axes.legend(
        frameon=False, loc="upper left", ncols=3, fontsize=8, columnspacing=1, handlelength=1
    )
    axes.yaxis.get_major_locator().set_params(integer=True)
    _set_dates(axes)


def _draw_saved(axes: Any, timeline: Timeline) -> None:
    """Tokens, added up from the first on: each sum stands where its hour, day or week ends."""
    totals = list(accumulate([bucket.tokens_saved for bucket in timeline.buckets], initial=0))
    starts = [bucket.start for bucket in timeline.buckets]
    ends = [start + timedelta(days=_DAYS[timeline.unit]) for start in starts]
    axes.plot([*starts[:1], *ends], totals if starts else [], color=_HERE)
    axes.plot(ends[-1:], totals[-1:] if starts else [], "o", color=_HERE, markersize=4)
    axes.set_title(f"Tokens saved, about {totals[-1]:,} in all", loc="left")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    _set_dates(axes)


def _draw_tools(axes: Any, stats: Stats) -> None:
    """How often each was chosen, and what was said of it."""
    shown = stats.tools[:TOOLS][::-1]
    bars = axes.barh([printable(tool.tool) for tool in shown], [tool.texts for tool in shown])
    for bar in bars:
        bar.set_color(_HERE)
    said = [f"right {t.right}, wrong {t.wrong}" if t.right or t.wrong else "" for t in shown]
    axes.bar_label(bars, [f" {tool.texts}  {word}" for tool, word in zip(shown, said, strict=True)])
    more = len(stats.tools) - len(shown)
    axes.set_title(f"Texts by tool{f' ({more} more)' if more else ''}", loc="left")
    axes.margins(x=0.25)
    axes.xaxis.get_major_locator().set_params(integer=True)


def _draw_times(axes: Any, stats: Stats) -> None:
    """Half, nine of ten and 99 of 100, as a line with three marks."""
    rows: list[tuple[str, Latency | None]] = [("routing", stats.routing), ("whole", stats.whole)]
    rows = [row for row in rows if row[1] is not None][::-1]
    for place, (_, latency) in enumerate(rows):
        assert latency is not None
        times = [latency.p50_us, latency.p90_us, latency.p99_us]
        axes.plot([times[0], times[2]], [place, place], color=_ABSTAINED, linewidth=3, zorder=1)
        for us, mark, name in zip(times, "os^", ("p50", "p90", "p99"), strict=True):
            label = name if place == 0 else None
            axes.plot(us, place, mark, color=_HERE, label=label, markersize=6)
        said = " / ".join(map(_format_time, times))
        axes.annotate(said, (times[0], place), xytext=(0, 9), textcoords="offset points")
    axes.set_yticks(range(len(rows)), labels=[name for name, _ in rows])
    axes.set_ylim(-0.6, max(1, len(rows)) - 0.2)
    axes.set_title("Time for a text: p50 / p90 / p99", loc="left")
    if rows:
        axes.set_xscale("log")
        axes.margins(x=0.25)
        axes.xaxis.set_major_formatter(lambda us, _: _format_time(us))
        axes.legend(frameon=False, loc="lower right", ncols=3, fontsize=8)


def _set_dates(axes: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _format_time(us: float) -> str:
    if us < 1000:
        return f"{us:.0f} us"
    return f"{us / 1000:.3g} ms" if us < 1e6 else f"{us / 1e6:.3g} s"
