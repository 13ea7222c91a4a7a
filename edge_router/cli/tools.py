"""List the tools that were taught, with their texts."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.teaching import add_taught_file, describe_tools
from edge_router.taught import read_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a line a tool, by name."""
    taught = read_taught(options.file)
    for name, row in describe_tools(taught).items():
        if options.json:
            print_json(row)
        else:
            said = one_line(row["description"])
            print(f"{printable(name):<24} {len(row['texts']):>5} texts  {said}".rstrip())
    unfit = sum(example.tool is None for example in taught.examples)
    if unfit and not options.json:
        print(f"{'(no tool)':<24} {unfit:>5} texts")
    return DONE
