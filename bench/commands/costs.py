"""This device's router, a small model or a large one: a router that learned from outcomes which of
them is worth its cost, along the whole curve between cheap and good.

The three are stand-ins whose answers are known: routers that were trained on 5 and on 20 examples
of each tool of CLINC150 (``bench curve``), and one that is right but in 2 % of the texts; their
costs are made up. One of the three, drawn evenly, answered each training text that none of them
learned from; only whether it was right is seen, and what it cost. The curve is of the test texts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.datasets import read_split, read_unshared
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.examples import Example, LoggedOutcome, dump_outcomes, normalize, read_examples

ARMS = ("device", "small", "large")
COSTS = (0.0, 0.1, 1.0)
"""Made up: of one call of each, in shares of the large one's."""
LARGE_RIGHT = 0.98
WEIGHTS = (0.0, *(float(f"{10 ** (step / 10):.3g}") for step in range(-30, 11)))
"""Of a cost: from a thousandth to ten."""
LOST = 0.01
"""Of the reward, for which the share of saved large calls is given."""

Answers = NDArray[np.bool_]
"""[texts, arms]: whether each would be right."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the stand-ins are, and the router is kept."""
    parser.add_argument(
        "--runs",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="of `bench curve`: its small-5.router, small-20.router and 20.jsonl are used",
    )


def run(args: argparse.Namespace) -> int:
    """Logs, trains what is not trained yet, measures and writes the result."""
    device, small = (Router.load(args.runs / f"small-{shots}.router") for shots in (5, 20))
    learned = {normalize(e.text) for e in read_examples(args.runs / "20.jsonl")}
    logged = [e for e in _read("train") if normalize(e.text) not in learned]
    bundle: Path = args.runs / "costs.router"
    if not bundle.exists():
        rows = log_rows(logged, answer(logged, device, small, seed=0))
        path = args.runs / "costs.jsonl"
        path.write_text(dump_outcomes(rows), "utf-8")
        train(path, bundle)
    asked = _read("test")
    is_right = answer(asked, device, small, seed=1)
    router = Router.load(bundle)
    note(f"costs: {router}")
    sure = np.array([device.route(e.text, threshold=0.0).confidence for e in asked])
    result = {
        "dataset": "clinc150",
        "costs": dict(zip(ARMS, COSTS, strict=True)),
        "logged": len(logged),
        "texts": len(asked),
        "alone": [describe(arm, np.full(len(asked), n), is_right) for n, arm in enumerate(ARMS)],
        "learned": list(follow_weights(router, asked, is_right)),
        "confidence": list(follow_confidence(sure, is_right)),
    }
    summary = {name: find_saved(result, name) for name in ("learned", "confidence")}
    note(f"costs: {summary}")
    write_result("costs", {**result, "saved": summary}, bundles=[bundle])
    return 0


def answer(examples: Sequence[Example], device: Router, small: Router, *, seed: int) -> Answers:
    """Who would be right on each text; the large one by chance."""
    large = np.random.default_rng(seed).random(len(examples)) < LARGE_RIGHT
    by_router = [
        [router.route(e.text, threshold=0.0).candidates[0].tool == e.tool for e in examples]
        for router in (device, small)
    ]
    return np.stack([*map(np.array, by_router), large], 1)


def log_rows(examples: Sequence[Example], is_right: Answers) -> list[LoggedOutcome]:
    """What came of one arm a text, drawn evenly."""
    taken = np.random.default_rng(2).integers(len(ARMS), size=len(examples))
    return [
        LoggedOutcome(
            text=example.text,
            tool=ARMS[arm],
            propensity=1 / len(ARMS),
            reward=float(right[arm]),
            cost=COSTS[arm],
        )
        for example, arm, right in zip(examples, taken.tolist(), is_right, strict=True)
    ]


def train(log: Path, bundle: Path) -> None:
    """The router, as a user would train it, in a process of its own."""
    command = [sys.executable, "-m", "edge_router", "train", "--outcomes", str(log)]
    command += ["--set", "objective=each", "-o", str(bundle)]
    subprocess.run(command, check=True)


def describe(name: Any, taken: NDArray[np.int64], is_right: Answers) -> dict[str, Any]:
    """What it comes to if ``taken`` [texts] are the arms."""
    return {
        "at": name,
        "reward": float(np.mean(is_right[np.arange(len(taken)), taken])),
        "cost": float(np.mean(np.array(COSTS)[taken])),
        "shares": [float(np.mean(taken == arm)) for arm in range(len(ARMS))],
    }


def follow_weights(
    router: Router, asked: Sequence[Example], is_right: Answers
) -> Iterator[dict[str, Any]]:
    """The learned router at every weight of the cost."""
    for weight in WEIGHTS:
        tools = [router.route(e.text, cost_weight=weight, threshold=0.0).tool for e in asked]
        yield describe(weight, np.array([ARMS.index(str(tool)) for tool in tools]), is_right)


def follow_confidence(sure: NDArray[np.float64], is_right: Answers) -> Iterator[dict[str, Any]]:
    """What is done without learning: the device's router answers where it is sure enough, else the
    large model does.
    """
    for threshold in np.linspace(0, 1, 41).round(3).tolist():
        yield describe(threshold, np.where(sure >= threshold, 0, ARMS.index("large")), is_right)


def find_saved(result: dict[str, Any], name: str) -> dict[str, Any]:
    """The cheapest point of a curve at which no more than :data:`LOST` of the reward is lost, and
    the shares of large calls and of the cost that it saves.
    """
    always = result["alone"][-1]
    near = [row for row in result[name] if row["reward"] >= always["reward"] - LOST]
    best = min(near, key=lambda row: row["cost"], default=always)
    return {
        "at": best["at"],
        "reward": best["reward"],
        "large_calls_saved": 1 - best["shares"][-1],
        "cost_saved": 1 - best["cost"] / always["cost"],
    }


def _read(split: str) -> list[Example]:
    """CLINC150's texts with a tool; of train those that no later split has."""
    found = read_split("clinc150", split) if split == "test" else read_unshared("clinc150", split)
    return [e for e in found if e.tool is not None]
