"""Decide which tool answers a text, or with ``--split`` each of its parts.

With ``-`` the texts come from stdin, one a line, and each is answered as soon as it is read.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from edge_router.cli.arguments import amount, count, share
from edge_router.cli.exit_codes import ABSTAINED, DONE
from edge_router.cli.journal import add_exploring, add_recording, explore, open_journal
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.teaching import add_taught, load_router, take_bundle
from edge_router.cli.texts import STDIN, check_texts, read_texts
from edge_router.decision import Decision, Reason
from edge_router.errors import InputError
from edge_router.router import Router

if TYPE_CHECKING:
    from edge_router.dispatcher.recorder import Recorder
    from edge_router.journal import Journal

_SHOWN = 3
"""Candidates of a text that did not get its best one, where ``--top`` asks for no other number."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "text",
        nargs="+",
        help="a .router file (default: the router in the package, which knows what was taught), "
        "and texts to route, after -- where one begins with a dash; - reads stdin, a text a line",
    )
    add_taught(parser)
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="SHARE",
        help="confidence to decide from, such as 0.8, or 80%% (default: the bundle's)",
    )
    parser.add_argument(
        "--top", type=count, metavar="N", help="candidates to show (default: the bundle's number)"
    )
    parser.add_argument(
        "--cost-weight",
        type=amount,
        metavar="WEIGHT",
        help="how much reward a cost of 1 outweighs, for a bundle that knows costs (the bundle's)",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="part a text that asks for more than one thing; what it forbids has no tool to run",
    )
    add_recording(parser)
    add_exploring(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a decision per text."""
    bundle, texts = take_bundle(options.text)
    check_texts(texts)
    _check_split(options)
    router = load_router(bundle, options)
    # the first run of a session allocates, and the first split reads its words; nobody's answers
    _ = router.split("warm up") if options.split else router.route("warm up")
    is_decided = True
    with open_journal(options) as journal:
        router = explore(router, options, journal)
        recorder = _make_recorder(journal, router)
        for text in read_texts(texts, max_chars=router.bundle.manifest.max_chars):
            if options.split:
                is_decided = _show_parts(router, text, options, recorder)
            else:
                is_decided = _show_decision(router, text, options, recorder)
    is_single = len(texts) == 1 and texts != [STDIN]
    return DONE if is_decided or not is_single else ABSTAINED


def _check_split(options: argparse.Namespace) -> None:
    """Raises InputError for what does not go with ``--split``."""
    if options.split and options.top:
        raise InputError("--split shows no candidates; leave --top out")
    if options.split and options.cost_weight is not None:
        raise InputError("--split weighs no costs; leave --cost-weight out")
    if options.split and options.explore:
        raise InputError("--split never explores; leave --explore out")


def _show_decision(
    router: Router, text: str, options: argparse.Namespace, recorder: Recorder | None
) -> bool:
    """Prints the decision; whether a tool was chosen."""
    start = time.perf_counter_ns()
    decision = router.route(
        text, threshold=options.threshold, top=options.top, cost_weight=options.cost_weight
    )
    latency_us = (time.perf_counter_ns() - start) / 1000
    if recorder is not None:
        recorder.record_decision(text, decision, routing_us=round(latency_us))
    if options.json:
        print_json({"text": text, **decision.to_dict(), "latency_us": latency_us})
    else:
        shown = options.top or (0 if decision.reason is Reason.CONFIDENT else _SHOWN)
        print(_describe(text, decision, latency_us, shown), flush=True)
    return decision.tool is not None


def _show_parts(
    router: Router, text: str, options: argparse.Namespace, recorder: Recorder | None
) -> bool:
    """Prints the parts of the text; whether a tool was chosen for one of them."""
    start = time.perf_counter_ns()
    parts = router.split(text, threshold=options.threshold)
    latency_us = (time.perf_counter_ns() - start) / 1000
    if recorder is not None:
        for part in parts:
            recorder.record_decision(part.text, part.decision, routing_us=round(latency_us))
    if options.json:
        dicts = [part.to_dict() for part in parts]
        print_json({"text": text, "parts": dicts, "latency_us": latency_us})
    else:
        lines = [_describe(part.text, part.decision, latency_us, 0) for part in parts]
        print("\n".join(lines), flush=True)
    return any(part.decision.tool is not None for part in parts)


def _make_recorder(journal: Journal | None, router: Router) -> Recorder | None:
    if journal is None:
        return None
    from edge_router.dispatcher.recorder import Recorder  # for those alone who record

    return Recorder(journal, router=router)


def _describe(text: str, decision: Decision, latency_us: float, shown: int) -> str:
    name = printable(decision.tool or "(no tool)")
    line = (
        f"{name:<24} {100 * decision.confidence:5.1f} %  {decision.reason.value:<15} "
        f"{latency_us:6.0f} us  {one_line(text)}"
    )
    ranked = [
        f"{printable(c.tool or 'no tool')} {100 * c.confidence:.1f} %"
        for c in decision.candidates[:shown]
    ]
    return f"{line}\n{'':24} best: {', '.join(ranked)}" if ranked else line
