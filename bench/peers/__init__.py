"""What users would pick instead, each behind the same four names.

The contract is :class:`Peer`. A peer whose packages are missing is listed as *not installed*, never
left out; ``pip install -r bench/requirements-peers.txt`` installs them all.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Protocol

from bench.datasets import read_unshared

PEERS = {
    "tfidf_svm": "TfidfSvm",
    "fasttext": "FastText",
    "microresolve": "MicroResolve",
    "minilm_int8": "MiniLmInt8",
    "minilm_fp32": "MiniLmFp32",
}
"""Module in this package, and the class in it."""


class Peer(Protocol):
    """A text classifier as a user would run it, one text at a time."""

    name: str
    """What the tables call it."""
    version: str
    """Of the package that does the work."""

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learns from labelled texts."""
        ...

    def predict(self, text: str) -> str:
        """The best label for one text; an empty string where the system gives none."""
        ...

    def size_bytes(self) -> int:
        """What it takes on disk to predict, without the packages."""
        ...


class PeerMissingError(Exception):
    """A peer whose packages are not installed."""


def fit_peer(module: str, dataset: str) -> Peer:
    """A peer fitted on a set; raises PeerMissingError."""
    peer = make_peer(module)
    examples = [e for e in read_unshared(dataset, "train") if e.tool is not None]
    peer.fit([e.text for e in examples], [str(e.tool) for e in examples])
    return peer


def make_peer(module: str) -> Peer:
    """A fresh peer by its module's name; raises PeerMissingError where a package of it is
    missing.
    """
    try:
        loaded = importlib.import_module(f"bench.peers.{module}")
    except ImportError as error:
        raise PeerMissingError(f"not installed ({error.name or error})") from error
    peer: Peer = getattr(loaded, PEERS[module])()
    return peer
