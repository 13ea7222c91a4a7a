"""Numbers that anyone can rerun: ``python -m bench COMMAND``."""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.datasets import DatasetError
from edge_router.errors import EdgeRouterError

COMMANDS = {
    "download": "fetch the public sets from their authors",
    "data": "write a split of a public set as edge-router examples",
    "accuracy": "bundles on the official test splits",
    "promise": "how often the promised share of errors is kept, over random resplits",
    "peers": "the floors on the same splits",
    "latency": "text in to decision out, the peers beside it in the same run; cold start",
    "memory": "peak memory of a fresh process after 1,000 routes",
    "arm64": "the same bits on emulated ARM and x86 cores; instructions per route",
    "busy": "how fast a student trains alone and beside a busy program",
    "arguments": "numbers, times and arguments out of texts, without training",
    "teach": "the router in the package, taught by few examples or by descriptions",
    "scale": "how long teaching and routing take, with 10 to 10,000 tools",
    "curve": "accuracy over the number of examples, of what learns from them",
    "outcomes": "learnt from a log of rewards instead of labels, other learners beside it",
    "explain": "words deleted in the order of an explanation, beside random and gradient orders",
    "robustness": "bundles on misspelt, shouted, misheard and polite texts, a peer beside them",
    "split": "two requests in one text found, single ones kept whole, forbidden ones never run",
    "dispatch": "overhead beyond the tool, tokens saved, beside a server that fails in every way",
    "serve": "the proxy over loopback HTTP: times, requests a second, what it answers",
    "proxy": "the proxy's memory, what a kill costs its clients, fuzzing, what a model never sees",
    "journal": "what the journal adds to a dispatch, and what it loses to kill -9",
    "judge": "two bundles by made-up logs: how often the intervals hold the truth",
    "costs": "right answers over what they cost, of a router that learned who is worth it",
    "explore": "the second tool now and then: always for the same texts, at the share asked for",
    "drift": "false alarms where nothing changes, and how soon a change is noticed",
    "program": "a program of six tools that learns from its final answers, beside its ceiling",
    "table": "write the READMEs' tables and figure from bench/results, or check them",
}
"""What each module in ``bench.commands`` does."""


def main(argv: list[str] | None = None) -> int:
    """Runs one command; 0 is success, 1 a failed check, 2 something missing."""
    arguments = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        commands.add_parser(name, help=summary, add_help=False)
    name = parser.parse_args(arguments[:1]).command
    module = importlib.import_module(f"bench.commands.{name}")
    command = argparse.ArgumentParser(prog=f"python -m bench {name}", description=module.__doc__)
    module.add_arguments(command)
    try:
        return int(module.run(command.parse_args(arguments[1:])))
    except (DatasetError, EdgeRouterError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
