"""Forget what was taught of a tool."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught_file
from edge_router.taught import update_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)
    parser.add_argument("tool", help="the tool's name")


def run(options: argparse.Namespace) -> int:
    """Adds to the file that the tool is forgotten; what stands before stays readable."""
    held = update_taught(options.file, lambda taught: taught.forget(options.tool))
    if options.json:
        print_json({"forgotten": options.tool, "tools": [tool.name for tool in held.tools]})
    else:
        print(f"{printable(options.tool)} is forgotten; {len(held.tools)} tools are left")
    return DONE
