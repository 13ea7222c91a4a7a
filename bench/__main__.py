"""``python -m bench COMMAND``: one module per command, imported when it runs."""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.datasets import DatasetError
from edge_router.errors import EdgeRouterError

COMMANDS = {
    "download": ("bench.download", "fetch the public sets from their authors"),
    "data": ("bench.data", "write a split of a public set as edge-router examples"),
    "accuracy": ("bench.accuracy", "bundles on the official test splits"),
    "peers": ("bench.peers.command", "the floors on the same splits"),
    "latency": (
        "bench.latency",
        "text in to decision out, the peers beside it in the same run; cold start",
    ),
    "memory": ("bench.memory", "peak memory of a fresh process after 1,000 routes"),
    "arm64": (
        "bench.arm64.command",
        "the same bits on emulated ARM and x86 cores; instructions per route",
    ),
    "table": ("bench.table", "write the tables of the READMEs and the figure from bench/results"),
}


def main(argv: list[str] | None = None) -> int:
    """Runs one command; 0 is success, 1 a failed check, 2 something missing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary, add_help=False)
    name = parser.parse_args((sys.argv[1:] if argv is None else argv)[:1]).command
    module = importlib.import_module(COMMANDS[name][0])
    command = argparse.ArgumentParser(prog=f"python -m bench {name}", description=module.__doc__)
    module.add_arguments(command)
    try:
        return int(module.run(command.parse_args((sys.argv[1:] if argv is None else argv)[1:])))
    except (DatasetError, EdgeRouterError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
