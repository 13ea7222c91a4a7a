"""Say which tool a text belongs to, whatever was taught or trained."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.teaching import add_taught_file
from edge_router.cli.texts import read_texts
from edge_router.errors import InputError
from edge_router.taught import update_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)
    parser.add_argument("text", help="the text, as it was routed")
    parser.add_argument("tool", nargs="?", help="the tool that answers it")
    parser.add_argument("--no-tool", action="store_true", help="no tool answers it")


def run(options: argparse.Namespace) -> int:
    """Adds the correction to the file."""
    if (options.tool is None) != options.no_tool:
        raise InputError("which tool answers the text? give its name, or --no-tool")
    [text] = read_texts([options.text], max_chars=len(options.text))
    update_taught(options.file, lambda taught: taught.correct(text, tool=options.tool))
    if options.json:
        print_json({"text": text, "tool": options.tool})
    else:
        print(f"{one_line(text)} -> {printable(options.tool or '(no tool)')}")
    return DONE
