"""Routers and others that learn from logged outcomes alone, on the official test splits: labels are
hidden, and only whether the tool that a policy took was right is seen.

Every system gets the same log; a training holds out of it what it needs. Beside them stand what the
policy that logged would take at its best, and, where a bundle is given for it, the router that saw
every label.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bench.bundles import parse_entry
from bench.datasets import read_split, write_examples
from bench.outcome_logs import RIGHT, SHOTS, UNIFORM, make_log, teach_policy
from bench.outcome_peers import LEARNERS, LearnerMissingError, make_learner
from bench.scores import interval_of_share
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.examples import Example, LoggedOutcome, dump_outcomes

ROUNDS = 15_000
FLIPPED = (0.0, 0.1)
"""Shares of rewards that say the opposite."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sets, where bundles are kept, with which recipes they are trained, and who stands
    beside.
    """
    parser.add_argument(
        "--runs",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="for logs, trained bundles and their steps: a second run goes on",
    )
    parser.add_argument("--dataset", action="append", help="(clinc150 and banking77)")
    parser.add_argument("--recipe", action="append", help="(tiny and small)")
    parser.add_argument(
        "--objective",
        action="append",
        choices=["dr", "likelihood", "ips", "snips"],
        help="what is learnt by, each a router of its own (dr)",
    )
    parser.add_argument(
        "--ceiling",
        type=parse_entry,
        action="append",
        default=[],
        metavar="DATASET/LABEL=PATH",
        help="a bundle trained with all labels",
    )
    parser.add_argument("--peer", action="append", choices=sorted(LEARNERS), help="(all)")
    parser.add_argument("--name", default="outcomes", help="of the result (outcomes)")


def run(args: argparse.Namespace) -> int:
    """Makes what is not there yet, measures and writes the result."""
    args.runs.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    bundles = [entry.path for entry in args.ceiling]
    for dataset in args.dataset or ["clinc150", "banking77"]:
        asked = read_split(dataset, "test")
        asked = [example for example in asked if example.tool is not None]
        for flipped in FLIPPED:
            log = make_log(dataset, rounds=ROUNDS, flipped=flipped)
            for recipe, objective in product(
                args.recipe or ["tiny", "small"], args.objective or ["dr"]
            ):
                bundles.append(_train(_Run(dataset, flipped, recipe, objective), args.runs, log))
                system = f"edge-router `{recipe}`, {objective}"
                row = _measure(system, asked, _best_of(Router.load(bundles[-1])))
                rows.append({"dataset": dataset, "flipped": flipped, **row})
            for name in args.peer or LEARNERS:
                row = _measure_peer(name, log, asked)
                rows.append({"dataset": dataset, "flipped": flipped, **row})
        bounds = {"the policy that logged, its best tool": teach_policy(dataset)}
        for entry in args.ceiling:
            if entry.dataset == dataset:
                bounds[f"edge-router `{entry.label}`, all labels"] = Router.load(entry.path)
        for system, router in bounds.items():
            row = _measure(system, asked, _best_of(router))
            rows.append({"dataset": dataset, "flipped": None, **row})
    policy = {"right": RIGHT, "uniform": UNIFORM, "shots": SHOTS, "rounds": ROUNDS}
    write_result(args.name, {"policy": policy, "rows": rows}, bundles=bundles)
    return 0


@dataclass(frozen=True, slots=True)
class _Run:
    """One training."""

    dataset: str
    flipped: float
    recipe: str
    objective: str

    @property
    def log_name(self) -> str:
        return f"{self.dataset}-flipped" if self.flipped else self.dataset


def _train(run: _Run, runs: Path, log: Sequence[LoggedOutcome]) -> Path:
    """The bundle that is learnt from the log, trained in a process of its own; what is there from
    an earlier run is taken.
    """
    bundle = runs / f"{run.log_name}-{run.recipe}-{run.objective}.router"
    if bundle.exists():
        return bundle
    file, test = runs / f"{run.log_name}.jsonl", runs / f"{run.dataset}-test.jsonl"
    file.write_text(dump_outcomes(log), "utf-8")
    # no made-up text may equal a test text; they are reported, nothing is chosen by them
    write_examples(read_split(run.dataset, "test"), test)
    command = [sys.executable, "-m", "edge_router", "train", "--outcomes", str(file)]
    command += ["--recipe", run.recipe, "--set", f"objective={run.objective}"]
    command += ["-o", str(bundle), "--test", str(test), "--work-dir", str(runs / "work")]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return bundle


def _best_of(router: Router) -> Callable[[str], str | None]:
    """What a router says first, whether it would run it or not."""
    return lambda text: router.route(text, top=1).candidates[0].tool


def _measure_peer(
    name: str, log: Sequence[LoggedOutcome], asked: Sequence[Example]
) -> dict[str, Any]:
    try:
        learner = make_learner(name)
    except LearnerMissingError as error:
        return {"system": name, "missing": str(error)}
    learner.fit(log)
    return _measure(learner.name, asked, learner.predict)


def _measure(
    system: str, asked: Sequence[Example], predict: Callable[[str], str | None]
) -> dict[str, Any]:
    right = [predict(example.text) == example.tool for example in asked]
    accuracy = sum(right) / len(right)
    note(f"outcomes: {system}: {accuracy:.4f}")
    return {"system": system, "accuracy": accuracy, "accuracy_95": interval_of_share(right)}
