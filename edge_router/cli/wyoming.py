"""Answer Home Assistant over the Wyoming protocol: which intent a text asks for, with its slots."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from edge_router import __version__
from edge_router.cli.arguments import port
from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught, load_router
from edge_router.errors import InputError
from edge_router.server.intents import make_intents, teach_unknown
from edge_router.server.names import read_names
from edge_router.server.wyoming import WyomingService, is_on_this_device
from edge_router.tools.file import read_tools


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "bundle", nargs="?", help="a .router file (default: the router in the package)"
    )
    add_taught(parser)
    parser.add_argument(
        "--tools",
        type=Path,
        metavar="FILE",
        help="a YAML or JSON file of intents with their slots; those that the router does not know "
        "are taught by what it says of them",
    )
    parser.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help="a YAML or JSON file of the names in your house, by slot: area: [kitchen, hall]",
    )
    parser.add_argument("--language", default="en", help="of numbers and times in texts (en)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen at (127.0.0.1: this device only; the protocol has no password)",
    )
    parser.add_argument("--port", type=port, required=True, help="10300 is the usual one")


def run(options: argparse.Namespace) -> int:
    """Serves until it is told to stop."""
    if not options.host:
        raise InputError("--host is empty; give an address, such as 127.0.0.1")
    router = load_router(options.bundle, options)
    tools, examples = read_tools(options.tools) if options.tools else ([], [])
    router = teach_unknown(router, tools, examples)
    if not router.tools:
        raise InputError("this router knows no tool; give --taught or --tools, or another bundle")
    names = read_names(options.names) if options.names else None
    intents = make_intents(router, tools=tools, names=names, language=options.language)
    intents.dispatch("warm up")  # the first run of a session allocates; it is nobody's answer
    is_english = options.language == "en"  # whose words say where one request ends
    service = WyomingService(
        intents,
        version=__version__,
        language=options.language,
        split=router.split if is_english else None,
        warn=_warn,
    )

    def tell(host: str, port: int) -> None:
        if not is_on_this_device(host):
            _warn(
                f"anyone who reaches {host}:{port} may ask; the protocol has no password: keep it "
                "inside your network"
            )
        if options.json:
            print_json({"host": host, "port": port, "tools": len(router.tools)})
        else:
            print(f"{len(router.tools)} intents at {host}:{port}", flush=True)

    asyncio.run(service.serve(options.host, options.port, tell=tell))
    return DONE


def _warn(said: str) -> None:
    print(f"edge-router: {printable(said)}", file=sys.stderr, flush=True)
