"""Say of a decision in a journal whether it was right, and what would have been."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_journal
from edge_router.cli.output import print_json, printable
from edge_router.errors import InputError
from edge_router.journal import Feedback, give_feedback


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    parser.add_argument("id", help="the decision's, as `edge-router log` shows it: 12-345")
    parser.add_argument("said", choices=["right", "wrong"], help="what it was")
    parser.add_argument("--tool", metavar="NAME", help="wrong, and this tool answers the text")
    parser.add_argument("--no-tool", action="store_true", help="wrong, and no tool answers it")


def run(options: argparse.Namespace) -> int:
    """Keeps it in the journal."""
    if options.tool is not None and options.no_tool:
        raise InputError("which is it? give --tool NAME or --no-tool, not both")
    is_corrected = options.tool is not None or options.no_tool
    said = Feedback(options.said == "right", is_corrected, options.tool)
    give_feedback(options.file, options.id, said)
    if options.json:
        print_json({"id": options.id, "said": options.said, "tool": options.tool})
    else:
        corrected = f": {printable(options.tool or '(no tool)')}" if is_corrected else ""
        print(f"{options.id} {options.said}{corrected}")
    return DONE
