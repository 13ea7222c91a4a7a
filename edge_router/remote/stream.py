"""A streamed answer for callers without and with an event loop: words as they come, the whole at
the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future

from edge_router.errors import EdgeRouterError
from edge_router.remote.answer import Answer
from edge_router.remote.attempt import Tell
from edge_router.remote.loop import LoopThread

Speak = Callable[[Tell], Awaitable[Answer]]
"""Asks for an answer and tells its words as they come."""


class _Speech:
    """An answer under way in the loop's thread; it starts with the first word asked for, and does
    not wait for a slow listener, who so cannot outlast its time bound.
    """

    def __init__(self, loop: LoopThread, speak: Speak) -> None:
        self._loop = loop
        self._speak = speak
        self._said: asyncio.Queue[str | Answer | EdgeRouterError] = asyncio.Queue()
        self._work: Future[None] | None = None
        self._is_over = False
        self.answer: Answer | None = None
        """The whole answer; ``None`` until its last word was taken."""

    def _start(self) -> None:
        if self._work is None and not self._is_over:
            self._work = self._loop.submit(self._run())

    async def _run(self) -> None:
        try:
            self._said.put_nowait(await self._speak(self._said.put_nowait))
        except EdgeRouterError as error:
            self._said.put_nowait(error)

    def _take(self, item: str | Answer | EdgeRouterError) -> str | None:
        """A word, or ``None`` at the end; raises what went wrong."""
        if isinstance(item, str):
            return item
        self._end()
        if isinstance(item, EdgeRouterError):
            raise item
        self.answer = item
        return None

    def _end(self) -> None:
        self._is_over = True
        if self._work is not None:
            self._work.cancel()


class AnswerStream(_Speech):
    """Iterates over the words of an answer; after the last, ``answer`` holds the whole.

    Closing it (``close()``, ``with``) ends the request; an error ends the iteration.
    """

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._start()
        words = None if self._is_over else self._take(self._loop.run(self._said.get()))
        if words is None:
            raise StopIteration
        return words

    def close(self) -> None:
        """Hangs up; what was not said by then is never said."""
        self._end()

    def __enter__(self) -> AnswerStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncAnswerStream(_Speech):
    """:class:`AnswerStream` for ``async for``; ``aclose()`` or ``async with`` end the request."""

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        self._start()
        words = None if self._is_over else self._take(await self._loop.wait(self._said.get()))
        if words is None:
            raise StopAsyncIteration
        return words

    async def aclose(self) -> None:
        """Hangs up; what was not said by then is never said."""
        self._end()

    async def __aenter__(self) -> AsyncAnswerStream:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
