"""Runs one tool with its arguments: checked first, within its time, and whatever happens is told as
a result.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from edge_router.errors import ToolError
from edge_router.tools.definition import is_plain_json
from edge_router.tools.lane import Job, Lane
from edge_router.tools.registry import RunnableTool

FIRST_PAUSE_S = 0.1
"""Before the first retry; each further pause is twice as long."""
GRACE_S = 1.0
"""How long a cancelled ``async`` tool may tidy up before it is left to itself."""


class RunStatus(StrEnum):
    """How a run ended; a closed set."""

    DONE = "done"
    """The tool returned."""
    INVALID = "invalid"
    """The arguments are not what the tool's schema asks for: it did not run."""
    FAILED = "failed"
    """The tool raised."""
    TIMED_OUT = "timed_out"
    """The tool did not return in time: it was cancelled, or left to itself where that is
    impossible.
    """
    BUSY = "busy"
    """Earlier calls of the tool still run: it did not begin in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What came of running a tool."""

    tool: str
    """Its name."""
    status: RunStatus
    """How it ended."""
    value: Any = None
    """What it returned, where it is done."""
    problem: str = ""
    """What went wrong, in words that may be shown; no traceback, nothing of the tool's inside."""
    argument: str | None = None
    """The argument that is invalid, where one is."""
    error: BaseException | None = field(default=None, compare=False)
    """What the tool raised, for the program."""
    attempts: int = 0
    """How often it ran."""
    latency_us: int = 0
    """From the call to its end, pauses included."""

    @property
    def is_done(self) -> bool:
        """Whether the tool did what it was asked for."""
        return self.status is RunStatus.DONE


class Runner:
    """Runs tools, many at once; thread-safe. Each tool has threads of its own, so that a slow one
    holds up no other.
    """

    def __init__(self) -> None:
        """No thread starts before a tool needs one."""
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()

    def run(self, runnable: RunnableTool, arguments: dict[str, Any]) -> ToolResult:
        """Runs a tool and waits for it. Raises nothing but what interrupts this thread."""
        started = time.perf_counter()
        bound = _bind(runnable, arguments)
        if isinstance(bound, ToolResult):
            return bound
        number = 0
        while True:
            number += 1
            ended = self._attempt(runnable, bound)
            if ended.status is not RunStatus.FAILED or number > runnable.retries:
                return _tell(runnable, ended, number, started)
            time.sleep(_pause_s(number))

    async def arun(self, runnable: RunnableTool, arguments: dict[str, Any]) -> ToolResult:
        """:meth:`run` for a caller with an event loop; cancelling it cancels the tool."""
        started = time.perf_counter()
        bound = _bind(runnable, arguments)
        if isinstance(bound, ToolResult):
            return bound
        number = 0
        while True:
            number += 1
            if runnable.is_async:
                ended = await _await(bound, runnable.timeout_s)
            else:
                ended = await self._attempt_beside(runnable, bound)
            if ended.status is not RunStatus.FAILED or number > runnable.retries:
                return _tell(runnable, ended, number, started)
            await asyncio.sleep(_pause_s(number))

    def _attempt(self, runnable: RunnableTool, bound: Callable[[], Any]) -> _Ended:
        if runnable.timeout_s is None and not runnable.is_async:
            return _call(bound)
        # an async tool gets a loop of its own: the caller's thread may be running one already
        work = partial(_run_alone, bound, runnable.timeout_s) if runnable.is_async else bound
        done = threading.Event()
        job, lane = Job(work, done.set), self._lane(runnable.name)
        if not lane.submit(job):
            return _Ended(RunStatus.BUSY)
        # an async tool is cancelled in its own loop; the thread is waited for a little longer
        timeout_s = runnable.timeout_s
        if timeout_s is not None and runnable.is_async:
            timeout_s += 2 * GRACE_S
        try:
            done.wait(timeout_s)
        finally:
            has_begun = lane.abandon(job)
        return _end(job, has_begun=has_begun)

    async def _attempt_beside(self, runnable: RunnableTool, bound: Callable[[], Any]) -> _Ended:
        """One attempt of a function that is not async, in a thread beside the caller's loop."""
        if runnable.timeout_s is None:
            return _call(bound)
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        job, lane = Job(bound, partial(_set_soon, loop, done)), self._lane(runnable.name)
        if not lane.submit(job):
            return _Ended(RunStatus.BUSY)
        try:
            async with asyncio.timeout(runnable.timeout_s):
                await done.wait()
        except TimeoutError:
            pass
        finally:
            has_begun = lane.abandon(job)
        return _end(job, has_begun=has_begun)

    def _lane(self, name: str) -> Lane:
        with self._lock:
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = Lane(name)
            return lane


@dataclass(frozen=True, slots=True)
class _Ended:
    """How one attempt ended."""

    status: RunStatus
    value: Any = None
    error: BaseException | None = None


def _bind(runnable: RunnableTool, arguments: dict[str, Any]) -> Callable[[], Any] | ToolResult:
    """The call, with Python's values for JSON's; or what is wrong with the arguments."""
    name, argument, problem = runnable.name, None, ""
    if not is_plain_json(arguments):
        problem = "the arguments are no plain JSON"
    elif found := runnable.check(arguments):
        argument = found.path.split(".")[0].split("[")[0] or None
        problem = str(found)
    if problem:
        return ToolResult(
            tool=name, status=RunStatus.INVALID, problem=f"{name}: {problem}", argument=argument
        )
    loaded = dict(arguments)
    for argument, load in runnable.loads.items():
        try:
            if argument in loaded:
                loaded[argument] = load(loaded[argument])
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            problem = f"{name}: {argument} cannot be used ({error})"
            return ToolResult(
                tool=name, status=RunStatus.INVALID, problem=problem, argument=argument, error=error
            )
    return partial(runnable.call, **loaded)


def _call(bound: Callable[[], Any]) -> _Ended:
    try:
        return _Ended(RunStatus.DONE, bound())
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is its result
        return _Ended(RunStatus.FAILED, error=error)


def _end(job: Job, *, has_begun: bool) -> _Ended:
    if not job.is_done:
        return _Ended(RunStatus.TIMED_OUT if has_begun else RunStatus.BUSY)
    if isinstance(job.value, _Ended):
        return job.value
    if job.error is not None:
        return _Ended(RunStatus.FAILED, error=job.error)
    return _Ended(RunStatus.DONE, job.value)


def _run_alone(bound: Callable[[], Any], timeout_s: float | None) -> _Ended:
    return asyncio.run(_await(bound, timeout_s))


async def _await(bound: Callable[[], Awaitable[Any]], timeout_s: float | None) -> _Ended:
    """How an async call ended; one that does not heed its cancelling is left to itself."""
    task = asyncio.ensure_future(_start(bound))
    try:
        await asyncio.wait({task}, timeout=timeout_s)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE_S)
            return _Ended(RunStatus.TIMED_OUT)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if task.cancelled():
        return _Ended(RunStatus.FAILED, error=asyncio.CancelledError())
    error = task.exception()
    return _Ended(RunStatus.FAILED, error=error) if error else _Ended(RunStatus.DONE, task.result())


async def _start(bound: Callable[[], Awaitable[Any]]) -> Any:
    return await bound()


def _set_soon(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(done.set)
    except RuntimeError:  # the loop has closed: nobody waits any more
        return


def _pause_s(number: int) -> float:
    return FIRST_PAUSE_S * (1 << (number - 1))


def _tell(runnable: RunnableTool, ended: _Ended, attempts: int, started: float) -> ToolResult:
    return ToolResult(
        tool=runnable.name,
        status=ended.status,
        value=ended.value,
        problem=_problem(runnable, ended),
        error=ended.error,
        attempts=attempts,
        latency_us=round((time.perf_counter() - started) * 1e6),
    )


def _problem(runnable: RunnableTool, ended: _Ended) -> str:
    """What a user may read. An exception's own words are for programmers, except a ToolError's."""
    if ended.status is RunStatus.FAILED:
        if isinstance(ended.error, ToolError):
            return str(ended.error)
        return f"{runnable.name} failed ({type(ended.error).__name__})"
    if ended.status is RunStatus.TIMED_OUT:
        return f"{runnable.name} did not answer within {runnable.timeout_s:g} seconds"
    if ended.status is RunStatus.BUSY:
        return f"{runnable.name} is still busy with earlier calls"
    return ""
