"""What the commands of a taught file share: which router answers, and how a file is named."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_router.errors import InputError
from edge_router.router import Router
from edge_router.taught import Taught

MAX_TEXT_CHARS = 100_000
"""Of a text on stdin that is taught no more is kept: no router reads on."""


def add_taught_file(parser: argparse.ArgumentParser) -> None:
    """Declares the file that a command writes to or lists."""
    parser.add_argument(
        "file", type=Path, help="the .jsonl file of what is taught; made where there is none"
    )


def add_taught(parser: argparse.ArgumentParser) -> None:
    """Declares ``--taught``, for commands that route."""
    parser.add_argument(
        "--taught",
        type=Path,
        metavar="FILE",
        help="a .jsonl file of what was taught on this device, beside the bundle's own tools",
    )
    parser.add_argument(
        "--vectors",
        type=Path,
        metavar="FILE",
        help="keeps what the taught texts mean to the bundle: thousands of tools load sooner",
    )


def take_bundle(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The bundle that stands before the texts, if one does, and the texts: the first word is a
    bundle where it ends with ``.router`` or names a file. Raises InputError where no text is left.
    """
    first, rest = words[0], list(words[1:])
    if not (first.endswith(".router") or _is_file(first)):
        return None, list(words)
    if not rest:
        raise InputError(f"there is no text after the bundle {first!r}; give one, or - for stdin")
    return first, rest


def load_router(bundle: str | None, options: argparse.Namespace) -> Router:
    """The router of ``bundle``, or the one in the package, with what ``--taught`` names."""
    router = load_bundle(bundle)
    if options.taught is None:
        return router
    return router.load_taught(options.taught, vectors=options.vectors)


def load_bundle(bundle: str | None) -> Router:
    """The router of ``bundle``, or the one in the package."""
    return Router.base() if bundle is None else Router.load(bundle)


def describe_tools(taught: Taught) -> dict[str, dict[str, Any]]:
    """What a file holds of each tool, for JSON, by its name."""
    rows: dict[str, dict[str, Any]] = {
        tool.name: {"tool": tool.name, "texts": [], "description": tool.description}
        for tool in taught.tools
    }
    for example in taught.examples:
        if example.tool is not None:
            rows[example.tool]["texts"].append(example.text)
    return rows


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except (OSError, ValueError):  # a text may be longer than a path, or hold a zero byte
        return False
