"""One key at a time from a terminal, or one a line from a pipe; names with completion."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

ENTER = ""
"""The key of an empty line."""
_CTRL_D = "\x04"
_ESCAPE = b"\x1b"


class Keys(Protocol):
    """Where keys come from."""

    def read_key(self) -> str | None:
        """The next key, or what a line of a pipe holds; ``None`` after the last."""

    def read_name(self, prompt: str, names: Sequence[str]) -> str | None:
        """A line, for which some ``names`` are likely; ``None`` after the last."""


class LineKeys:
    """Lines, whoever writes them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read_key(self) -> str | None:
        """The next line, without white space around it."""
        line = next(self._lines, None)
        return None if line is None else line.strip()

    def read_name(self, prompt: str, names: Sequence[str]) -> str | None:
        """The next line."""
        return self.read_key()


class TerminalKeys:
    """A terminal's keys as they are pressed; Ctrl-C interrupts as ever, Ctrl-D ends."""

    def __init__(self) -> None:
        self._pressed = ""

    def read_key(self) -> str | None:
        """The next key; those that send a sequence, such as arrows, are none."""
        while not self._pressed:
            self._pressed = _read_pressed()
        key, self._pressed = self._pressed[0], self._pressed[1:]
        if key == _CTRL_D:
            return None
        return ENTER if key in "\r\n" else key

    def read_name(self, prompt: str, names: Sequence[str]) -> str | None:
        """A line that can be edited; Tab completes ``names`` where Python has readline."""
        self._pressed = ""
        with _completing(names):
            try:
                return input(prompt).strip()
            except EOFError:
                return None


def make_keys(read_lines: Callable[[], Iterator[str]]) -> Keys:
    """The terminal's where someone sits before one that tells single keys, or else lines."""
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        try:
            import termios  # noqa: F401 - Windows has none
        except ImportError:
            return LineKeys(read_lines())
        return TerminalKeys()
    return LineKeys(read_lines())


def _read_pressed() -> str:
    """What was pressed, at least one byte; nothing for a sequence."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSANOW)
        pressed = os.read(terminal, 64)
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    if not pressed:
        return _CTRL_D
    return "" if pressed.startswith(_ESCAPE) else pressed.decode("utf-8", "ignore")


@contextmanager
def _completing(names: Sequence[str]) -> Iterator[None]:
    """Within it, Tab completes ``names``."""
    try:
        import readline
    except ImportError:  # Windows has none
        yield
        return

    def complete(typed: str, number: int) -> str | None:
        return next(iter([name for name in names if name.startswith(typed)][number:]), None)

    before = readline.get_completer(), readline.get_completer_delims()
    readline.set_completer(complete)
    readline.set_completer_delims("")  # a name may hold a dot
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before[0])
        readline.set_completer_delims(before[1])
