"""What a dispatcher is put together from, as far as it needs to know them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from edge_router.decision import Decision
from edge_router.remote import Answer, Choice
from edge_router.tool import Tool
from edge_router.tools.arguments import Filled


class Routes(Protocol):
    """A router."""

    def route(self, text: str, /) -> Decision:
        """The decision for one text."""


class Fills(Protocol):
    """Finds a tool's arguments in a text; see ``edge_router.tools.arguments.fill``."""

    def __call__(self, parameters: dict[str, Any] | None, text: str, /, *, now: datetime) -> Filled:
        """What ``text`` says of the JSON Schema ``parameters``; ``now`` is what *tomorrow* is told
        from.
        """


class Remote(Protocol):
    """A language model elsewhere; each method raises an EdgeRouterError within its own time
    bound. See ``edge_router.remote``.
    """

    def final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> Answer:
        """A tool's result, told to the user."""

    async def final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> Answer:
        """The same for an event loop."""

    def stream_final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> AbstractContextManager[Any]:
        """The same word by word: an iterator with ``answer`` at its end."""

    def stream_final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool]
    ) -> AbstractAsyncContextManager[Any]:
        """The same for an event loop."""

    def choose(self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]) -> Choice:
        """The tool for a query, or none; ``shortlist`` has the likeliest names, best first."""

    async def choose_async(
        self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]
    ) -> Choice:
        """The same for an event loop."""
