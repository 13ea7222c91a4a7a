"""Writes a split of a public set as examples that ``edge-router train`` reads.

Training and validation splits come without the few texts that also stand in a later one:
edge-router refuses those.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.datasets import read_split, read_unshared, write_examples
from bench.stamp import note


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``data clinc150 train -o train.jsonl``."""
    parser.add_argument("dataset", help="clinc150, banking77 or snips")
    parser.add_argument(
        "split", help="train, valid, test; clinc150 also oos_train, oos_valid, oos_test"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)


def run(args: argparse.Namespace) -> int:
    """Writes the file and says how many examples it has."""
    examples = read_split(args.dataset, args.split)
    kept = read_unshared(args.dataset, args.split)
    write_examples(kept, args.output)
    left_out = len(examples) - len(kept)
    why = f", {left_out} left out that stand in a later split" if left_out else ""
    note(f"{args.output}: {len(kept)} examples{why}")
    return 0
