"""Texts with their tools, from files.

A ``.jsonl`` file may also be what a device was taught (``taught.py``): beside examples it then has
rows that correct a text or take it back, describe a tool or forget one. Each speaks of the rows
before it, so that such a file is the next training's input as it stands. Where nobody said which
tool is right, a file of logged outcomes says what came of the one that was taken.
"""

from edge_router.examples.example import Example, Retraction, Row, Slot, ToolNote, normalize
from edge_router.examples.logged_outcome import LoggedOutcome, dump_outcomes, read_outcomes
from edge_router.examples.rows import (
    drop_weak,
    parse_rows,
    read_examples,
    settle,
    without_torn_line,
)

__all__ = [
    "Example",
    "LoggedOutcome",
    "Retraction",
    "Row",
    "Slot",
    "ToolNote",
    "drop_weak",
    "dump_outcomes",
    "normalize",
    "parse_rows",
    "read_examples",
    "read_outcomes",
    "settle",
    "without_torn_line",
]
