"""Measure a router on labelled texts."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from edge_router.cli.arguments import share
from edge_router.cli.exit_codes import CHECK_FAILED, DONE
from edge_router.cli.output import one_line, percent, print_json, printable
from edge_router.errors import DataError
from edge_router.evaluate import Evaluation, evaluate
from edge_router.examples import Example, read_examples
from edge_router.router import Router

_NAMED = 5
"""Unknown tools that an error names; of a file for another router it would name hundreds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument(
        "examples", nargs="+", type=Path, help="JSONL or CSV files with text and tool"
    )
    parser.add_argument(
        "--min-accuracy",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="exit with 1 below this accuracy: a share such as 0.9, or 90%%",
    )
    parser.add_argument(
        "--ignore-unknown",
        action="store_true",
        help="leave out examples of tools that the router does not have",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the figures."""
    router = Router.load(options.bundle)
    examples = [example for path in options.examples for example in read_examples(path)]
    names = [tool.name for tool in router.tools]
    tools = {*names, None}
    unknown = [example for example in examples if example.tool not in tools]
    if unknown and not options.ignore_unknown:
        raise _name_unknown(unknown, names)
    measured = [example for example in examples if example.tool in tools]
    if not measured:
        raise DataError("there is nothing to measure; give a file with at least one example")
    found = evaluate(router, measured)
    if options.json:
        scores = [
            {"tool": s.tool, "support": s.support, "precision": s.precision, "recall": s.recall}
            for s in found.tool_scores()
        ]
        print_json({**found.to_dict(), "ignored_texts": len(unknown), "tools": scores})
    else:
        print(_describe(found, router.threshold, len(unknown)))
    return DONE if found.accuracy >= options.min_accuracy else CHECK_FAILED


def _name_unknown(examples: Iterable[Example], tools: Sequence[str]) -> DataError:
    """The error that names the tools of ``examples``, where each is first, and what was meant."""
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(str(example.tool), example)
    named = []
    for tool, example in list(first.items())[:_NAMED]:
        near = " or ".join(map(repr, get_close_matches(tool, tools, n=2)))
        meant = f", did you mean {near}?" if near else ""
        named.append(f"{tool!r} ({example.file}:{example.line}{meant})")
    if len(first) > _NAMED:
        named.append(f"and {len(first) - _NAMED} more")
    return DataError(
        f"the router has no tool {', '.join(named)}; correct them there, or leave such examples "
        "out with --ignore-unknown"
    )


def _describe(found: Evaluation, threshold: float, ignored: int) -> str:
    # a share of no texts is no number
    has_tools = bool(found.in_scope)
    has_answers = any(p.tool is not None for p in found.predictions)
    lines = [
        f"texts                  {len(found.predictions)} ({len(found.in_scope)} with a tool)",
        f"accuracy               {percent(found.accuracy if has_tools else None)}   "
        "best candidate, abstained or not",
        f"answered               {percent(found.answered_share if has_tools else None)}   "
        f"at the threshold {threshold:.3f}",
        f"precision of answers   {percent(found.precision if has_answers else None)}",
        f"calibration error      {found.ece:.4f}",
        f"out of scope rejected  {percent(found.rejected_share)}",
    ]
    if ignored:
        lines.append(f"left out               {ignored} of tools that the router does not have")
    lines += [
        f"{c.count:>4} x {printable(c.expected or 'no tool')} -> {printable(c.got or 'no tool')}: "
        f"{one_line(c.texts[0])}"
        for c in found.confusions(5)
    ]
    return "\n".join(lines)
