"""A conversation in a terminal: a line that can be edited, and colour. Needs the extra ``chat``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from edge_router.cli.output import printable
from edge_router.cli.screens import INDENT, printable_lines
from edge_router.dispatcher import Outcome
from edge_router.errors import EdgeRouterError, MissingExtraError


class Terminal:
    """One line at a time; Tab completes what ``list_words`` has at that moment."""

    is_interactive = True

    def __init__(self, *, history: Path | None, list_words: Callable[[], list[str]]) -> None:
        """Lines are kept in the file ``history``, or for as long as the terminal is open. Raises
        MissingExtraError.
        """
        try:
            from prompt_toolkit import PromptSession
            from prompt_toolkit.completion import WordCompleter
            from prompt_toolkit.history import FileHistory
            from rich.console import Console
        except ImportError as error:
            raise MissingExtraError("chat", error.name or "prompt_toolkit") from error
        if history is not None:  # what a user types is nobody else's to read
            os.close(os.open(history, os.O_WRONLY | os.O_CREAT, 0o600))
        self._console = Console(highlight=False)
        self._session: PromptSession[str] = PromptSession(
            history=None if history is None else FileHistory(str(history)),
            completer=WordCompleter(list_words, sentence=True),
            complete_while_typing=False,
        )

    def read(self, *, is_reply: bool) -> str | None:
        """The next line; ``None`` after Ctrl-D. What tools print meanwhile stands above it."""
        from prompt_toolkit.patch_stdout import patch_stdout

        try:
            with patch_stdout():
                line: str = self._session.prompt("? " if is_reply else "> ")
        except EOFError:
            return None
        return line

    def say(self, words: str) -> None:
        """Shows words of an answer."""
        self._print(printable_lines(words), end="")

    def end_turn(self, outcome: Outcome, notes: Iterable[str]) -> None:
        """Shows the notes below the answer, dimmed."""
        self._print("")
        for note in notes:
            self._print(f"{INDENT}{printable(note)}", style="dim")

    def show(self, lines: Iterable[str]) -> None:
        """Shows what a command says."""
        for line in lines:
            self._print(printable(line), style="cyan")

    def complain(self, error: EdgeRouterError) -> None:
        """Shows what cannot be done."""
        self._print(printable(str(error)), style="yellow")

    def _print(self, text: str, **how: Any) -> None:
        self._console.out(text, highlight=False, **how)
