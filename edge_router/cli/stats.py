"""Show what a journal's decisions come to: answered on the device, abstained, saved, how fast."""

from __future__ import annotations

import argparse
import math
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path

from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_journal, add_since
from edge_router.cli.output import percent, print_json, printable
from edge_router.journal import Latency, Stats, ToolStats, read_timeline, summarize


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    add_since(parser)
    parser.add_argument(
        "--figure", type=Path, metavar="FILE", help="draw them, too: an .svg or .png file"
    )
    parser.add_argument(
        "--price",
        type=price,
        metavar="MONEY",
        help="what a million tokens sent cost, to tell what was saved",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the numbers."""
    stats = summarize(options.file, since=options.since)
    if options.figure is not None:
        from edge_router.cli.stats_figure import draw_figure

        draw_figure(options.figure, stats, read_timeline(options.file, since=options.since))
    saved = None if options.price is None else options.price * stats.tokens_saved / 1e6
    if options.json:
        print_json({**stats.to_dict(), "money_saved": saved})
    else:
        print("\n".join(_describe(stats, saved)))
    return DONE


def price(text: str) -> float:
    """An amount of money."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if 0 <= value < 1e9:  # false for nan, too
        return value
    raise ArgumentTypeError(f"{text!r} is no price; write 0.15")


def _describe(stats: Stats, saved: float | None) -> Iterator[str]:
    yield f"texts              {stats.texts}, {stats.distinct_texts} of them distinct"
    yield f"abstained          {_share(stats.abstained, stats.texts)}"
    local = _share(stats.answered_locally, stats.dispatched)
    yield f"answered locally   {local} of those dispatched"
    sent = f"{stats.tokens_in} tokens sent, {stats.tokens_out} back"
    yield f"asked a remote     {stats.asked_remote}: {sent}"
    money = "" if saved is None else f", {saved:.2f} in money"
    yield f"saved              about {stats.tokens_saved} tokens{money}"
    yield f"said to be         right {stats.right}, wrong {stats.wrong}"
    yield f"routing            {_describe_latency(stats.routing)}"
    yield f"whole              {_describe_latency(stats.whole)}"
    for tool in stats.tools:
        yield _describe_tool(tool)


def _describe_tool(tool: ToolStats) -> str:
    judged = f", right {tool.right}, wrong {tool.wrong}" if tool.right or tool.wrong else ""
    running = "" if tool.running is None else f"; runs {_describe_latency(tool.running)}"
    return (
        f"{printable(tool.tool):<24} {tool.texts} texts, done {tool.done}, failed {tool.failed}"
        f"{judged}{running}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part} ({percent(part / whole if whole else None)})"


def _describe_latency(latency: Latency | None) -> str:
    if latency is None:
        return "-"
    return f"p50 {latency.p50_us} us, p90 {latency.p90_us} us, p99 {latency.p99_us} us"
