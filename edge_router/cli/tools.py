"""List the tools that were taught, with their texts."""

from __future__ import annotations

import argparse
from collections import Counter

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.teaching import add_taught_file, describe_tool
from edge_router.taught import read_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a line a tool, by name."""
    taught = read_taught(options.file)
    counts = Counter(example.tool for example in taught.examples)
    for tool in taught.tools:
        if options.json:
            print_json(describe_tool(taught, tool.name))
        else:
            said = one_line(tool.description)
            print(f"{printable(tool.name):<24} {counts[tool.name]:>5} texts  {said}".rstrip())
    if counts[None] and not options.json:
        print(f"{'(no tool)':<24} {counts[None]:>5} texts")
    return DONE
