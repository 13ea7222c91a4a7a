"""``edge-router COMMAND``: parses, calls one command, turns its errors into one line and an exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from edge_router import __version__
from edge_router.cli import bench, eval, inspect, pretrain, route, train, verify
from edge_router.cli.output import BAD_INPUT, INTERRUPTED
from edge_router.errors import EdgeRouterError

COMMANDS = (train, eval, route, bench, verify, inspect, pretrain)
EXIT_CODES = """exit codes:
  0  done; for `route` with one text: a tool was chosen
  1  the check failed: `verify` found a difference, `eval` fell below --min-accuracy
  2  wrong usage, or an input file or bundle that must be corrected
  3  `route` with one text: the router abstained
  130  interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    options = _make_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except EdgeRouterError as error:
        return _complain(error, is_json=options.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader has had enough; nothing more can be said to it, not at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge-router",
        description="Decides on the device which tool answers a text.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"edge-router {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        summary = (command.__doc__ or "").partition("\n")[0]
        sub = commands.add_parser(
            name, help=summary, description=summary, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        sub.add_argument("--json", action="store_true", help="print JSON, one object a line, errors too")
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def _complain(error: EdgeRouterError, *, is_json: bool) -> int:
    if is_json:
        print(json.dumps({"error": str(error), "kind": type(error).__name__}, ensure_ascii=False))
    else:
        print(f"edge-router: {error}", file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
