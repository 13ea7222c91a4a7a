"""How a command line names bundles: ``LABEL=PATH``, or ``DATASET/LABEL=PATH`` where each has a set
of its own. The label is what the tables call a bundle.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import NamedTuple


class Bundle(NamedTuple):
    """A bundle to measure."""

    label: str
    """What the tables call it: its recipe."""
    path: Path
    """The file."""

    @property
    def sha256(self) -> str:
        """Of the file, so that figures of two bundles under one label can be told apart."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


class Entry(NamedTuple):
    """A bundle to measure on the set that it was trained on."""

    dataset: str
    """The set."""
    label: str
    """What the tables call it: its recipe."""
    path: Path
    """The file."""


def add_bundles(parser: argparse.ArgumentParser) -> None:
    """``--bundle LABEL=PATH``, repeatable."""
    parser.add_argument(
        "--bundle", type=parse_bundle, action="append", required=True, metavar="LABEL=PATH"
    )


def parse_bundle(value: str) -> Bundle:
    """``full=runs/clinc.router`` as label and path."""
    label, equals, path = value.partition("=")
    if not (equals and label and path):
        raise argparse.ArgumentTypeError(f"{value!r} is not LABEL=PATH")
    return Bundle(label, Path(path))


def parse_entry(value: str) -> Entry:
    """``clinc150/full=runs/clinc.router`` as dataset, label and path."""
    where, equals, path = value.partition("=")
    dataset, slash, label = where.partition("/")
    if not (equals and slash and dataset and label and path):
        raise argparse.ArgumentTypeError(f"{value!r} is not DATASET/LABEL=PATH")
    return Entry(dataset, label, Path(path))
