"""How often ``max_error`` is kept: a threshold is chosen on a random half of the held-out texts of
a set, and on the other half its errors are counted.

The halves are drawn from the validation and test texts together: this checks the method, and no
threshold from it is in any bundle. Texts that fit no tool are among them where the set has such.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.bundles import Entry, parse_entry
from bench.datasets import has_split, read_unshared
from bench.stamp import note, write_result
from edge_router import Router
from edge_router_export.fit_threshold import fit_threshold

SPLITS = ("valid", "oos_valid", "test", "oos_test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles, how often, and what is promised."""
    parser.add_argument(
        "--bundle", type=parse_entry, action="append", required=True, metavar="DATASET/LABEL=PATH"
    )
    parser.add_argument("--resplits", type=int, default=100)
    parser.add_argument("--max-error", type=float, default=0.02)


def run(args: argparse.Namespace) -> int:
    """Measures each bundle on its held-out texts."""
    rows = [_measure(entry, args.resplits, args.max_error) for entry in args.bundle]
    write_result("promise", {"rows": rows}, bundles=[entry.path for entry in args.bundle])
    return 0


def _measure(entry: Entry, resplits: int, max_error: float) -> dict[str, Any]:
    note(f"promise: {entry.label} on {entry.dataset} ({entry.path})")
    router = Router.load(entry.path)
    splits = [split for split in SPLITS if has_split(entry.dataset, split)]
    examples = [e for split in splits for e in read_unshared(entry.dataset, split)]
    decisions = [router.route(example.text, threshold=0.0) for example in examples]
    pairs = list(zip(decisions, examples, strict=True))
    return {
        "dataset": entry.dataset,
        "label": entry.label,
        "sha256": router.bundle.sha256,
        "texts": len(examples),
        "max_error": max_error,
        **check_promise(
            np.array([d.confidence if d.tool is not None else -1.0 for d in decisions]),
            np.array([d.tool == e.tool for d, e in pairs]),
            np.array([e.tool is not None for e in examples]),
            resplits=resplits,
            max_error=max_error,
        ),
    }


def check_promise(
    confidences: NDArray[np.float64],
    is_right: NDArray[np.bool_],
    is_inside: NDArray[np.bool_],
    *,
    resplits: int,
    max_error: float,
) -> dict[str, Any]:
    """Over random halves of the texts, how often the share of errors among the answers was kept,
    its mean, and the mean share of the texts with a tool that were answered.

    ``confidences`` [texts] are below 0 where no tool is answered whatever the threshold.
    """
    source = np.random.default_rng(0)
    errors, covered, promised = [], [], []
    for _ in range(resplits):
        order = source.permutation(len(confidences))
        chosen, checked = np.array_split(order, 2)
        given = chosen[confidences[chosen] >= 0]
        promise = fit_threshold(
            confidences[given].tolist(), is_right[given].tolist(), max_error=max_error
        )
        is_answered = confidences[checked] >= promise.threshold
        answered = checked[is_answered]
        errors.append(float(np.mean(~is_right[answered])) if len(answered) else 0.0)
        covered.append(float(np.mean(is_answered[is_inside[checked]])))
        promised.append(promise.max_error)
    return {
        "resplits": resplits,
        "kept": int(np.sum(np.array(errors) <= promised)),
        "mean_error": float(np.mean(errors)),
        "coverage": float(np.mean(covered)),
        "supported": int(np.sum(np.array(promised) <= max_error)),
    }
