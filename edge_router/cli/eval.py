"""Measure a router on labelled texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.exit_codes import CHECK_FAILED, DONE
from edge_router.cli.output import one_line, percent, print_json
from edge_router.errors import DataError
from edge_router.evaluate import Evaluation, evaluate
from edge_router.examples import read_examples
from edge_router.router import Router


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument(
        "examples", nargs="+", type=Path, help="JSONL or CSV files with text and tool"
    )
    parser.add_argument(
        "--min-accuracy",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="exit with 1 below this accuracy",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the figures."""
    router = Router.load(options.bundle)
    examples = [example for path in options.examples for example in read_examples(path)]
    if not examples:
        raise DataError("there is nothing to measure; give a file with at least one example")
    found = evaluate(router, examples)
    if options.json:
        scores = [
            {"tool": s.tool, "support": s.support, "precision": s.precision, "recall": s.recall}
            for s in found.tool_scores()
        ]
        print_json({**found.to_dict(), "tools": scores})
    else:
        print(_describe(found, router.threshold))
    return DONE if found.accuracy >= options.min_accuracy else CHECK_FAILED


def _describe(found: Evaluation, threshold: float) -> str:
    lines = [
        f"texts                  {len(found.predictions)} ({len(found.in_scope)} with a tool)",
        f"accuracy               {percent(found.accuracy)}   best candidate, abstained or not",
        f"answered               {percent(found.answered_share)}   at the threshold "
        f"{threshold:.3f}",
        f"precision of answers   {percent(found.precision)}",
        f"calibration error      {found.ece:.4f}",
        f"out of scope rejected  {percent(found.rejected_share)}",
    ]
    lines += [
        f"{c.count:>4} x {c.expected or 'no tool'} -> {c.got or 'no tool'}: {one_line(c.texts[0])}"
        for c in found.confusions(5)
    ]
    return "\n".join(lines)
