"""What was measured, as the files of ``bench/results`` have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Result = dict[str, Any]
Results = dict[str, list[Result]]
"""Results by kind, in the order of their files' names."""

KINDS = (
    "accuracy",
    "peers",
    "latency",
    "memory",
    "arm64",
    "busy",
    "teach",
    "scale",
    "curve",
    "arguments",
    "dispatch",
    "explain",
    "promise",
    "robustness",
    "split",
    "serve",
    "proxy",
    "journal",
    "judge",
    "outcomes",
    "costs",
    "explore",
    "drift",
    "program",
)
DATASETS = {"clinc150": "CLINC150", "banking77": "BANKING77", "snips": "SNIPS"}
"""What the tables call the sets."""


def read_results(folder: Path) -> Results:
    """``accuracy.json``, ``accuracy_*.json`` and so on, by kind."""
    return {
        kind: [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"{kind}*.json"))]
        for kind in KINDS
    }


def rows_of(results: Results, kind: str) -> Iterator[Result]:
    """The rows of all results of a kind."""
    return (row for result in results[kind] for row in result["rows"])


def find_mixed_bundles(results: Results) -> list[str]:
    """A sentence for each label under which different bundles were measured on one set: their
    figures must not stand in one row.
    """
    seen: dict[tuple[str, str], set[str]] = {}
    for kind in ("accuracy", "promise"):
        for row in rows_of(results, kind):
            seen.setdefault((row["dataset"], row["label"]), set()).add(row["sha256"])
    for result in results["latency"]:
        for name, digest in result["sha256"].items():
            label = name.removeprefix("edge-router ")
            seen.setdefault((result["dataset"], label), set()).add(digest)
    for kind in ("memory", "arm64", "explain", "robustness", "split"):
        for result in results[kind]:
            for row in result["rows"]:
                if "sha256" in row:
                    seen.setdefault((result["dataset"], row["label"]), set()).add(row["sha256"])
    return [
        f"{len(digests)} different bundles were measured as {dataset}/{label}; measure one again"
        for (dataset, label), digests in seen.items()
        if len(digests) > 1
    ]
