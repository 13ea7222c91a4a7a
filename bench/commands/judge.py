"""How far ``edge-router judge`` can be believed: logs are made up from texts whose right tool is
known, by an old router that explores, and its intervals are held against the truth.

Every log is drawn from the test texts with a tool, with replacement; the truth is the routers'
accuracy on all of them, where an abstention is an error. The old router takes its best tool, but in
a share of the texts any of its five best.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bench.bundles import Entry, parse_entry
from bench.datasets import read_split
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.comparison import compare
from edge_router.decision import Decision
from edge_router.examples import Example, LoggedOutcome

TOP = 5
"""Tools among which the old router explores."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which routers, how much is logged, and how often."""
    parser.add_argument(
        "--bundle",
        type=parse_entry,
        action="append",
        required=True,
        metavar="DATASET/LABEL=PATH",
        help="two or more of a set: each is judged against the one before it",
    )
    parser.add_argument("--resamplings", type=int, default=100)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 5000], help="of a log")
    parser.add_argument("--explore", type=float, default=0.2, help="the share of the texts")


def run(args: argparse.Namespace) -> int:
    """Judges each bundle against the one before it on the same set."""
    pairs = [(a, b) for a, b in pairwise(args.bundle) if a.dataset == b.dataset]
    rows = [row for old, new in pairs for row in _measure(old, new, args)]
    result = {"explore": args.explore, "rows": rows}
    write_result("judge", result, bundles=[entry.path for entry in args.bundle])
    return 0


@dataclass(frozen=True)
class Remembered:
    """A router's decisions on texts that are routed again and again."""

    decisions: dict[str, Decision]
    """By text, with every candidate."""

    def route(
        self, text: str, *, threshold: float | None = None, top: int | None = None
    ) -> Decision:
        """The decision."""
        return self.decisions[text]


def remember(router: Router, examples: Sequence[Example]) -> Remembered:
    """What ``router`` decides on the examples' texts, without a threshold."""
    top = len(router.tools) + 1
    return Remembered({e.text: router.route(e.text, threshold=0.0, top=top) for e in examples})


def log_outcomes(
    old: Remembered, examples: Sequence[Example], *, explore: float, source: np.random.Generator
) -> list[LoggedOutcome]:
    """What comes of the tools that the ``old`` router takes for ``examples``: 1 for the right one,
    else 0.
    """
    rows = []
    for example in examples:
        best = [c.tool for c in old.decisions[example.text].candidates[:TOP]]
        is_exploring = source.random() < explore
        tool = best[source.integers(len(best))] if is_exploring else best[0]
        rows.append(
            LoggedOutcome(
                text=example.text,
                tool=tool,
                propensity=explore / len(best) + (1 - explore) * (tool == best[0]),
                reward=float(tool == example.tool),
            )
        )
    return rows


def check_judge(
    old: Remembered,
    new: Remembered,
    examples: Sequence[Example],
    *,
    rows: int,
    resamplings: int,
    explore: float,
) -> dict[str, Any]:
    """Over logs of so many ``rows``, how often an interval held the truth, and what the verdicts
    were.
    """
    source = np.random.default_rng(0)
    truth = {name: _accuracy(router, examples) for name, router in (("old", old), ("new", new))}
    gain = truth["new"] - truth["old"]
    held = {"old": 0, "new": 0, "gain": 0}
    verdicts = {"better": 0, "worse": 0, "not told": 0}
    widths = []
    for _ in range(resamplings):
        drawn = [examples[i] for i in source.integers(len(examples), size=rows)]
        logged = log_outcomes(old, drawn, explore=explore, source=source)
        found = compare(old, new, logged, abstention_reward=0.0)
        for name, value in (("old", found.old), ("new", found.new)):
            held[name] += value.reward.low <= truth[name] <= value.reward.high
        held["gain"] += found.gain.low <= gain <= found.gain.high
        widths.append(found.gain.high - found.gain.low)
        is_better, is_worse = found.gain.low > 0, found.gain.high < 0
        told = "better" if is_better else "worse" if is_worse else "not told"
        verdicts[told if found.is_sound else "not told"] += 1
    return {
        "log_rows": rows,
        "resamplings": resamplings,
        "true_old": truth["old"],
        "true_new": truth["new"],
        "held": held,
        "gain_width": float(np.mean(widths)),
        "verdicts": verdicts,
    }


def _measure(old: Entry, new: Entry, args: argparse.Namespace) -> list[dict[str, Any]]:
    note(f"judge: {old.label} against {new.label} on {old.dataset}")
    examples = [e for e in read_split(old.dataset, "test") if e.tool is not None]
    remembered = [remember(Router.load(entry.path), examples) for entry in (old, new)]
    return [
        {
            "dataset": old.dataset,
            "old": old.label,
            "new": new.label,
            **check_judge(
                *remembered,
                examples,
                rows=rows,
                resamplings=args.resamplings,
                explore=args.explore,
            ),
        }
        for rows in args.rows
    ]


def _accuracy(router: Remembered, examples: Sequence[Example]) -> float:
    return float(np.mean([router.decisions[e.text].tool == e.tool for e in examples]))
