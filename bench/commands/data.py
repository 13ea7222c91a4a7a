"""Writes a split of a public set as examples that ``edge-router train`` reads.

Training and validation splits come without the few texts that also stand in a later one:
edge-router refuses those. Into a file that ends in .json go tools with their descriptions and
examples, where the set describes them.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from bench.datasets import read_lines, read_split, read_unshared, write_examples, write_tools
from bench.stamp import note


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``data clinc150 train -o train.jsonl``."""
    parser.add_argument("dataset", help="clinc150, banking77, snips or metatool")
    parser.add_argument(
        "split", help="train, valid, test; clinc150 also oos_train, oos_valid, oos_test"
    )
    parser.add_argument(
        "--without",
        type=int,
        default=0,
        metavar="N",
        help="leave out N of the tools, always the same ones: to be taught afterwards",
    )
    parser.add_argument("-o", "--output", type=Path, required=True)


def run(args: argparse.Namespace) -> int:
    """Writes the file and says how many examples it has."""
    examples = read_split(args.dataset, args.split)
    kept = read_unshared(args.dataset, args.split)
    left_out = len(examples) - len(kept)
    tools = sorted({example.tool for example in kept if example.tool is not None})
    without = set(random.Random(0).sample(tools, args.without))
    kept = [example for example in kept if example.tool not in without]
    if args.output.suffix == ".json":
        write_tools(kept, read_lines(f"{args.dataset}/tools.jsonl"), args.output)
    else:
        write_examples(kept, args.output)
    why = f", {left_out} left out that stand in a later split" if left_out else ""
    note(f"{args.output}: {len(kept)} examples{why}")
    if without:
        note(f"without {', '.join(sorted(without))}")
    return 0
