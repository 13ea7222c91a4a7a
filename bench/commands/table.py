"""Writes the tables between ``<!-- table:NAME -->`` and ``<!-- /table:NAME -->`` in the READMEs and
in ``docs``, and the figures.

All from ``bench/results``; a table whose results are not there yet is left as it is. ``--check``
writes nothing and fails where a table or a figure is empty, is not that of the results, or stands
nowhere, or where bundles were mixed.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from bench import costs_figure, curve_figure, figure
from bench.measured import Results, find_mixed_bundles, read_results
from bench.stamp import RESULTS, ROOT, note
from bench.tables import TABLES

READMES = (ROOT / "README.md", ROOT / "bench" / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FIGURES = (figure, curve_figure, costs_figure)
"""Modules that draw one each."""
_BLOCK = re.compile(r"(<!-- table:(\w+) -->\n)(.*?)(<!-- /table:\2 -->)", re.DOTALL)
_OPENING = re.compile(r"<!-- /?table:")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, from which results."""
    parser.add_argument(
        "files", nargs="*", type=Path, help="default: README.md, bench/README.md and docs"
    )
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; 1 where a table is empty, stale or nowhere",
    )


def run(args: argparse.Namespace) -> int:
    """Fills the tables, draws the figures; with ``--check``, 1 where there is something to do."""
    results = read_results(args.results)
    files = args.files or READMES
    texts = {path: path.read_text("utf-8") for path in files}
    problems = find_mixed_bundles(results)
    for path, text in texts.items():
        missing = find_missing(text, results)
        problems += [f"{path}: table {name}: {why}" for name, why in missing.items()]
        filled = fill_tables(text, results)
        if filled != text and args.check:
            problems.append(f"{path}: its tables are not those of the results")
        elif filled != text:
            path.write_text(filled, "utf-8")
            note(f"wrote {path}")
    if not args.files:
        whole = "".join(texts.values())
        nowhere = [name for name in TABLES if f"<!-- table:{name} -->" not in whole]
        problems += [f"table {name} stands in no README" for name in nowhere]
    problems += _update_figures(results, args.results, is_check=args.check)
    for problem in problems:
        note(f"table: {problem}")
    return int(args.check and bool(problems))


def find_missing(text: str, results: Results) -> dict[str, str]:
    """The tables of a text that cannot be made, and why; raises ValueError for an unknown name."""
    missing = {}
    for block in _BLOCK.finditer(text):
        if kinds := [kind for kind in _needed(block[2]) if not results[kind]]:
            missing[block[2]] = f"no results of {', '.join(kinds)}"
    return missing


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
    if not all(results[kind] for kind in _needed(name)):
        return old
    return TABLES[name][0](results) + "\n"


def _needed(name: str) -> tuple[str, ...]:
    """The kinds of results that a table is made of."""
    if name not in TABLES:
        raise ValueError(f"no table is called {name!r}; known: {', '.join(TABLES)}")
    return TABLES[name][1]


def _update_figures(results: Results, folder: Path, *, is_check: bool) -> list[str]:
    """Draws the figures that are not those of the results, or says which."""
    problems = []
    for drawn in FIGURES:
        path = folder / Path(drawn.FIGURE).name
        if not all(results[kind] for kind in drawn.KINDS) or drawn.is_current(results, path):
            continue
        if is_check:
            problems.append(f"{path} is not the figure of the results")
        else:
            drawn.draw_figure(results, path)
            note(f"wrote {path}")
    return problems
