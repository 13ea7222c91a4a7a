"""``edge-router export --outcomes``: what was taken and how good it was, for ``train --outcomes``
and ``judge``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.arguments import amount
from edge_router.cli.journal import add_since
from edge_router.cli.output import print_json
from edge_router.errors import DataError, InputError
from edge_router.examples import dump_outcomes, read_outcomes
from edge_router.journal import Outcomes, Rewards, read_logged_outcomes


def add_outcomes(parser: argparse.ArgumentParser) -> None:
    """Declares ``--outcomes`` and what belongs to it."""
    parser.add_argument(
        "--outcomes",
        action="store_true",
        help="write what was taken, how probable that was and how good, for train --outcomes and "
        "judge; the file is written anew",
    )
    parser.add_argument(
        "--failed-is-wrong",
        action="store_true",
        help="of --outcomes: a tool that failed was the wrong one, where nobody said otherwise",
    )
    parser.add_argument(
        "--price",
        type=amount,
        default=0.0,
        metavar="MONEY",
        help="of --outcomes: what a million tokens cost, sent or received (0)",
    )
    add_since(parser)


def export_outcomes(options: argparse.Namespace) -> bool:
    """Writes them where ``--outcomes`` asks for it; whether it did."""
    if not options.outcomes:
        if options.failed_is_wrong or options.price or options.since:
            raise InputError("--failed-is-wrong, --price and --since belong to --outcomes; add it")
        return False
    rewards = Rewards(
        price=options.price,
        is_failure_wrong=options.failed_is_wrong,
        takes_weak=options.weak,
    )
    found = read_logged_outcomes(options.file, rewards=rewards, since=options.since)
    _write(options.output, dump_outcomes(found.rows))
    n_weak = sum(row.is_weak for row in found.rows)
    if options.json:
        print_json(
            {
                "output": str(options.output),
                "written": len(found.rows),
                "weak": n_weak,
                "without_reward": found.without_reward,
                "without_text": found.without_text,
                "without_propensity": found.without_propensity,
            }
        )
    else:
        print("\n".join(_describe(found, n_weak, options.output)))
    return True


def _write(output: Path, text: str) -> None:
    """The file with ``text``, in place of other outcomes, or of nothing."""
    try:
        if output.is_file():
            read_outcomes(output)
        output.write_text(text, "utf-8")
    except DataError as error:
        problem = f"is there already, with something else than outcomes ({error}); name another"
        raise DataError(problem, file=str(output)) from error
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); name another file, or free space"
        raise DataError(problem, file=str(output)) from error


def _describe(found: Outcomes, n_weak: int, output: Path) -> list[str]:
    weak = f", {n_weak} of them weak" if n_weak else ""
    lines = [f"{len(found.rows)} outcomes written to {output}{weak}"]
    if found.without_reward:
        lines.append(
            f"{found.without_reward} were left out: nobody said whether they were right: "
            "edge-router feedback FILE ID right"
        )
    if found.without_text:
        lines.append(
            f"{found.without_text} cannot be written: the journal keeps no texts; "
            "Journal(FILE, keep_texts=True) does"
        )
    if found.without_propensity:
        lines.append(
            f"{found.without_propensity} were recorded before propensities were; they are "
            "examples: leave --outcomes out"
        )
    return lines
