"""Where a conversation is shown when nobody sits before it: plain lines, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from typing import Any, TextIO

from edge_router.cli.output import print_json, printable
from edge_router.dispatcher import Outcome
from edge_router.errors import EdgeRouterError

INDENT = "  "
"""Before what is told beside an answer."""


class PlainScreen:
    """Lines without colour, each as soon as it is known."""

    is_interactive = False

    def __init__(self, lines: Iterator[str]) -> None:
        """``lines`` are the user's."""
        self._lines = lines

    def read(self, *, is_reply: bool) -> str | None:
        """The next line."""
        return next(self._lines, None)

    def say(self, words: str) -> None:
        """Prints words of an answer; its own line breaks stand."""
        print(printable_lines(words), end="", flush=True)

    def end_turn(self, outcome: Outcome, notes: Iterable[str]) -> None:
        """Prints the notes below the answer."""
        print()
        self.show(f"{INDENT}{note}" for note in notes)

    def show(self, lines: Iterable[str]) -> None:
        """Prints lines."""
        print("\n".join(map(printable, lines)), flush=True)

    def complain(self, error: EdgeRouterError) -> None:
        """Prints what cannot be done."""
        print(printable(str(error)), flush=True)


class JsonScreen(PlainScreen):
    """One object a line of the user's: an outcome, what a command says, or an error."""

    def __init__(self, lines: Iterator[str], out: TextIO) -> None:
        """``out`` takes the objects, and nothing that a tool prints."""
        super().__init__(lines)
        self._out = out

    def say(self, words: str) -> None:
        """Nothing: the outcome has the words."""

    def end_turn(self, outcome: Outcome, notes: Iterable[str]) -> None:
        """Prints the outcome."""
        self._print(outcome.to_dict())

    def show(self, lines: Iterable[str]) -> None:
        """Prints what a command says."""
        self._print({"said": list(lines)})

    def complain(self, error: EdgeRouterError) -> None:
        """Prints the error as every command does."""
        self._print({"error": str(error), "kind": type(error).__name__})

    def _print(self, value: Mapping[str, Any]) -> None:
        with redirect_stdout(self._out):
            print_json(value)


def printable_lines(text: str) -> str:
    """``text`` with its line breaks, and nothing else that a terminal obeys."""
    return "\n".join(map(printable, text.split("\n")))
