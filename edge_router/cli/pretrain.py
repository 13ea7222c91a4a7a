"""Make a base encoder from unlabelled text.

Needs the extra ``export``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.bundle.destination import check_output
from edge_router.cli.exit_codes import DONE
from edge_router.cli.interrupt import interrupts_end_the_process
from edge_router.cli.output import print_json, printable
from edge_router.cli.progress import make_progress
from edge_router.cli.training import add_training_arguments, prepare_export, split_override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("corpus", nargs="+", type=Path, help="text files, one text a line")
    add_training_arguments(parser, recipe="pretrain", recipes_known="pretrain")


def run(options: argparse.Namespace) -> int:
    """Pre-trains, and prints the base's sha256."""
    check_output(options.output)
    overrides = dict(split_override(text) for text in options.set)
    prepare_export(options.threads)
    with interrupts_end_the_process():
        from edge_router_export.corpus import read_corpus
        from edge_router_export.pretrain import pretrain, write_base
        from edge_router_export.recipe import PretrainRecipe, read_recipe
        from edge_router_export.steps import Steps

    recipe = read_recipe(PretrainRecipe, options.recipe, overrides)
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
        print(f"{printable(str(options.output))}  sha256 {digest}")
    return DONE
