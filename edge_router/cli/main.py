"""``edge-router COMMAND``: parses, calls one command, turns its errors into one line and an exit
code.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from edge_router import __version__
from edge_router.cli import bench, eval, inspect, pretrain, route, train, verify  # noqa: A004 - named as the command is
from edge_router.cli.output import BAD_INPUT, DONE, INTERRUPTED, print_json
from edge_router.errors import EdgeRouterError, InputError

COMMANDS = (train, eval, route, bench, verify, inspect, pretrain)
EXIT_CODES = """exit codes:
  0  done; for `route` with one text: a tool was chosen
  1  the check failed: `verify` found a difference, `eval` fell below --min-accuracy
  2  wrong usage, or an input file or bundle that must be corrected
  3  `route` with one text: the router abstained
  130  interrupted"""


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would print its usage and end the process."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    try:
        return _answer(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # whatever is still in stdout's buffer must not be tried again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):  # the reader has had enough
            return DONE
        print(f"edge-router: {error}; free that file or disk and try again", file=sys.stderr)
        return BAD_INPUT


def _answer(arguments: Sequence[str]) -> int:
    is_json = "--json" in arguments
    _set_encoding(is_json=is_json)
    try:
        options = _make_parser().parse_args(arguments)
        code: int = options.run(options)
        print(end="", flush=True)
    except EdgeRouterError as error:
        return _complain(error, is_json=is_json)
    return code


def _set_encoding(*, is_json: bool) -> None:
    """No character of a text can end a stream: what the terminal cannot show, or JSON cannot hold,
    is escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if is_json else None, errors="backslashreplace")


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
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
            name,
            help=summary,
            description=summary,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.add_argument(
            "--json", action="store_true", help="print JSON, one object a line, errors too"
        )
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def _complain(error: EdgeRouterError, *, is_json: bool) -> int:
    if is_json:
        print_json({"error": str(error), "kind": type(error).__name__})
    else:
        print(f"edge-router: {error}", file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
