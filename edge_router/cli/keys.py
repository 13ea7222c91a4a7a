"""One key at a time from a terminal, or one a line from a pipe; names with completion."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

ENTER = ""
"""The key of an empty line."""
_CTRL_D = "\x04"
_SEQUENCE = re.compile(rb"\x1b(?:[\[O][0-9;]*[@-~]|.)?", re.DOTALL)


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

    def __init__(self, whole_lines: Callable[[], AbstractContextManager[None]]) -> None:
        """Within ``whole_lines`` the terminal gives lines that can be edited."""
        self._whole_lines = whole_lines
        self._pressed = ""

    def read_key(self) -> str | None:
        """The next key; those that send a sequence, such as arrows, are none."""
        while not self._pressed:
            read = os.read(sys.stdin.fileno(), 64) or b"\x04"
            self._pressed = _SEQUENCE.sub(b"", read).decode("utf-8", "ignore")
        key, self._pressed = self._pressed[0], self._pressed[1:]
        if key == _CTRL_D:
            return None
        return ENTER if key in "\r\n" else key

    def read_name(self, prompt: str, names: Sequence[str]) -> str | None:
        """A line that can be edited; Tab completes ``names`` where Python has readline."""
        self._pressed = ""
        with self._whole_lines(), _completing(names):
            try:
                return input(prompt).strip()
            except EOFError:
                return None


@contextmanager
def open_keys(read_lines: Callable[[], Iterator[str]]) -> Iterator[Keys]:
    """The terminal's keys where someone sits before one that gives single keys, or else lines."""
    try:
        import termios
        import tty
    except ImportError:  # Windows has none
        yield LineKeys(read_lines())
        return
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield LineKeys(read_lines())
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    @contextmanager
    def whole_lines() -> Iterator[None]:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        try:
            yield
        finally:
            tty.setcbreak(terminal, termios.TCSADRAIN)

    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield TerminalKeys(whole_lines)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


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
