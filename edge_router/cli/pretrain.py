"""Make a base encoder from unlabelled text.

Needs the extra ``export``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.bundle.destination import check_output
from edge_router.cli.arguments import output_path
from edge_router.cli.output import print_json
from edge_router.cli.progress import make_progress
from edge_router.cli.train import require_export, split_override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("corpus", nargs="+", type=Path, help="text files, one text a line")
    parser.add_argument(
        "-o", "--output", type=output_path, required=True, help="the .router file to write"
    )
    parser.add_argument(
        "--recipe", default="pretrain", help="a TOML file (default: the packaged one)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key of the recipe",
    )
    parser.add_argument(
        "--work-dir", type=Path, help="where finished steps are kept (default: OUTPUT.work)"
    )


def run(options: argparse.Namespace) -> int:
    """Pre-trains, and prints the base's sha256."""
    check_output(options.output)
    require_export()
    from edge_router_export.corpus import read_corpus
    from edge_router_export.pretrain import pretrain, write_base
    from edge_router_export.recipe import PretrainRecipe, read_recipe
    from edge_router_export.steps import Steps

    recipe = read_recipe(
        PretrainRecipe, options.recipe, dict(split_override(text) for text in options.set)
    )
    texts, data_sha256 = read_corpus(options.corpus)
    steps = Steps(
        options.work_dir or options.output.with_name(f"{options.output.name}.work"),
        make_progress(is_shown=not options.json),
    )
    base = pretrain(texts, recipe, steps, data_sha256)
    digest = write_base(options.output, base, recipe, data_sha256)
    if options.json:
        print_json({"bundle": str(options.output), "sha256": digest})
    else:
        print(f"{options.output}  sha256 {digest}")
    return 0
