"""A few daemon threads for the calls of one tool: a call that hangs holds up this tool alone, and
never the interpreter's end.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from enum import Enum
from typing import Any

MAX_THREADS = 4
"""Calls of one tool that run at once; further ones wait their turn."""
MAX_WAITING = 1000
IDLE_S = 10.0
"""After so long without work a thread ends."""


class _State(Enum):
    WAITING = 0
    RUNNING = 1
    DONE = 2
    ABANDONED = 3


class Job:
    """One call: what is to be done, and then what came of it."""

    __slots__ = ("_context", "_work", "error", "on_done", "state", "value")

    def __init__(self, work: Callable[[], Any], on_done: Callable[[], None]) -> None:
        """``on_done`` is called by the lane's thread, unless the job was abandoned."""
        self._work = work
        self._context = copy_context()  # the tool sees the caller's context variables
        self.on_done = on_done
        self.state = _State.WAITING
        self.value: Any = None
        """What the work returned."""
        self.error: BaseException | None = None
        """What it raised instead."""

    @property
    def is_done(self) -> bool:
        """Whether value or error are there."""
        return self.state is _State.DONE

    def run(self) -> None:
        """Does the work in this thread; raises nothing."""
        try:
            self.value = self._context.run(self._work)
        except BaseException as error:  # noqa: BLE001 - sys.exit() in a tool ends that call, not the thread
            self.error = error


class Lane:
    """The threads of one tool; they start when there is work, and end when there is none."""

    def __init__(self, name: str) -> None:
        """``name`` is the tool's; the threads are called after it."""
        self._name = name
        self._reset()

    def submit(self, job: Job) -> bool:
        """Queues the job; ``False`` where every thread is held by an abandoned call, or too many
        wait.
        """
        if self._pid != os.getpid():
            self._reset()  # threads do not survive a fork
        with self._work_is_there:
            if self._n_stuck >= MAX_THREADS or len(self._waiting) >= MAX_WAITING:
                return False
            self._waiting.append(job)
            if self._n_idle >= len(self._waiting):
                self._work_is_there.notify()
            elif self._n_threads < MAX_THREADS and not self._start_thread():
                self._waiting.pop()
                return False
        return True

    def abandon(self, job: Job) -> bool:
        """Gives the job up, unless it is done: a waiting one is dropped, the result of a running
        one will be thrown away. Whether it had begun.
        """
        with self._work_is_there:
            has_begun = job.state is not _State.WAITING
            if job.state is _State.WAITING:
                self._waiting.remove(job)
            elif job.state is _State.RUNNING:
                self._n_stuck += 1
            if not job.is_done:
                job.state = _State.ABANDONED
            return has_begun

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._work_is_there = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._n_threads = 0
        self._n_idle = 0
        self._n_stuck = 0

    def _start_thread(self) -> bool:
        """Whether there is a thread now: the system may have no more, or be shutting down."""
        thread = threading.Thread(target=self._serve, name=f"edge-router-{self._name}", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return self._n_threads > 0
        self._n_threads += 1
        return True

    def _serve(self) -> None:
        while (job := self._take()) is not None:
            job.run()
            with self._work_is_there:
                is_wanted = job.state is _State.RUNNING
                if is_wanted:
                    job.state = _State.DONE
                else:
                    self._n_stuck -= 1
            if is_wanted:
                job.on_done()
            del job  # what it holds must not live until the next one comes

    def _take(self) -> Job | None:
        with self._work_is_there:
            self._n_idle += 1
            try:
                while not self._waiting:
                    if not self._work_is_there.wait(IDLE_S) and not self._waiting:
                        self._n_threads -= 1
                        return None
                job = self._waiting.popleft()
                job.state = _State.RUNNING
                return job
            finally:
                self._n_idle -= 1
