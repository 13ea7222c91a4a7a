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
from edge_router.journal import Corrections, read_corrections
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
    add_outcomes(parser)


def run(options: argparse.Namespace) -> int:
    """Adds the examples to the file, or writes the outcomes."""
    if export_outcomes(options):
        return DONE
    found = read_corrections(options.file)
    said = Taught().with_rows(found.examples)
    before = 0

    def add(held: Taught) -> Taught:
        nonlocal before
        before = len(held.rows)
        return held.with_all_of(said)

    written = len(update_taught(options.output, add).rows) - before
    if options.json:
        print_json(
            {
                "output": str(options.output),
                "written": written,
                "already_there": len(found.examples) - written,
                "without_text": found.without_text,
                "without_tool": found.without_tool,
            }
        )
    else:
        print("\n".join(_describe(found, written, options.output)))
    return DONE


def _describe(found: Corrections, written: int, output: Path) -> list[str]:
    lines = [f"{written} examples written to {output}"]
    if already := len(found.examples) - written:
        lines.append(f"{already} were there already")
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
