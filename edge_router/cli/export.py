"""Write what was said of a journal's decisions as examples, for teaching and training.

They are added to the file, which may be that of what was taught: a line each, and each once.
With ``--outcomes`` the file is written anew, with what was taken and how good that was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_journal
from edge_router.cli.outcomes import add_outcomes, export_outcomes
from edge_router.cli.output import print_json
from edge_router.examples import Example
from edge_router.journal import Corrections, read_corrections, read_weak_labels
from edge_router.taught import Taught, update_taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="a .jsonl file of examples; made where there is none",
    )
    parser.add_argument(
        "--weak",
        action="store_true",
        help="also what a language model chose where nobody said what is right, marked as weak; of "
        "--outcomes, where the tool ran, too",
    )
    add_outcomes(parser)


def run(options: argparse.Namespace) -> int:
    """Adds the examples to the file, or writes the outcomes."""
    if export_outcomes(options):
        return DONE
    found = read_corrections(options.file)
    weak = read_weak_labels(options.file) if options.weak else ()
    said = Taught().with_rows(found.examples)
    before = 0

    def add(held: Taught) -> Taught:
        nonlocal before
        before = len(held.rows)
        known = {(row.text, row.tool) for row in held.rows if isinstance(row, Example)}
        new = [example for example in weak if (example.text, example.tool) not in known]
        return held.with_all_of(said).with_rows(new)

    written = len(update_taught(options.output, add).rows) - before
    already = len(found.examples) + len(weak) - written
    if options.json:
        print_json(
            {
                "output": str(options.output),
                "written": written,
                "already_there": already,
                "without_text": found.without_text,
                "without_tool": found.without_tool,
            }
        )
    else:
        print(f"{written} examples written to {options.output}")
        if already:
            print(f"{already} were there already")
        print("".join([f"{line}\n" for line in _describe_left(found)]), end="")
    return DONE


def _describe_left(found: Corrections) -> list[str]:
    """What could not be written, and how it can be."""
    lines = []
    if found.without_text:
        lines.append(
            f"{found.without_text} cannot be written: the journal keeps no texts; "
            "Journal(FILE, keep_texts=True) does"
        )
    if found.without_tool:
        lines.append(
            f"{found.without_tool} were wrong, and what is right was not said: "
            "edge-router feedback FILE ID wrong --tool NAME"
        )
    return lines
