"""What the commands share: exit codes, JSON lines, texts from arguments or stdin, a "
"progress bar.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

DONE, CHECK_FAILED, BAD_INPUT, ABSTAINED, INTERRUPTED = 0, 1, 2, 3, 130
STDIN = "-"


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, at once, so that a pipe sees it."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def read_texts(texts: Sequence[str]) -> Iterator[str]:
    """The texts themselves, or for ``-`` the lines of stdin as they come."""
    if list(texts) != [STDIN]:
        yield from texts
        return
    # what is not UTF-8 becomes the replacement character: one bad line must not end a stream
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def make_progress(*, is_shown: bool) -> Callable[[str, int, int], None]:
    """A progress callback: a tqdm bar with an estimate on stderr, one per step of the work."""
    bars: dict[str, Any] = {}

    def show(step: str, done: int, total: int) -> None:
        name, _, detail = step.partition(" (")
        if name not in bars:
            from tqdm import tqdm

            bars[name] = tqdm(desc=name, total=total, file=sys.stderr, mininterval=0.5)
        bar = bars[name]
        if detail:
            bar.set_postfix_str(detail.rstrip(")"), refresh=False)
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bars.pop(name).close()

    return show if is_shown else lambda _step, _done, _total: None


def one_line(text: str, most: int = 60) -> str:
    """The beginning of ``text`` for a terminal: no line break, escape sequence or change of
    direction gets through.
    """
    return "".join([c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:most]])


def percent(share: float | None) -> str:
    """A share for people."""
    return "-" if share is None else f"{100 * share:.2f} %"
