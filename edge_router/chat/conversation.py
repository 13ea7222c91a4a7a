"""Texts and replies in turn, and what is corrected between them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from edge_router.bundle import Bundle
from edge_router.decision import Decision
from edge_router.dispatcher import Dispatcher, Outcome
from edge_router.errors import InputError
from edge_router.part import Part
from edge_router.remote import Remote
from edge_router.router import Router
from edge_router.taught import Taught, update_taught
from edge_router.tool import Tool
from edge_router.tools import RunnableTool
from edge_router.tools.arguments import Arguments

if TYPE_CHECKING:
    from edge_router.journal import Journal


@dataclass(frozen=True, slots=True)
class Correction:
    """What a user said of a text, and what was before."""

    text: str
    """The text, as it was routed."""
    tool: str | None
    """The tool that it belongs to; ``None``: to none."""
    router_before: Router
    """Decided until then."""
    file_before: Taught
    """What the file of taught texts held until then."""


class Conversation:
    """One user and one assistant. It keeps the last turn, and what was corrected."""

    def __init__(
        self,
        router: Router,
        *,
        tools: Iterable[RunnableTool],
        remote: Remote | None = None,
        taught_file: Path | None = None,
        language: str = "en",
        journal: Journal | None = None,
    ) -> None:
        """Corrections are appended to ``taught_file``, which is made where there is none; numbers
        and times are read in ``language``; ``journal`` records the turns. Raises DataError for a
        language without a grammar.
        """
        self.router = router
        """What decides now: each correction makes another."""
        self.text: str | None = None
        """The last text that was no reply to a question."""
        self.outcome: Outcome | None = None
        """What it led to so far; ``None`` where that was abandoned."""
        self._taught_file = taught_file
        self._corrections: list[Correction] = []
        words = Arguments(language=language)
        self._dispatcher = Dispatcher(
            self, tools=tools, remote=remote, arguments=words, journal=journal
        )
        self.tools: tuple[Tool, ...] = tuple(t.tool for t in self._dispatcher.tools.values())
        """What can be run."""

    @property
    def bundle(self) -> Bundle:
        """The router's, for the journal."""
        return self.router.bundle

    def tokens(self, text: str) -> list[int]:
        """What the router reads, for the journal."""
        return self.router.tokens(text)

    @property
    def is_asking(self) -> bool:
        """Whether the next text is a reply."""
        return self.outcome is not None and self.outcome.is_question

    def hear(self, text: str) -> Generator[str, None, None]:
        """The answer to a text, or to a reply where one is awaited, word by word; ``outcome`` is
        the whole once the last word was taken.
        """
        asked, self.outcome = self.outcome, None
        if asked is not None and asked.is_question:
            self.outcome = self._dispatcher.resume(asked, text)
            yield self.outcome.text
            return
        self.text = text
        with self._dispatcher.stream(text) as words:
            yield from words
            self.outcome = words.outcome

    def drop_question(self) -> None:
        """The next text is no reply."""
        if self.is_asking:
            self.outcome = None

    def decide(self) -> Decision:
        """The decision for the last text; raises InputError where there is none yet."""
        if self.outcome is not None:
            return self.outcome.decision
        return self.route(self._last_text())

    def correct(self, tool: str | None) -> Correction:
        """Has the last text belong to ``tool`` from now on, or to none; raises InputError for a
        tool that nobody knows, and DataError where the file cannot be written.
        """
        text = self._last_text()
        if tool is not None:
            self._check_name(tool)
        corrected = self.router.correct(text, tool=tool)
        before = self._update_file(lambda held: held.correct(text, tool=tool))
        self._corrections.append(Correction(text, tool, self.router, before))
        self.router = corrected
        self.drop_question()
        return self._corrections[-1]

    def undo(self) -> Correction:
        """Takes the last correction back, in the file too; raises InputError where there is
        none.
        """
        if not self._corrections:
            raise InputError("there is no correction to take back; :correct makes one")
        last = self._corrections[-1]
        self._update_file(lambda held: held.restore(last.text, before=last.file_before))
        self.router = self._corrections.pop().router_before
        return last

    def route(self, text: str, /) -> Decision:
        """What the dispatcher asks for: the decision of the router as it is now."""
        return self.router.route(text)

    def split(self, text: str, /) -> tuple[Part, ...]:
        """The same, part by part, where a text may forbid something."""
        return self.router.split(text)

    def _last_text(self) -> str:
        if self.text is None:
            raise InputError("nothing was said yet; type what you want first")
        return self.text

    def _check_name(self, tool: str) -> None:
        known = {each.name for each in (*self.tools, *self.router.tools)}
        if tool not in known:
            near = [f"did you mean {name!r}? " for name in get_close_matches(tool, known, n=1)]
            raise InputError(f"there is no tool {tool!r}; {''.join(near)}:tools lists them")

    def _update_file(self, change: Callable[[Taught], Taught]) -> Taught:
        """What the file held before ``change``; nothing where there is none."""
        if self._taught_file is None:
            return Taught()
        found: list[Taught] = []

        def remember(held: Taught) -> Taught:
            found.append(held)
            return change(held)

        update_taught(self._taught_file, remember)
        return found[0]
