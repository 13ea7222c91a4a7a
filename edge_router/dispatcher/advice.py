"""What a dispatcher asks a remote model, where it has one; that it is of no help is no error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edge_router.dispatcher.effects import Effect, Flow
from edge_router.dispatcher.parts import Remote
from edge_router.dispatcher.turn import Turn
from edge_router.errors import EdgeRouterError, MissingExtraError
from edge_router.remote import Answer, Choice
from edge_router.tool import Tool


class Advice:
    """A remote model, or none: then nothing is asked and nothing leaves the device."""

    def __init__(self, remote: Remote | None, tools: Sequence[Tool]) -> None:
        """``tools`` are all that the model may choose from."""
        self._remote = remote
        self._tools = tools
        self._names = {tool.name for tool in tools}

    def choose(self, turn: Turn, near: Sequence[str]) -> Flow[Choice | None]:
        """The tool for the turn's query; ``near`` are the router's candidates, best first."""
        remote, query, tools = self._remote, turn.query, self._tools
        if remote is None:
            return None
        known = [name for name in near if name in self._names]
        effect = Effect(
            now=lambda: remote.choose(query, tools, known),
            later=lambda: remote.choose_async(query, tools, known),
        )
        choice: Choice | None = yield from _ask(turn, effect)
        return choice

    def tell(self, turn: Turn, tool: str, value: Any) -> Flow[Answer | None]:
        """A tool's result, as JSON has it, in the model's words."""
        remote, query, tools = self._remote, turn.query, self._tools
        if remote is None:
            return None
        effect = Effect(
            now=lambda: remote.final_words(query, tool, value, tools=tools),
            later=lambda: remote.final_words_async(query, tool, value, tools=tools),
            words=lambda: remote.stream_final_words(query, tool, value, tools=tools),
            awords=lambda: remote.stream_final_words_async(query, tool, value, tools=tools),
        )
        said: Answer | None = yield from _ask(turn, effect)
        return said


def _ask(turn: Turn, effect: Effect) -> Flow[Any]:
    """What came of asking; ``None`` for an error, which the turn remembers."""
    try:
        said = yield effect
    except MissingExtraError:
        raise  # only the one who installs can help
    except EdgeRouterError as error:
        turn.remote_error = error
        turn.lap("remote")
        return None
    turn.pay(said)
    turn.lap("remote")
    return said
