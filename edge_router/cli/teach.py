"""Teach a tool on this device, by texts as users write them, by what it does, or by both."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import MAX_TEXT_CHARS, add_taught_file, describe_tools
from edge_router.cli.texts import check_texts, read_texts
from edge_router.taught import update_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)
    parser.add_argument("tool", help="the tool's name: what a decision will say")
    parser.add_argument(
        "text", nargs="*", help="texts that it answers; - reads stdin, a text a line"
    )
    parser.add_argument("--description", default="", metavar="TEXT", help="what it does")


def run(options: argparse.Namespace) -> int:
    """Adds to the file, and prints what it holds of the tool."""
    check_texts(options.text)
    texts = [t for t in read_texts(options.text, max_chars=MAX_TEXT_CHARS) if t.strip()]
    held = update_taught(
        options.file,
        lambda taught: taught.teach(options.tool, texts, description=options.description),
    )
    row = describe_tools(held)[options.tool]
    if options.json:
        print_json(row)
    else:
        count = len(row["texts"])
        print(f"{printable(options.tool)}: {count} texts in {printable(str(options.file))}")
    return DONE
