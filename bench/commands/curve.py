"""Accuracy over the number of examples of each tool: the router in the package taught, a router
trained, and what else learns from the same texts.

Nested subsets of CLINC150's training split, the same for all; the whole of its test split. A
training gets these examples alone: what it holds out, it holds out of them.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.datasets import read_split, read_unshared, write_examples
from bench.peers import PeerMissingError, make_peer
from bench.scores import interval_of_share
from bench.stamp import note, write_result
from bench.taught import group_texts, list_best
from edge_router import Router
from edge_router.examples import Example

SHOTS = (1, 2, 3, 5, 10, 20, 50, 100)
TRAINED_FROM = 5
"""Examples of a tool from which training is tried."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where bundles are kept, with which recipe they are trained, and which peers stand beside."""
    parser.add_argument(
        "--runs",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="for the trained bundles and their steps: a second run goes on",
    )
    parser.add_argument("--recipe", default="small")
    parser.add_argument("--shots", type=int, action="append", help=f"{SHOTS}")
    parser.add_argument("--peer", action="append", help="(tfidf_svm and minilm_int8)")
    parser.add_argument("--name", default="curve", help="of the result (curve)")


def run(args: argparse.Namespace) -> int:
    """Trains what is not trained yet, measures and writes the result."""
    args.runs.mkdir(parents=True, exist_ok=True)
    asked = read_split("clinc150", "test")
    rows: list[dict[str, Any]] = []
    bundles = []
    for shots in args.shots or SHOTS:
        examples = draw(shots)
        taught = Router.base().teach_tools([], examples=group_texts(examples))
        rows.append(_measure("taught", shots, asked, _best_of(taught)))
        if shots >= TRAINED_FROM:
            bundles.append(_train(args, shots, examples))
            trained = Router.load(bundles[-1])
            rows.append(_measure(f"trained, {args.recipe}", shots, asked, _best_of(trained)))
        rows += [
            _measure_peer(peer, shots, examples, asked)
            for peer in args.peer or ("tfidf_svm", "minilm_int8")
        ]
    write_result(args.name, {"dataset": "clinc150", "rows": rows}, bundles=bundles)
    return 0


def draw(shots: int, seed: int = 0) -> list[Example]:
    """So many training examples of each tool; a smaller number's are among a larger one's."""
    source = random.Random(seed)
    examples = [e for e in read_unshared("clinc150", "train") if e.tool is not None]
    by_tool: dict[str, list[Example]] = {}
    for example in source.sample(examples, len(examples)):
        by_tool.setdefault(str(example.tool), []).append(example)
    return [example for tool in sorted(by_tool) for example in by_tool[tool][:shots]]


def _train(args: argparse.Namespace, shots: int, examples: list[Example]) -> Path:
    """The bundle, trained as a user would in a process of its own unless it is there."""
    bundle: Path = args.runs / f"{args.recipe}-{shots}.router"
    if not bundle.exists():
        note(f"curve: training {args.recipe} on {len(examples)} examples")
        path = args.runs / f"{shots}.jsonl"
        write_examples(examples, path)
        command = [sys.executable, "-m", "edge_router", "train", str(path)]
        command += ["-o", str(bundle), "--recipe", args.recipe]
        command += ["--work-dir", str(args.runs / "work")]
        subprocess.run(command, check=True)
    return bundle


def _measure(
    system: str, shots: int, asked: list[Example], answer: Callable[[str], str | None]
) -> dict[str, Any]:
    is_right = [answer(example.text) == example.tool for example in asked]
    row = {
        "system": system,
        "shots": shots,
        "accuracy": sum(is_right) / len(is_right),
        "accuracy_95": interval_of_share(is_right),
    }
    note(f"curve: {row}")
    return row


def _measure_peer(
    module: str, shots: int, examples: list[Example], asked: list[Example]
) -> dict[str, Any]:
    try:
        peer = make_peer(module)
    except PeerMissingError as error:
        return {"system": module, "shots": shots, "missing": str(error)}
    peer.fit([e.text for e in examples], [str(e.tool) for e in examples])
    return _measure(peer.name, shots, asked, peer.predict)


def _best_of(router: Router) -> Callable[[str], str | None]:
    """The router's best tool, whether it would run it or not."""
    return lambda text: next(iter(list_best(router, text)), None)
