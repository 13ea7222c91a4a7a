"""Show the last decisions that a journal holds, the newest at the end."""

from __future__ import annotations

import argparse
from datetime import datetime

from edge_router.cli.arguments import count
from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_journal, add_since
from edge_router.cli.output import one_line, print_json, printable
from edge_router.journal import Record, read_records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    add_since(parser)
    parser.add_argument("--last", type=count, default=20, metavar="N", help="so many (20)")
    parser.add_argument("--tool", metavar="NAME", help="those of this tool alone")
    parser.add_argument(
        "--abstained", action="store_true", help="those alone where the router did not decide"
    )


def run(options: argparse.Namespace) -> int:
    """Prints a line per record."""
    records = read_records(
        options.file,
        last=options.last,
        since=options.since,
        tool=options.tool,
        is_abstained=options.abstained,
    )
    for record in records:
        if options.json:
            print_json(record.to_dict())
        else:
            print(_describe(record))
    return DONE


def _describe(record: Record) -> str:
    entry = record.entry
    when = datetime.fromtimestamp(record.at).strftime("%Y-%m-%d %H:%M:%S")
    answered = entry.tool or entry.decided or "(no tool)"
    status = (entry.status or entry.reason).replace("_", " ")
    if entry.is_explored and entry.status:
        status += ", explored"
    text = f"#{record.text_hash[:8]}" if entry.text is None else one_line(entry.text)
    said = "" if record.feedback is None else f"  [{_describe_feedback(record)}]"
    weak = "  [weak]" if record.weak_tool is not None else ""
    return (
        f"{record.id:<10} {when}  {printable(answered):<24} {100 * entry.confidence:5.1f} %  "
        f"{status:<18} {entry.total_us:7d} us  {text}{weak}{said}"
    )


def _describe_feedback(record: Record) -> str:
    said = record.feedback
    assert said is not None
    if said.is_right:
        return "right"
    return f"wrong: {printable(said.tool or '(no tool)')}" if said.is_corrected else "wrong"
