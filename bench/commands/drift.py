"""Whether ``edge-router drift`` notices what changes, and only that.

Test texts go through the router once; streams of so many a day are drawn from them, each tool as
often as in training, or as told. A look a day compares the last 7 days with the bundle's held-out
texts, or with the 21 days before those. Weeks in which nothing changes: how many have an alarm. A
tool whose share doubles on one day: after how many texts it is named, of a number of streams for
each tool. Other changes: after how many texts any alarm comes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.bundles import Entry, parse_entry
from bench.datasets import read_split
from bench.drifting import BEFORE, WEEK, Draw, Pool, count_alarms, count_days
from bench.perturbations import perturb_texts
from bench.scores import interval_of_share
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.bundle import Choice, Reference
from edge_router.examples import Example
from edge_router.journal.drift import LEVEL, TOOLS_SHARE, Drift
from edge_router.journal.power import find_noticed
from edge_router.journal.texts import Text, Texts, take_reference
from edge_router.routing.known_words import KnownWords

OUTSIDE = ("clinc150", "oos_test")
"""Texts that fit none of any set's tools."""
OUTSIDE_SHARE = 0.1
TYPOS = ("typos in 10 % of words", "typos in 20 % of words")
SHARES = (0.01, 0.02, 0.05, 0.1)
"""From which a tool's share doubles, beside what it is in training."""
HELD_OUT, EARLIER = "the bundle's", "earlier ones"
Shares = dict[str | None, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles, and how many of what."""
    parser.add_argument(
        "--bundle", type=parse_entry, action="append", required=True, metavar="DATASET/LABEL=PATH"
    )
    parser.add_argument("--weeks", type=int, default=200, help="in which nothing changes (200)")
    parser.add_argument("--day", type=int, default=142, help="texts a day (142)")
    parser.add_argument("--streams", type=int, default=150, help="of each change (150)")
    parser.add_argument("--most-days", type=int, default=28, help="waited for a change (28)")
    parser.add_argument("--name", default="drift", help="of the result (drift)")


def run(args: argparse.Namespace) -> int:
    """Measures each bundle and writes the result."""
    whole: dict[str, Any] = {
        "day": args.day,
        "week": WEEK * args.day,
        "most": args.most_days * args.day,
        "level": LEVEL,
        "stable": [],
        "doubled": [],
        "changed": [],
    }
    for entry in args.bundle:
        measured = _Measured(entry, args)
        whole["stable"] += measured.count_false_alarms()
        whole["doubled"] += measured.double_shares()
        whole["changed"] += measured.change_texts()
    write_result(args.name, whole, bundles=[entry.path for entry in args.bundle])
    return 0


class _Measured:
    """One bundle, with what it makes of the test texts of its set."""

    def __init__(self, entry: Entry, args: argparse.Namespace) -> None:
        self.named = {"dataset": entry.dataset, "label": entry.label}
        self.args = args
        router = Router.load(entry.path)
        self.named["sha256"] = router.bundle.sha256
        choice, reference = _take_parts(router)
        self.reference = take_reference(reference, choice)
        test = read_split(entry.dataset, "test")
        self.pools = {"": read_pool(router, [*test, *read_split(*OUTSIDE)])}
        for name in TYPOS:
            texts = perturb_texts(name, [example.text for example in test])
            typed = [replace(e, text=text) for e, text in zip(test, texts, strict=True)]
            self.pools[name] = read_pool(router, typed)
        trained = [example.tool for example in read_split(entry.dataset, "train")]
        self.shares: Shares = {
            tool.name: trained.count(tool.name) / len(trained) for tool in choice.tools
        }

    def count_false_alarms(self) -> Iterator[dict[str, Any]]:
        """A row for each way to compare, and to look."""
        for against, reference in self._list_sides():
            for is_daily in (False, True):
                draw = self.pools[""].draw(self.shares, seed=1)
                alarms = count_alarms(
                    draw,
                    weeks=self.args.weeks,
                    day=self.args.day,
                    reference=reference,
                    is_daily=is_daily,
                )
                row = {"against": against, "is_daily": is_daily, "weeks": self.args.weeks}
                yield self._tell({**row, "alarms": alarms})

    def double_shares(self) -> Iterator[dict[str, Any]]:
        """A row for what each tool's share is, against both, and for each of :data:`SHARES`."""
        for against, reference in self._list_sides():
            yield self._double(None, against, reference)
        for share in SHARES:
            yield self._double(share, EARLIER, None)

    def change_texts(self) -> Iterator[dict[str, Any]]:
        """A row for each change of all texts, against both."""
        outside: Shares = {**self.shares, None: OUTSIDE_SHARE / (1 - OUTSIDE_SHARE)}
        changes = [(name, self.pools[name], self.shares) for name in TYPOS]
        fits_none = f"{100 * OUTSIDE_SHARE:.0f} % of the texts fit no tool"
        changes.append((fits_none, self.pools[""], outside))
        for change, pool, shares in changes:
            for against, reference in self._list_sides():
                days = [
                    self._count_days(
                        self.pools[""].draw(self.shares, 2 * number),
                        pool.draw(shares, 2 * number + 1),
                        reference,
                        lambda drift: drift.has_drifted,
                    )
                    for number in range(self.args.streams)
                ]
                yield self._tell({"change": change, "against": against, **self._summarize(days)})

    def _double(self, share: float | None, against: str, reference: Texts | None) -> dict[str, Any]:
        """Each tool in turn that can have twice as much; ``None``: from what its share is."""
        pool, days, starts = self.pools[""], [], []
        tools = [name for name, old in self.shares.items() if 2 * (share or old) < 1]
        for number in range(self.args.streams):
            tool = tools[number % len(tools)]
            start = self.shares[tool] if share is None else share
            starts.append(start)
            before, after = (
                pool.draw(give_share(self.shares, tool, part), 2 * number + seed)
                for seed, part in ((0, start), (1, 2 * start))
            )
            days.append(self._count_days(before, after, reference, names(tool)))
        week = WEEK * self.args.day
        there = reference.count if reference else (BEFORE - WEEK) * self.args.day
        level = LEVEL * TOOLS_SHARE / len(self.shares)
        told = [find_noticed(start, week, there, level) for start in starts]
        row = {"against": against, "share": share, "mean_share": float(np.mean(starts))}
        return self._tell({**row, **self._summarize(days), "told": float(np.mean(told))})

    def _count_days(
        self,
        before: Draw,
        after: Draw,
        reference: Texts | None,
        notices: Callable[[Drift], bool],
    ) -> int | None:
        return count_days(
            before,
            after,
            day=self.args.day,
            most=self.args.most_days,
            reference=reference,
            notices=notices,
        )

    def _summarize(self, days: Sequence[int | None]) -> dict[str, Any]:
        """The share that is noticed within a week, and the median of the texts until then."""
        within = [number is not None and number <= WEEK for number in days]
        middle = sorted(number or self.args.most_days + 1 for number in days)[len(days) // 2]
        return {
            "streams": len(days),
            "noticed": sum(within) / len(days),
            "noticed_95": interval_of_share(within),
            "median_texts": middle * self.args.day if middle <= self.args.most_days else None,
        }

    def _list_sides(self) -> tuple[tuple[str, Texts | None], ...]:
        return (HELD_OUT, self.reference), (EARLIER, None)

    def _tell(self, row: dict[str, Any]) -> dict[str, Any]:
        note(f"drift: {self.named['dataset']}: {row}")
        return self.named | row


def read_pool(router: Router, examples: Sequence[Example]) -> Pool:
    """What the router makes of the examples, by their tools."""
    words = KnownWords.of_file(router.bundle.tokenizer)
    by_tool: dict[str | None, list[Text]] = {}
    for example in examples:
        decision = router.route(example.text)
        if not decision.candidates:
            continue
        best = decision.candidates[0]
        is_abstained = decision.tool is None and decision.proposed is None
        unknown = words.unknown_share(router.tokens(example.text))
        text = Text(best.tool, best.confidence, is_abstained, unknown)
        by_tool.setdefault(example.tool, []).append(text)
    return Pool(by_tool)


def give_share(shares: Shares, tool: str | None, share: float) -> Shares:
    """``shares`` with that of one tool, the others in proportion."""
    rest = (1 - share) / (1 - shares[tool])
    return {name: share if name == tool else rest * old for name, old in shares.items()}


def names(tool: str | None) -> Callable[[Drift], bool]:
    """Whether a look names this very tool."""
    return lambda drift: any(found.has_moved and found.tool == tool for found in drift.tools)


def _take_parts(router: Router) -> tuple[Choice, Reference]:
    parts = router.bundle.manifest.parts
    if parts.choice is None or parts.reference is None:
        raise OSError(f"{router!r} has no reference of held-out texts; train it again")
    return parts.choice, parts.reference
