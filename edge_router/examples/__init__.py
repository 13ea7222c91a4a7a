"""Texts with their tools, from files.

A ``.jsonl`` file may also be what a device was taught (``taught.py``): beside examples it then has
rows that correct a text or take it back, describe a tool or forget one. Each speaks of the rows
before it, so that such a file is the next training's input as it stands.
"""

from edge_router.examples.example import Example, Retraction, Row, Slot, ToolNote, normalize
from edge_router.examples.rows import parse_rows, read_examples, settle, without_torn_line

__all__ = [
    "Example",
    "Retraction",
    "Row",
    "Slot",
    "ToolNote",
    "normalize",
    "parse_rows",
    "read_examples",
    "settle",
    "without_torn_line",
]
