"""One call of the command line: arguments in, an exit code out, every error one line."""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from edge_router import __version__
from edge_router.cli.exit_codes import BAD_INPUT, BROKEN, DONE, EXPLAINED
from edge_router.cli.interrupt import interrupts_end_the_process
from edge_router.cli.output import print_json, printable
from edge_router.errors import EdgeRouterError, InputError


def invoke(arguments: Sequence[str], commands: Mapping[str, str]) -> int:
    """Runs the command that ``arguments`` name, one of ``commands`` (name to summary)."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    is_json = "--json" in options
    _open_closed_streams()
    _set_encoding(is_json=is_json)
    try:
        return _run(arguments, commands)
    except BrokenPipeError:  # the reader has had enough
        code = DONE
    except EdgeRouterError as error:
        code = _complain(error, str(error), is_json=is_json)
    except OSError as error:
        code = _complain(error, _describe(error), is_json=is_json)
    except Exception as error:  # noqa: BLE001 - the edge: a traceback alone would end with 1, *check failed*
        code = _report_mistake(error, is_json=is_json)
    _drop_unwritten()
    return code


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would print its usage and end the process."""

    def __init__(self, **settings: Any) -> None:
        # an abbreviated --js would be JSON to argparse and none to whoever looks for --json
        super().__init__(
            allow_abbrev=False,
            epilog=EXPLAINED,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **settings,
        )

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        print(end="", flush=True)  # here a reader that has gone is still noticed
        super().exit(status, message)


def _run(arguments: Sequence[str], commands: Mapping[str, str]) -> int:
    name = arguments[0] if arguments else ""
    if name in commands:
        options = _parse(name, arguments[1:], commands[name])
        code: int = options.run(options)
        print(end="", flush=True)
        return code
    if name.startswith("-"):
        _make_overview(commands).parse_args(arguments)
    if not name.strip("-"):
        raise InputError("which command? see edge-router --help")
    from difflib import get_close_matches

    near = [f"did you mean {found!r}? " for found in get_close_matches(name, commands, n=1)]
    raise InputError(f"there is no command {name!r}; {''.join(near)}see edge-router --help")


def _parse(name: str, arguments: Sequence[str], summary: str) -> argparse.Namespace:
    with interrupts_end_the_process():
        command = import_module(f"edge_router.cli.{name.replace('-', '_')}")
    parser = _Parser(prog=f"edge-router {name}", description=summary)
    parser.add_argument(
        "--json", action="store_true", help="print JSON, one object a line, errors too"
    )
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
    # texts may stand before and after options: bench B --routes 5 "a text"
    return parser.parse_intermixed_args(arguments)


def _make_overview(commands: Mapping[str, str]) -> _Parser:
    parser = _Parser(
        prog="edge-router", description="Decides on the device which tool answers a text."
    )
    parser.add_argument("--version", action="version", version=f"edge-router {__version__}")
    table = parser.add_subparsers(
        title="commands", metavar="COMMAND", parser_class=argparse.ArgumentParser
    )
    for name, summary in commands.items():
        table.add_parser(name, help=summary)
    return parser


def _open_closed_streams() -> None:
    """Puts the null device where a caller closed stdin, stdout or stderr (``>&-``), so that no file
    opened later becomes one of the three and is written into.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BytesIO())  # print would take stdout instead of None


def _set_encoding(*, is_json: bool) -> None:
    """No character of a text can end a stream: what the terminal cannot show, or JSON cannot hold,
    is escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if is_json else None, errors="backslashreplace")


def _describe(error: OSError) -> str:
    """What failed, on which file, and what to do."""
    said = error.strerror or str(error).rstrip(". ") or type(error).__name__
    files = [f for f in (error.filename, error.filename2) if isinstance(f, (str, bytes))]
    where = " -> ".join(os.fsdecode(file) for file in files)
    what = f"{where}: {said}" if where else said
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{what}; free space on that disk and try again"
    return f"{what}; check {'that path' if where else 'what the command was given'} and try again"


def _report_mistake(error: Exception, *, is_json: bool) -> int:
    import traceback

    traceback.print_exc()
    _complain(
        error,
        f"a mistake of edge-router's own ({type(error).__name__}: {error}); please report it with "
        "the lines above",
        is_json=is_json,
    )
    return BROKEN


def _complain(error: Exception, message: str, *, is_json: bool) -> int:
    """One line on stderr, or one object on stdout; where stdout is what failed, stderr too."""
    line = re.sub(r"\s*\n\s*", " ", message)
    if is_json:
        try:
            print_json({"error": line, "kind": type(error).__name__})
        except OSError:
            is_json = False
    if not is_json:
        with suppress(OSError):  # stderr may be closed or full, too; the exit code still tells
            print(f"edge-router: {printable(line)}", file=sys.stderr, flush=True)
    return BAD_INPUT


def _drop_unwritten() -> None:
    """What could not be written must not be tried again, and fail again, when Python ends."""
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            print(end="", file=stream, flush=True)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
