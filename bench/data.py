"""Writes a split of a public set as examples that ``edge-router train`` reads.

``train`` comes without the few texts that also stand in the official valid or test split:
edge-router refuses those.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.datasets import read_split, training_examples, write_examples
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
    kept = training_examples(args.dataset) if args.split == "train" else examples
    write_examples(kept, args.output)
    note(
        f"{len(kept)} examples in {args.output}; {len(examples) - len(kept)} left out: they "
        "stand in a held-out split"
    )
    return 0
