"""Decide which tool answers a text.

With ``-`` the texts come from stdin, one a line, and each is answered as soon as it is read.
"""

from __future__ import annotations

import argparse
import time

from edge_router.cli.exit_codes import ABSTAINED, DONE
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.texts import STDIN, check_texts, read_texts
from edge_router.decision import Decision
from edge_router.router import Router


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument("text", nargs="+", help="texts to route; - reads stdin, one text a line")


def run(options: argparse.Namespace) -> int:
    """Prints a decision per text."""
    check_texts(options.text)
    router = Router.load(options.bundle)
    router.route("warm up")  # the first run of a session allocates; it is nobody's answer
    decision = None
    for text in read_texts(options.text, max_chars=router.bundle.manifest.max_chars):
        start = time.perf_counter_ns()
        decision = router.route(text)
        latency_us = (time.perf_counter_ns() - start) / 1000
        if options.json:
            print_json({"text": text, **decision.to_dict(), "latency_us": latency_us})
        else:
            print(_describe(text, decision, latency_us), flush=True)
    is_single = len(options.text) == 1 and options.text != [STDIN]
    return ABSTAINED if is_single and decision is not None and decision.tool is None else DONE


def _describe(text: str, decision: Decision, latency_us: float) -> str:
    name = printable(decision.tool or "(no tool)")
    line = (
        f"{name:<24} {100 * decision.confidence:5.1f} %  {decision.reason.value:<15} "
        f"{latency_us:6.0f} us  {one_line(text)}"
    )
    ranked = [
        f"{printable(c.tool or 'no tool')} {100 * c.confidence:.1f} %"
        for c in decision.candidates[:3]
    ]
    return line if decision.tool or not ranked else f"{line}\n{'':24} best: {', '.join(ranked)}"
