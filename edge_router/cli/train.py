"""Train a router from labelled examples, or from what came of the tools that were taken.

Needs the extra ``export``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from edge_router.bundle.destination import check_output
from edge_router.cli.arguments import share
from edge_router.cli.exit_codes import DONE
from edge_router.cli.interrupt import interrupts_end_the_process
from edge_router.cli.output import percent, print_json, printable
from edge_router.cli.progress import make_progress
from edge_router.cli.training import add_training_arguments, prepare_export, split_override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "examples",
        nargs="*",
        type=Path,
        help="JSONL or CSV files: text, tool (null: no tool fits), slots",
    )
    parser.add_argument(
        "--weak",
        action="store_true",
        help="learn from weak examples, too: those whose tool a language model chose",
    )
    parser.add_argument(
        "--tools", type=Path, help="YAML or JSON file: name, description, examples, parameters"
    )
    parser.add_argument(
        "--outcomes",
        nargs="+",
        type=Path,
        default=[],
        help="JSONL files of logged outcomes: text, tool, propensity, reward, cost, weak",
    )
    parser.add_argument(
        "--without-propensity",
        choices=["labels"],
        help="take rewarded outcomes without a propensity as labelled examples; without this they "
        "are refused",
    )
    parser.add_argument("--prior", type=Path, help="a .router file to start from and to stay near")
    add_training_arguments(parser, recipe="small", recipes_known="tiny, small, full")
    parser.add_argument(
        "--max-error",
        type=share,
        metavar="SHARE",
        help="share of answers that may be wrong, such as 0.05, or 5%% (recipe: 0.02)",
    )
    parser.add_argument(
        "--valid", nargs="+", type=Path, default=[], help="held-out examples for calibration"
    )
    parser.add_argument(
        "--test",
        nargs="+",
        type=Path,
        default=[],
        help="test examples: kept out of training, used for the report",
    )


def run(options: argparse.Namespace) -> int:
    """Trains, and prints where the bundle and its report are."""
    check_output(options.output)
    overrides = dict(split_override(text) for text in options.set)
    if options.max_error is not None:
        overrides["max_error"] = repr(options.max_error)
    if options.prior is not None:
        overrides["prior"] = json.dumps(str(options.prior))
    prepare_export(options.threads)
    with interrupts_end_the_process():
        from edge_router_export.train import train

    result = train(
        options.examples,
        tools=options.tools,
        output=options.output,
        recipe=options.recipe,
        overrides=overrides,
        valid=options.valid,
        test=options.test,
        takes_weak=options.weak,
        outcomes=options.outcomes,
        takes_labels=options.without_propensity == "labels",
        work_dir=options.work_dir,
        progress=make_progress(is_shown=not options.json),
    )
    for warning in result.warnings:
        print(f"edge-router: warning: {printable(warning)}", file=sys.stderr)
    paths = {"bundle": str(result.bundle_path), "report": str(result.report_path)}
    if options.json:
        print_json({**paths, "sha256": result.sha256, **result.metrics})
    else:
        print(_describe(result.metrics, result.sha256, **paths))
    return DONE


def _describe(metrics: dict[str, Any], sha256: str, *, bundle: str, report: str) -> str:
    return "\n".join(
        [
            f"{printable(bundle)}  sha256 {sha256}",
            *_describe_quality(metrics),
            f"report: {printable(report)}",
        ]
    )


def _describe_quality(metrics: dict[str, Any]) -> list[str]:
    """By the held-out texts, or, where nobody knows their tools, by what was logged for them."""
    if "outcomes" in metrics:
        return [metrics["outcomes"]["sentence"]]
    held_out = metrics["held_out"]
    return [
        f"held-out accuracy {percent(held_out['accuracy'])}",
        f"answered {percent(held_out['answered_share'])}, of these right "
        f"{percent(held_out['precision'])}",
    ]
