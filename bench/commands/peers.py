"""The floors: each peer fitted on the train split that ``data`` writes, and measured on the
official test split.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from bench.datasets import read_split
from bench.peers import PEERS, PeerMissingError, fit_peer
from bench.scores import interval_of_share
from bench.stamp import note, write_result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sets and which peers."""
    parser.add_argument(
        "--dataset", action="append", help="repeatable; default: clinc150, banking77 and snips"
    )
    parser.add_argument(
        "--peer", action="append", choices=sorted(PEERS), help="repeatable; default: all"
    )
    parser.add_argument(
        "--name", default="peers", help="of the result (peers); the tables read peers*.json"
    )


def run(args: argparse.Namespace) -> int:
    """Fits and measures; a peer that is not installed is written down as such."""
    datasets = args.dataset or ["clinc150", "banking77", "snips"]
    rows = [_measure(module, dataset) for dataset in datasets for module in args.peer or PEERS]
    write_result(args.name, {"rows": rows})
    return 0


def _measure(module: str, dataset: str) -> dict[str, Any]:
    row: dict[str, Any] = {"dataset": dataset, "module": module}
    began = time.perf_counter()
    try:
        peer = fit_peer(module, dataset)
    except PeerMissingError as error:
        note(f"peers: {module}: {error}")
        return {**row, "name": module, "missing": str(error)}
    fit_s = time.perf_counter() - began
    is_right = [peer.predict(e.text) == e.tool for e in read_split(dataset, "test")]
    accuracy = sum(is_right) / len(is_right)
    note(f"peers: {peer.name} on {dataset}: {accuracy:.4f} (fitted in {fit_s:.0f} s)")
    return {
        **row,
        "name": peer.name,
        "version": peer.version,
        "accuracy": accuracy,
        "accuracy_95": interval_of_share(is_right),
        "texts": len(is_right),
        "size_bytes": peer.size_bytes(),
        "fit_s": fit_s,
    }
