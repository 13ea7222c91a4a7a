"""Ctrl-C while modules are being imported."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from edge_router.cli.exit_codes import INTERRUPTED


@contextmanager
def interrupts_end_the_process() -> Iterator[None]:
    """Within it, Ctrl-C ends the process at once, without a word.

    A KeyboardInterrupt that is raised while numpy or onnxruntime starts may come out of their C
    code as another error, with a traceback. Nothing is open or half written then, so there is
    nothing to unwind.
    """
    try:
        is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if is_ours:  # a program that calls `main` may have its own way with Ctrl-C
            signal.signal(signal.SIGINT, _end_the_process)
    except ValueError:  # only the main thread may set a handler, and only it is interrupted
        is_ours = False
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_the_process(_signal: int, _frame: object) -> None:
    os._exit(INTERRUPTED)
