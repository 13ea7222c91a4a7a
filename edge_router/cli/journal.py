"""What the commands of a journal share."""

from __future__ import annotations

import argparse
import re
import time
from argparse import ArgumentTypeError
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from edge_router.cli.arguments import share
from edge_router.errors import InputError

if TYPE_CHECKING:
    from edge_router.journal import Journal
    from edge_router.router import Router

_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Declares the journal that a command reads or changes."""
    parser.add_argument("file", type=Path, help="the journal, as Journal(FILE) wrote it")


def add_since(parser: argparse.ArgumentParser) -> None:
    """Declares ``--since``."""
    parser.add_argument(
        "--since",
        type=moment,
        default=0.0,
        metavar="WHEN",
        help="only from then on: 2h, 7d, 2026-11-25 or 2026-11-25T08:30 (default: all)",
    )


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Declares ``--journal`` and ``--keep-texts``, for commands that decide."""
    parser.add_argument(
        "--journal",
        type=Path,
        metavar="FILE",
        help="record the decisions, without the texts; log, stats and feedback read it",
    )
    parser.add_argument(
        "--keep-texts", action="store_true", help="record the texts, too: export needs them"
    )


def add_exploring(parser: argparse.ArgumentParser) -> None:
    """Declares ``--explore``, for commands that may take the second tool to learn from it."""
    parser.add_argument(
        "--explore",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="send so many texts, such as 0.02, up to 0.2, to the second candidate, always the "
        "same ones by the secret of the --journal, which records the propensity; tools that must "
        "be confirmed are left alone (default: none)",
    )


def explore(router: Router, options: argparse.Namespace, journal: Journal | None) -> Router:
    """``router``, exploring as ``--explore`` says. Raises InputError where nobody records it."""
    if not options.explore:
        return router
    if journal is None:
        raise InputError(
            "--explore needs a --journal: its secret says which texts, and nothing is learnt from "
            "what is not recorded; give its FILE"
        )
    return router.explore(options.explore, key=journal.exploration_key)


def open_journal(options: argparse.Namespace) -> AbstractContextManager[Journal | None]:
    """The journal that ``--journal`` names, or none."""
    if options.journal is None:
        if options.keep_texts:
            raise InputError("--keep-texts belongs to a --journal; give its FILE")
        return nullcontext()
    from edge_router.journal import Journal  # SQLite is loaded for those alone who want it

    return Journal(options.journal, keep_texts=options.keep_texts)


def moment(text: str) -> float:
    """Seconds since 1970: a time as ISO 8601 has it, this device's without an offset, or how long
    ago (``30m``, ``2h``, ``7d``, ``1w``).
    """
    if ago := re.fullmatch(r"([0-9]{1,6})([mhdw])", text):
        return max(0.0, time.time() - int(ago[1]) * _SECONDS[ago[2]])
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no time; write 2h, 7d or 2026-11-25") from None
