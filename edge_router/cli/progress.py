"""How far a training is, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from edge_router.cli.output import printable


def make_progress(*, is_shown: bool) -> Callable[[str, int, int], None]:
    """A callback ``(step, done, total)``; what stands in brackets in ``step``, such as a loss, is
    shown but is no part of its name.
    """
    return _Steps() if is_shown else lambda _step, _done, _total: None


class _Steps:
    """One bar at a time, in a terminal only, and one line for each step that has ended."""

    def __init__(self) -> None:
        self._name = ""
        self._bar: Any = None
        self._start_s = 0.0
        self._done = 0

    def __call__(self, step: str, done: int, total: int) -> None:
        name, _, detail = printable(step).partition(" (")
        if name != self._name:
            self._end(f"{self._done} done")
            self._begin(name, done, total)
        self._done = done
        if self._bar is not None:
            self._bar.set_postfix_str(detail.rstrip(")"), refresh=False)
            self._bar.update(done - self._bar.n)
        if done >= total:
            self._end(f"{total}{f' ({detail}' if detail else ''}")

    def _begin(self, name: str, done: int, total: int) -> None:
        self._name = name
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                desc=name,
                total=total,
                initial=max(0, done - 1),  # a training that goes on has not done these just now
                file=sys.stderr,
                leave=False,
                delay=0.5,  # a step that is over sooner would only flicker
                mininterval=0.5,
                dynamic_ncols=True,
            )
        self._start_s = time.perf_counter()

    def _end(self, what: str) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        if self._name:
            seconds = time.perf_counter() - self._start_s
            print(f"{self._name}: {what} in {seconds:.0f} s", file=sys.stderr, flush=True)
        self._name = ""
