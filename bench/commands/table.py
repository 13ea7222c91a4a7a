"""Writes the tables between ``<!-- table:NAME -->`` and ``<!-- /table:NAME -->`` in the READMEs,
and the figure.

All from ``bench/results``; a table whose results are not there yet is left as it is.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from bench.stamp import RESULTS, ROOT, note
from bench.tables import TABLES, Results

KINDS = ("accuracy", "peers", "latency", "memory", "arm64")
_BLOCK = re.compile(r"(<!-- table:(\w+) -->\n)(.*?)(<!-- /table:\2 -->)", re.DOTALL)
_OPENING = re.compile(r"<!-- /?table:")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, from which results."""
    parser.add_argument(
        "files", nargs="*", type=Path, help="default: README.md and bench/README.md"
    )
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; 1 where a table is not that of the results",
    )


def run(args: argparse.Namespace) -> int:
    """Fills the tables and draws the figure."""
    results = read_results(args.results)
    is_stale = False
    for path in args.files or [ROOT / "README.md", ROOT / "bench" / "README.md"]:
        old = path.read_text("utf-8")
        new = fill_tables(old, results)
        is_stale |= new != old
        if not args.check and new != old:
            path.write_text(new, "utf-8")
            note(f"wrote {path}")
    if args.check:
        return int(is_stale)
    if results["latency"] and results["accuracy"]:
        from bench.figure import draw_accuracy_latency

        draw_accuracy_latency(results, args.results / "accuracy_latency.png")
    return 0


def read_results(folder: Path) -> Results:
    """``accuracy.json``, ``accuracy_*.json`` and so on, by kind."""
    return {
        kind: [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"{kind}*.json"))]
        for kind in KINDS
    }


def fill_tables(text: str, results: Results) -> str:
    """``text`` with every table made anew; raises ValueError for an unknown name or markers that do
    not pair.
    """
    blocks = list(_BLOCK.finditer(text))
    if len(_OPENING.findall(text)) != 2 * len(blocks):
        raise ValueError(
            "the table markers do not pair: each <!-- table:NAME --> needs its <!-- /table:NAME -->"
        )
    return _BLOCK.sub(
        lambda block: block[1] + _make_block(block[2], block[3], results) + block[4], text
    )


def _make_block(name: str, old: str, results: Results) -> str:
    if name not in TABLES:
        raise ValueError(f"no table is called {name!r}; known: {', '.join(TABLES)}")
    make, needed = TABLES[name]
    missing = [kind for kind in needed if not results[kind]]
    if missing:
        note(f"table {name}: left as it is, no results of {', '.join(missing)}")
        return old
    return make(results) + "\n"
