"""An event loop in a thread of its own: callers with and without a loop share one connection, and
no wait is longer than its bound, whatever a resolver or a server does.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, TypeVar

from edge_router.errors import RemoteUnreachableError

T = TypeVar("T")
_STOP_S = 5.0  # closing sockets takes milliseconds; a thread that needs longer is left behind


class LoopThread:
    """Runs coroutines in a daemon thread that starts with the first of them.

    A forked child starts a thread of its own: threads do not survive a fork.
    """

    def __init__(self, last: Callable[[], Awaitable[None]]) -> None:
        """``last`` runs in the loop before it stops; it must not refer to the LoopThread."""
        self._last = last
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0
        self._stop: Callable[[], Any] = _do_nothing
        self._is_closed = False

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts ``work``; raises RemoteUnreachableError after :meth:`close`."""
        with self._lock:
            if self._is_closed:
                work.close()
                raise RemoteUnreachableError("this remote was closed; make a new one")
            if self._loop is None or self._pid != os.getpid():
                self._start()
            assert self._loop is not None
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, waited for in this thread."""
        future = self.submit(work)
        try:
            return future.result()
        except CancelledError:
            pass  # raised below, where no traceback of the loop's hangs on it
        finally:
            future.cancel()  # no effect on what is done; stops the work on a KeyboardInterrupt
        raise _closed()

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, waited for in the caller's own event loop."""
        future = self.submit(work)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
        raise _closed()

    def close(self) -> None:
        """Stops the loop, and whatever runs in it."""
        with self._lock:
            self._is_closed = True
            self._stop()

    def _start(self) -> None:
        loop = _Loop()
        thread = threading.Thread(
            target=_run, args=(loop, self._last), name="edge-router-remote", daemon=True
        )
        thread.start()
        self._loop, self._pid = loop, os.getpid()
        # also when this object is collected, and before the interpreter ends
        self._stop = weakref.finalize(self, _stop, loop, thread, self._pid)


class _Loop(asyncio.SelectorEventLoop):
    """Looks names up in daemon threads: those of an executor are waited for when the interpreter
    ends, and without a network a look-up may take half a minute.
    """

    async def getaddrinfo(self, host: Any, port: Any, **hints: Any) -> Any:
        found: asyncio.Future[Any] = self.create_future()

        def look_up() -> None:
            try:
                outcome: Any = socket.getaddrinfo(host, port, **hints)
            except (OSError, UnicodeError) as error:
                outcome = error
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                self.call_soon_threadsafe(_resolve, found, outcome)

        threading.Thread(target=look_up, name="edge-router-resolver", daemon=True).start()
        return await found


def _resolve(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _run(loop: asyncio.AbstractEventLoop, last: Callable[[], Awaitable[None]]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(_finish(last))
        loop.close()


async def _finish(last: Callable[[], Awaitable[None]]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await last()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread, pid: int) -> None:
    if pid != os.getpid() or loop.is_closed():
        return
    loop.call_soon_threadsafe(loop.stop)
    if thread is not threading.current_thread():
        thread.join(_STOP_S)


def _do_nothing() -> None:
    """Stops what never started."""


def _closed() -> RemoteUnreachableError:
    return RemoteUnreachableError("this remote was closed while it answered; make a new one")
