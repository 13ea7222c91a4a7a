"""Bundles and a peer on CLINC150's test split as people really write and speak: typos, casing,
punctuation, a speech recogniser's spelling, fillers.

Every text is perturbed once, by a fixed seed, the same for all systems
(``bench/perturbations.py``).
A student's made-up training texts hold typing errors, too
(``export/edge_router_export/synthesize.py``); nobody has seen any other of these perturbations.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.bundles import Bundle, add_bundles
from bench.datasets import read_split
from bench.peers import PEERS, PeerMissingError, fit_peer
from bench.perturbations import PERTURBATIONS, perturb_texts
from bench.scores import interval_of_pairs, interval_of_share
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.evaluate import evaluate
from edge_router.examples import Example

DATASET = "clinc150"
CLEAN = "as it is"

Answers = Callable[[list[Example]], dict[str, Any]]
"""What a system does with texts: ``is_right`` of each that has a tool, and other figures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles and peers, and which seed."""
    add_bundles(parser)
    parser.add_argument(
        "--peer", action="append", choices=sorted(PEERS), help="repeatable (tfidf_svm)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the perturbations (0)")
    parser.add_argument("--name", default="robustness", help="of the result (robustness)")


def run(args: argparse.Namespace) -> int:
    """Measures every system on the clean texts and on each perturbation of them."""
    examples = read_split(DATASET, "test") + read_split(DATASET, "oos_test")
    asked = {CLEAN: examples} | {
        name: _perturb(name, examples, args.seed) for name in PERTURBATIONS
    }
    rows = [row for bundle in args.bundle for row in _measure_bundle(bundle, asked)]
    rows += [row for peer in args.peer or ("tfidf_svm",) for row in _measure_peer(peer, asked)]
    whole = {
        "dataset": DATASET,
        "seed": args.seed,
        "texts": len(examples),
        "changed_share": {name: _share_changed(examples, texts) for name, texts in asked.items()},
        "rows": rows,
    }
    write_result(args.name, whole, bundles=[bundle.path for bundle in args.bundle])
    return 0


def _perturb(name: str, examples: list[Example], seed: int) -> list[Example]:
    texts = perturb_texts(name, [example.text for example in examples], seed=seed)
    return [replace(example, text=text) for example, text in zip(examples, texts, strict=True)]


def _share_changed(before: list[Example], after: list[Example]) -> float:
    changed = [old.text != new.text for old, new in zip(before, after, strict=True)]
    return sum(changed) / len(changed)


def _measure_bundle(bundle: Bundle, asked: dict[str, list[Example]]) -> list[dict[str, Any]]:
    router = Router.load(bundle.path)

    def answer(examples: list[Example]) -> dict[str, Any]:
        found = evaluate(router, examples)
        return {
            "is_right": [prediction.is_right for prediction in found.in_scope],
            "answered_share": found.answered_share,
            "precision": found.precision,
            "rejected_share": found.rejected_share,
        }

    named = {"system": f"edge-router {bundle.label}", "label": bundle.label}
    return _measure({**named, "sha256": bundle.sha256}, answer, asked)


def _measure_peer(module: str, asked: dict[str, list[Example]]) -> list[dict[str, Any]]:
    """Its rows; one, which says so, where it is not installed."""
    note(f"robustness: fitting {module}")
    try:
        peer = fit_peer(module, DATASET)
    except PeerMissingError as error:
        return [{"system": module, "perturbation": CLEAN, "missing": str(error)}]

    def answer(examples: list[Example]) -> dict[str, Any]:
        return {
            "is_right": [peer.predict(e.text) == e.tool for e in examples if e.tool is not None]
        }

    return _measure({"system": peer.name, "version": peer.version}, answer, asked)


def _measure(
    named: dict[str, Any], answer: Answers, asked: dict[str, list[Example]]
) -> list[dict[str, Any]]:
    """A row each for the clean texts, which come first, and for every perturbation."""
    rows, clean = [], []
    for name, examples in asked.items():
        found = answer(examples)
        is_right = found.pop("is_right")
        clean = clean or is_right
        row = {**named, "perturbation": name, **found, **compare(is_right, clean)}
        note(f"robustness: {row}")
        rows.append(row)
    return rows


def compare(is_right: Sequence[bool], clean: Sequence[bool]) -> dict[str, Any]:
    """Accuracy, and the share of the clean texts' accuracy that is kept, with their intervals: the
    same texts are drawn on both sides.
    """
    return {
        "accuracy": sum(is_right) / len(is_right),
        "accuracy_95": interval_of_share(is_right),
        "kept": _divide(is_right, clean),
        "kept_95": interval_of_pairs(_divide, is_right, clean),
    }


def _divide(above: Sequence[bool], below: Sequence[bool]) -> float:
    """0 where nothing is right below."""
    return float(np.sum(above) / max(1, np.sum(below)))
