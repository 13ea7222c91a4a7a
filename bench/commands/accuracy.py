"""Bundles on the official test splits, through ``Router.load(path).route(text)``, with 95 %
bootstrap intervals.

Where the set has an ``oos_test`` split, its texts are routed, too: out-of-scope AUROC and the share
that got no tool.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from bench.bundles import Entry, parse_entry
from bench.datasets import has_split, read_split
from bench.scores import interval_of_pairs, interval_of_samples, interval_of_share
from bench.stamp import note, write_result
from edge_router import Decision, Reason, Router
from edge_router.evaluate import (
    Evaluation,
    area_under_roc,
    expected_calibration_error,
    false_positive_rate,
    make_prediction,
)
from edge_router.examples import Example


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles."""
    parser.add_argument(
        "--bundle", type=parse_entry, action="append", required=True, metavar="DATASET/LABEL=PATH"
    )
    parser.add_argument(
        "--name",
        default="accuracy",
        help="of the result (accuracy); the tables read accuracy*.json",
    )


def run(args: argparse.Namespace) -> int:
    """Measures each bundle on its test split."""
    rows = [_measure(entry) for entry in args.bundle]
    write_result(args.name, {"rows": rows}, bundles=[entry.path for entry in args.bundle])
    return 0


def _measure(entry: Entry) -> dict[str, Any]:
    note(f"accuracy: {entry.label} on {entry.dataset} ({entry.path})")
    examples = read_split(entry.dataset, "test")
    if has_split(entry.dataset, "oos_test"):
        examples += read_split(entry.dataset, "oos_test")
    router = Router.load(entry.path)
    decisions = [router.route(example.text) for example in examples]
    evaluation = Evaluation(tuple(map(make_prediction, examples, decisions)))
    note(f"accuracy: {evaluation.accuracy:.4f}")
    return {
        "dataset": entry.dataset,
        "label": entry.label,
        "sha256": router.bundle.sha256,
        "size_bytes": router.bundle.size_bytes,
        "tools": len(router.tools),
        "threshold": router.threshold,
        **evaluation.to_dict(),
        **measure_intervals(evaluation),
        **measure_scope(evaluation, decisions),
        **measure_shortlists(examples, decisions),
    }


def measure_intervals(evaluation: Evaluation) -> dict[str, Any]:
    """95 % bounds of accuracy and calibration error, and of the AUROC where there are out-of-scope
    texts.
    """
    inside = evaluation.in_scope
    sure, right = [p.confidence for p in inside], [p.is_right for p in inside]
    found = {
        "accuracy_95": interval_of_share(right),
        "ece_95": interval_of_pairs(expected_calibration_error, sure, right),
    }
    if evaluation.auroc is not None:
        outside = [_tool_confidence(p) for p in evaluation.predictions if p.example.tool is None]
        found["auroc_95"] = interval_of_samples(
            area_under_roc, [_tool_confidence(p) for p in inside], outside
        )
    return found


def measure_scope(evaluation: Evaluation, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Where there are out-of-scope texts and scopes: the AUROC with its bounds, the share of the
    former that is let through where 95 % of the texts with a tool are, and the accuracy with *no
    tool* as one more answer, over all texts.
    """
    scopes = evaluation.scopes
    if scopes is None:
        return {}
    pairs = zip(evaluation.predictions, decisions, strict=True)
    answers = [(p.example.tool, None if _is_outside(d) else p.best) for p, d in pairs]
    return {
        "scope_auroc_95": interval_of_samples(area_under_roc, *scopes),
        "scope_fpr": false_positive_rate(*scopes),
        "accuracy_with_none": sum(right == given for right, given in answers) / len(answers),
    }


def measure_shortlists(
    examples: Sequence[Example], decisions: Sequence[Decision]
) -> dict[str, Any]:
    """Mean length of the shortlists of the texts with a tool, and the share that holds it."""
    pairs = zip(examples, decisions, strict=True)
    found = [(e.tool, d.shortlist) for e, d in pairs if e.tool is not None]
    if not any(shortlist for _, shortlist in found):
        return {}
    return {
        "shortlist_size": sum(len(shortlist) for _, shortlist in found) / len(found),
        "shortlist_coverage": sum(tool in shortlist for tool, shortlist in found) / len(found),
    }


def _is_outside(decision: Decision) -> bool:
    return decision.reason is Reason.OUT_OF_SCOPE


def _tool_confidence(prediction: Any) -> float:
    """How sure the router is that a tool fits, as ``evaluate`` takes it for the AUROC."""
    return float(
        prediction.confidence if prediction.best is not None else 1.0 - prediction.confidence
    )
