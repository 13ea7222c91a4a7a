"""What a dispatch does to the world, apart from how it is waited for: the same steps serve callers
with and without an event loop.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to wait for, each way."""

    now: Callable[[], Any]
    """Does it, and waits in this thread."""
    later: Callable[[], Awaitable[Any]]
    """Does it, for an event loop."""
    words: Callable[[], Any] | None = None
    """Does it word by word: a context whose iterator has the whole as ``answer`` at the end."""
    awords: Callable[[], Any] | None = None
    """The same for an event loop."""


Flow = Generator[Effect, Any, T]
"""Steps that yield what must be waited for and are sent what came of it."""


def finish(flow: Flow[T]) -> T:
    """Runs ``flow`` to its end in this thread."""
    with closing(flow):
        step = _go_on(flow)
        while isinstance(step, Effect):
            try:
                found = step.now()
            except Exception as error:  # noqa: BLE001 - the flow tells which errors it knows
                step = _go_on(flow, error=error)
            else:
                step = _go_on(flow, found)
        return step.value


async def afinish(flow: Flow[T]) -> T:
    """Runs ``flow`` to its end in the caller's event loop; cancelling cancels what it waits for."""
    with closing(flow):
        step = _go_on(flow)
        while isinstance(step, Effect):
            try:
                found = await step.later()
            except Exception as error:  # noqa: BLE001 - the flow tells which errors it knows
                step = _go_on(flow, error=error)
            else:
                step = _go_on(flow, found)
        return step.value


def speak(flow: Flow[T]) -> Generator[str, None, T]:
    """Runs ``flow`` to its end, yields words as they come where an effect has some, and returns
    what the flow does.
    """
    with closing(flow):
        step = _go_on(flow)
        while isinstance(step, Effect):
            try:
                if step.words is None:
                    found = step.now()
                else:
                    with step.words() as words:
                        yield from words
                    found = words.answer
            except Exception as error:  # noqa: BLE001 - the flow tells which errors it knows
                step = _go_on(flow, error=error)
            else:
                step = _go_on(flow, found)
        return step.value


async def aspeak(flow: Flow[T], tell_end: Callable[[T], None]) -> AsyncGenerator[str]:
    """:func:`speak` in the caller's event loop; what the flow returns goes to ``tell_end``, since
    an async generator returns nothing.
    """
    with closing(flow):
        step = _go_on(flow)
        while isinstance(step, Effect):
            try:
                if step.awords is None:
                    found = await step.later()
                else:
                    async with step.awords() as words:
                        async for word in words:
                            yield word
                    found = words.answer
            except Exception as error:  # noqa: BLE001 - the flow tells which errors it knows
                step = _go_on(flow, error=error)
            else:
                step = _go_on(flow, found)
        tell_end(step.value)


@dataclass(frozen=True, slots=True)
class _End(Generic[T]):
    """What a flow returned."""

    value: T


def _go_on(flow: Flow[T], found: Any = None, *, error: Exception | None = None) -> Effect | _End[T]:
    try:
        return flow.send(found) if error is None else flow.throw(error)
    except StopIteration as end:
        return _End(end.value)
