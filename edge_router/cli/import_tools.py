"""Teach the tools that documents describe: OpenAI's and MCP's lists, OpenAPI documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught_file
from edge_router.taught import update_taught
from edge_router.tools.schemas import read_schemas_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_taught_file(parser)
    parser.add_argument(
        "document", nargs="+", type=Path, help="JSON or YAML files; nothing is fetched"
    )


def run(options: argparse.Namespace) -> int:
    """Adds the tools to the file, and prints their names."""
    tools = [tool for path in options.document for tool in read_schemas_file(path)]
    held = update_taught(
        options.file, lambda taught: taught.teach_many([(tool, ()) for tool in tools])
    )
    names = [tool.name for tool in tools]
    if options.json:
        print_json({"imported": names, "tools": len(held.tools)})
    else:
        for name in names:
            print(printable(name))
        print(f"{len(names)} tools imported; {printable(str(options.file))} has {len(held.tools)}")
    return DONE
