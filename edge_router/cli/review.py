"""Look again at the texts of a journal that are worth it: one key each.

The answers are at once in the file that --taught names and in the journal.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from edge_router.cli.arguments import count
from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_journal, add_since
from edge_router.cli.keys import ENTER, Keys, open_keys
from edge_router.cli.output import one_line, print_json, printable
from edge_router.cli.teaching import MAX_TEXT_CHARS, add_taught, load_bundle
from edge_router.cli.texts import STDIN, read_texts
from edge_router.errors import DataError, EdgeRouterError, InputError
from edge_router.journal import Record, read_judged_hashes, read_records
from edge_router.review.heard import group_heard
from edge_router.review.item import Item, Why
from edge_router.review.report import NO_TOOL, explain
from edge_router.review.selection import select_items
from edge_router.review.session import Session
from edge_router.router import Router
from edge_router.taught import Taught, read_taught
from edge_router.tool import NAME_RULE, is_name

RIGHT, NONE, TYPE, EACH, SKIP, UNDO, QUIT = "y", "n", "t", "e", "s", "u", "q"
LAST = 10_000
"""Records that are looked through."""
MOST = 30
"""Items: some minutes' work."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    parser.add_argument(
        "bundle",
        nargs="?",
        help="the .router file that decides now (default: the router in the package)",
    )
    add_taught(parser)
    add_since(parser)
    parser.add_argument(
        "--last", type=count, default=LAST, metavar="N", help=f"of the last so many ({LAST})"
    )
    parser.add_argument(
        "--most", type=count, default=MOST, metavar="N", help=f"at most so many ({MOST})"
    )


def run(options: argparse.Namespace) -> int:
    """Asks, or with ``--json`` lists what it would ask."""
    if options.taught is None and not options.json:
        raise InputError("where shall the answers stand? name a .jsonl file with --taught")
    records = read_records(options.file, last=options.last, since=options.since)
    _check_texts(records, options.file)
    is_there = options.taught is not None and options.taught.exists()  # the first answer makes it
    taught = read_taught(options.taught) if is_there else Taught()
    router = _load_router(options, taught)
    heard = group_heard(records, judged=read_judged_hashes(options.file))
    items = select_items(heard, router, taught=taught, most=options.most)
    if options.json:
        for item in items:
            print_json({**item.to_dict(), "explained": explain(item)})
    elif not items:
        print("there is nothing to look at again")
    else:
        named = {name for item in items for name in item.choices}
        _ask(items, options, names=named | {tool.name for tool in (*router.tools, *taught.tools)})
    return DONE


def _ask(items: Sequence[Item], options: argparse.Namespace, *, names: set[str]) -> None:
    session = Session(journal=options.file, taught_file=options.taught)
    with open_keys(lambda: read_texts([STDIN], max_chars=MAX_TEXT_CHARS)) as keys:
        Review(items, session, keys, names=names).run()
    print(f"{session.texts} texts answered, in {printable(str(options.taught))} and the journal")


class Review:
    """Item by item until there is none, or no key any more."""

    def __init__(
        self, items: Sequence[Item], session: Session, keys: Keys, *, names: set[str]
    ) -> None:
        """``names`` are the tools that are known; a new one is asked about once."""
        self._items = list(items)
        self._session = session
        self._keys = keys
        self._names = names
        self._place = 0

    def run(self) -> None:
        """Shows and asks."""
        while self._place < len(self._items):
            item = self._items[self._place]
            number = f"[{self._place + 1}/{len(self._items)}]"
            print("\n".join([f"{number} {printable(explain(item))}", *_describe(item)]), flush=True)
            try:
                if not self._take_key(item):
                    return
            except EdgeRouterError as error:
                print(printable(str(error)), flush=True)

    def _take_key(self, item: Item) -> bool:
        """Whether to go on after a key."""
        key = self._keys.read_key()
        if key is None or key == QUIT:
            return False
        if key == UNDO:
            self._place = self._items.index(self._session.undo())
        elif key == EACH and item.each:
            self._items[self._place : self._place + 1] = item.each
        elif key == SKIP:
            self._place += 1
        elif key == TYPE or (key in (ENTER, RIGHT) and item.why is Why.CLUSTER):
            return self._take_name(item)
        else:
            self._answer(item, _read_choice(item, key))
        return True

    def _take_name(self, item: Item) -> bool:
        name = self._keys.read_name("tool: ", sorted(self._names))
        if name is None:
            return False
        if not is_name(name):
            raise InputError(f"{name!r} can be no tool's name here; {NAME_RULE}")
        if name not in self._names:
            near = [f"did you mean {n}? " for n in get_close_matches(name, self._names, n=1)]
            what = f"{name} is a new tool; {''.join(near)}{RIGHT} makes it, other keys do not"
            print(printable(what), flush=True)
            if (key := self._keys.read_key()) != RIGHT:
                return key is not None
        self._names.add(name)
        self._answer(item, name)
        return True

    def _answer(self, item: Item, tool: str | None) -> None:
        self._session.answer(item, tool)
        self._place += 1
        texts = f"{len(item.heard)} texts" if item.why is Why.CLUSTER else "it"
        print(f"    {texts} -> {printable(tool or NO_TOOL)}", flush=True)


def _read_choice(item: Item, key: str) -> str | None:
    """The tool that a key stands for; raises InputError for a key that stands for none."""
    if key in (ENTER, RIGHT):
        return item.proposal
    if key == NONE:
        return None
    if key.isascii() and key.isdigit() and 1 <= int(key) <= len(item.choices):
        return item.choices[int(key) - 1]
    raise InputError(f"the key {key[:20]!r} stands for nothing here; the line above lists those")


def _describe(item: Item) -> list[str]:
    lines = [f"    {one_line(each.text, 200)}{_tell_times(each.times)}" for each in item.heard]
    if item.size > len(item.heard):
        lines.append(f"    and {item.size - len(item.heard)} more, which are asked about later")
    is_cluster = item.why is Why.CLUSTER
    right = "name a new tool" if is_cluster else printable(item.proposal or NO_TOOL)
    digits = [f"{number} {printable(name)}" for number, name in enumerate(item.choices, 1)]
    keys = [f"enter {right}", *digits, f"{NONE} no tool fits", f"{TYPE} type a tool's name"]
    rest = [
        *([f"{EACH} one by one"] if item.each else []),
        f"{SKIP} skip",
        f"{UNDO} undo",
        f"{QUIT} quit",
    ]
    return [*lines, "  " + "   ".join([*keys, *rest])]


def _tell_times(times: int) -> str:
    return f"  (heard {times} times)" if times > 1 else ""


def _load_router(options: argparse.Namespace, taught: Taught) -> Router:
    """What decides now; a bundle that cannot be taught decides without what was taught."""
    router = load_bundle(options.bundle)
    part = router.bundle.manifest.parts.embedding
    if not taught.rows or part is None or part.teaching is None:
        return router
    return router.load_taught(options.taught, vectors=options.vectors)


def _check_texts(records: Sequence[Record], file: Path) -> None:
    if records and all(record.entry.text is None for record in records):
        raise DataError(
            "keeps no texts, so that there is nothing to look at; record them from now on, with "
            "Journal(FILE, keep_texts=True) or --journal FILE --keep-texts",
            file=str(file),
        )
