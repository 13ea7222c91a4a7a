"""Say which of two bundles is the better one, by logged outcomes, before anyone ships it."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.arguments import amount, number, share
from edge_router.cli.exit_codes import CHECK_FAILED, DONE
from edge_router.cli.output import percent, print_json, printable
from edge_router.comparison import Comparison, compare
from edge_router.examples import read_outcomes
from edge_router.off_policy import CERTAINTY, FEWEST, Estimate
from edge_router.router import Router


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("old", help="the .router file in use")
    parser.add_argument("new", help="the .router file that may take its place")
    parser.add_argument(
        "log",
        nargs="+",
        type=Path,
        help="JSONL files of outcomes: text, tool, propensity, reward, cost",
    )
    parser.add_argument(
        "--margin",
        type=amount,
        default=0.0,
        metavar="REWARD",
        help="accept a new one that is worse by less than this (0: it must be better)",
    )
    parser.add_argument(
        "--cost-weight",
        type=amount,
        default=0.0,
        metavar="WEIGHT",
        help="how much reward a cost of 1 outweighs (0)",
    )
    parser.add_argument(
        "--abstention-reward",
        type=number,
        metavar="REWARD",
        help="what it is worth that a router abstains, such as a remote model's share of right "
        "answers (default: what the log's rows without a tool say)",
    )
    parser.add_argument(
        "--threshold", type=share, help="the confidence to decide from (each bundle's own)"
    )
    parser.add_argument(
        "--weak", action="store_true", help="take rewards that nobody gave, but were guessed, too"
    )


def run(options: argparse.Namespace) -> int:
    """Prints both values and the verdict; exit code 1 unless the new one may be shipped."""
    logged = [outcome for path in options.log for outcome in read_outcomes(path)]
    outcomes = [o for o in logged if options.weak or not o.is_weak]
    old, new = Router.load(options.old), Router.load(options.new)
    found = compare(
        old,
        new,
        outcomes,
        threshold=options.threshold,
        cost_weight=options.cost_weight,
        abstention_reward=options.abstention_reward,
    )
    is_accepted = found.is_sound and found.gain.low > -options.margin
    left_out = len(logged) - len(outcomes)
    if options.json:
        print_json(
            {
                "is_accepted": is_accepted,
                **found.to_dict(),
                "old_sha256": old.bundle.sha256,
                "new_sha256": new.bundle.sha256,
                "weak_rows_left_out": left_out,
            }
        )
    else:
        print(_describe(found, options, left_out))
    return DONE if is_accepted else CHECK_FAILED


def _describe(found: Comparison, options: argparse.Namespace, left_out: int) -> str:
    lines = [
        f"{found.rows} outcomes of {found.texts} texts; as logged {found.logged:.4f} a text",
        f"old   {_interval(found.old.reward)}  {printable(options.old)}",
        f"new   {_interval(found.new.reward)}  {printable(options.new)}",
        f"gain  {_interval(found.gain, '+')}  they differ on {found.differing} of the texts",
    ]
    if left_out:
        lines.append(f"left out: {left_out} guessed rewards; --weak takes them")
    return "\n".join([*lines, _judge(found, options.margin)])


def _interval(estimate: Estimate, sign: str = "") -> str:
    return f"{estimate.value:{sign}.4f}  [{estimate.low:{sign}.4f}, {estimate.high:{sign}.4f}]"


def _judge(found: Comparison, margin: float) -> str:
    """The verdict, in a sentence."""
    for name, value in (("old", found.old), ("new", found.new)):
        if value.unseen_share:
            return (
                f"not told: for about {percent(value.unseen_share)} of the texts the log never "
                f"takes what the {name} router does; log with one that explores"
            )
        if value.effective_texts < FEWEST:
            return (
                f"not told: the log says as much of the {name} router as "
                f"{value.effective_texts:.0f} texts would, and {FEWEST} are needed; log more, or "
                "explore a larger share"
            )
    if not found.differing:
        return "they take the same for all of the texts"
    sure = f"with a certainty of {CERTAINTY:.0%}"
    if found.gain.low > 0:
        return f"the new router is better, {sure}"
    if found.gain.high < 0:
        return f"the old router is better, {sure}"
    if found.gain.low > -margin:
        return f"the new router is not worse by {margin:g} or more, {sure}"
    return "not told: the interval holds both more and less; log more"
