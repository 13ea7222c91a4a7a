"""What ``train`` and ``pretrain`` share: their arguments, and the way to the training side."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.arguments import output_path, threads
from edge_router.cli.interrupt import interrupts_end_the_process
from edge_router.errors import MissingExtraError, RecipeError


def add_training_arguments(
    parser: argparse.ArgumentParser, *, recipe: str, recipes_known: str
) -> None:
    """Declares where the bundle goes and how it is made; ``recipe`` is the default."""
    parser.add_argument(
        "-o", "--output", type=output_path, required=True, help="the .router file to write"
    )
    parser.add_argument(
        "--recipe", default=recipe, help=f"{recipes_known} or a TOML file (default: %(default)s)"
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
    parser.add_argument(
        "--threads", type=threads, help="CPU threads to compute with (default: torch's own choice)"
    )


def prepare_export(threads: int | None) -> None:
    """Makes the training side ready to be imported, with ``threads`` CPU threads where given.

    Raises MissingExtraError where it is not installed.
    """
    try:
        from edge_router_export import require_extra
    except ImportError as error:
        raise MissingExtraError("export", "edge_router_export") from error
    require_extra()
    if threads is not None:
        with interrupts_end_the_process():
            from edge_router_export.limit_threads import limit_threads

            limit_threads(threads)


def split_override(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` in two; raises RecipeError without a sign."""
    key, sign, value = text.partition("=")
    if not sign:
        raise RecipeError(f"--set {text!r} has no '='; write --set KEY=VALUE")
    return key.strip(), value.strip()
