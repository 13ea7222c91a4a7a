"""Train a router from labelled examples.

Needs the extra ``export``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge_router.bundle.destination import check_output
from edge_router.cli.arguments import output_path
from edge_router.cli.output import percent, print_json
from edge_router.cli.progress import make_progress
from edge_router.errors import MissingExtraError, RecipeError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "examples",
        nargs="*",
        type=Path,
        help="JSONL or CSV files: text, tool (null: no tool fits), slots",
    )
    parser.add_argument(
        "--tools", type=Path, help="YAML or JSON file: name, description, examples, parameters"
    )
    parser.add_argument(
        "-o", "--output", type=output_path, required=True, help="the .router file to write"
    )
    parser.add_argument(
        "--recipe", default="small", help="tiny, small, full or a TOML file (default: %(default)s)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key of the recipe",
    )
    parser.add_argument(
        "--target-precision", type=float, help="share of answers that must be right (recipe: 0.98)"
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
    parser.add_argument(
        "--work-dir", type=Path, help="where finished steps are kept (default: OUTPUT.work)"
    )


def run(options: argparse.Namespace) -> int:
    """Trains, and prints where the bundle and its report are."""
    check_output(options.output)
    require_export()
    from edge_router_export.train import train

    overrides = dict(split_override(text) for text in options.set)
    if options.target_precision is not None:
        overrides["target_precision"] = repr(options.target_precision)
    result = train(
        options.examples,
        tools=options.tools,
        output=options.output,
        recipe=options.recipe,
        overrides=overrides,
        valid=options.valid,
        test=options.test,
        work_dir=options.work_dir,
        progress=make_progress(is_shown=not options.json),
    )
    for warning in result.warnings:
        print(f"edge-router: warning: {warning}", file=sys.stderr)
    if options.json:
        print_json(
            {
                "bundle": str(result.bundle_path),
                "sha256": result.sha256,
                "report": str(result.report_path),
                **result.metrics,
            }
        )
    else:
        held_out = result.metrics["held_out"]
        print(f"{result.bundle_path}  sha256 {result.sha256}")
        print(f"held-out accuracy {percent(held_out['accuracy'])}")
        print(
            f"answered {percent(held_out['answered_share'])}, of these right "
            f"{percent(held_out['precision'])}"
        )
        print(f"report: {result.report_path}")
    return 0


def require_export() -> None:
    """Raises MissingExtraError where the training side cannot be had."""
    try:
        from edge_router_export import require_extra
    except ImportError as error:
        raise MissingExtraError("export", "edge_router_export") from error
    require_extra()


def split_override(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` in two; raises RecipeError without a sign."""
    key, sign, value = text.partition("=")
    if not sign:
        raise RecipeError(f"--set {text!r} has no '='; write --set KEY=VALUE")
    return key.strip(), value.strip()
