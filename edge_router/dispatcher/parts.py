"""What a dispatcher is put together from, as far as it needs to know them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from edge_router.decision import Decision
from edge_router.tool import Tool


class Routes(Protocol):
    """A router."""

    def route(self, text: str, /) -> Decision:
        """The decision for one text."""


class Found(Protocol):
    """An argument that a text gives."""

    @property
    def name(self) -> str:
        """The parameter."""

    @property
    def value(self) -> Any:
        """Its value as JSON has it."""

    @property
    def typed(self) -> Any:
        """Its value as Python has it, where that differs."""

    @property
    def text(self) -> str:
        """The words that say so."""

    @property
    def start(self) -> int:
        """Their first character."""

    @property
    def end(self) -> int:
        """One past their last."""

    @property
    def confidence(self) -> float:
        """0 to 1."""

    @property
    def source(self) -> str:
        """What it comes from."""


class Unclear(Protocol):
    """A parameter whose words have several meanings."""

    @property
    def name(self) -> str:
        """The parameter."""

    @property
    def readings(self) -> Sequence[Found]:
        """What they may mean."""


class Reading(Protocol):
    """What a text says of a tool's parameters."""

    @property
    def arguments(self) -> Sequence[Found]:
        """The values."""

    @property
    def missing(self) -> Sequence[str]:
        """Required parameters that it says nothing of."""

    @property
    def ambiguous(self) -> Sequence[Unclear]:
        """Parameters with several readings, in neither of the two above."""


class Fills(Protocol):
    """Finds a tool's arguments in a text; see ``edge_router.tools.arguments.fill``."""

    def __call__(
        self, parameters: dict[str, Any] | None, text: str, /, *, now: datetime
    ) -> Reading:
        """What ``text`` says of the JSON Schema ``parameters``; ``now`` is what *tomorrow* is told
        from.
        """


class Said(Protocol):
    """What a remote model said, and what it cost."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def tokens_in(self) -> int:
        """Tokens that were sent."""

    @property
    def tokens_out(self) -> int:
        """Tokens that came back."""

    @property
    def sent(self) -> tuple[dict[str, str], ...]:
        """The messages, exactly as they left the device."""


class Chosen(Said, Protocol):
    """The tool that a remote model chose."""

    @property
    def tool(self) -> str | None:
        """Its name; ``None``: none of them."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Its arguments."""


class Remote(Protocol):
    """A language model elsewhere; each method raises an EdgeRouterError within its own time
    bound. See ``edge_router.remote``.
    """

    def final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> Said:
        """A tool's result, told to the user."""

    async def final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> Said:
        """The same for an event loop."""

    def stream_final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> AbstractContextManager[Any]:
        """The same word by word: an iterator with ``answer`` at its end."""

    def stream_final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> AbstractAsyncContextManager[Any]:
        """The same for an event loop."""

    def choose(self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]) -> Chosen:
        """The tool for a query, or none; ``shortlist`` has the likeliest names, best first."""

    async def choose_async(
        self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]
    ) -> Chosen:
        """The same for an event loop."""
