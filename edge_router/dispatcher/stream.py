"""A dispatch whose words come as they are said."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing, closing
from typing import Self

from edge_router.dispatcher.effects import Flow, aspeak, speak
from edge_router.dispatcher.outcome import Outcome


class OutcomeStream:
    """Iterates over the words for the user; after the last, ``outcome`` holds the whole.

    Where a remote model fails in the middle, the tool's own answer follows on a new line. Closing
    it (``close()``, ``with``) ends what is under way.
    """

    def __init__(self, flow: Flow[Outcome]) -> None:
        """Nothing is done before the first word is asked for."""
        self._words = self._speak(flow)
        self.outcome: Outcome | None = None
        """The whole; ``None`` until the last word was taken."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._words)

    def close(self) -> None:
        """What was not said by then is never said."""
        self._words.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _speak(self, flow: Flow[Outcome]) -> Generator[str, None, None]:
        said = ""
        with closing(speak(flow)) as words:
            while True:
                try:
                    word = next(words)
                except StopIteration as end:
                    outcome: Outcome = end.value
                    break
                said += word
                yield word
        if rest := _rest(outcome, said):
            yield rest
        self.outcome = outcome


class AsyncOutcomeStream:
    """:class:`OutcomeStream` for ``async for``; ``aclose()`` or ``async with`` end it."""

    def __init__(self, flow: Flow[Outcome]) -> None:
        """Nothing is done before the first word is asked for."""
        self._words = self._speak(flow)
        self.outcome: Outcome | None = None
        """The whole; ``None`` until the last word was taken."""

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await anext(self._words)

    async def aclose(self) -> None:
        """What was not said by then is never said."""
        await self._words.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _speak(self, flow: Flow[Outcome]) -> AsyncGenerator[str]:
        said, ended = "", list[Outcome]()
        async with aclosing(aspeak(flow, ended.append)) as words:
            async for word in words:
                said += word
                yield word
        if rest := _rest(ended[0], said):
            yield rest
        self.outcome = ended[0]


def _rest(outcome: Outcome, said: str) -> str:
    """What is still to be said."""
    if outcome.text.startswith(said):
        return outcome.text.removeprefix(said)
    return f"\n{outcome.text}"
