"""An event loop in a daemon thread, for connections that outlive the call that opened them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_STOP_S = 10.0  # a server gets so long to end; then it is left behind


class BackgroundLoop:
    """Runs coroutines in a thread that starts with the first and does not keep the interpreter."""

    def __init__(self, name: str) -> None:
        """``name`` is the thread's."""
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts ``work``; cancelling its future cancels it."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name=self._name, daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self, last: Coroutine[Any, Any, None]) -> None:
        """Runs ``last``, then ends the thread; the next :meth:`submit` starts another."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            last.close()
            return
        asyncio.run_coroutine_threadsafe(_finish(last, loop), loop)
        thread.join(_STOP_S)
        if not thread.is_alive():
            loop.close()


async def _finish(last: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
    try:
        await asyncio.wait_for(last, _STOP_S / 2)
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=_STOP_S / 4) if others else None
        loop.stop()
