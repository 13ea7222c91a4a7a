"""Stops asking a server that keeps failing, so that each caller learns it at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge_router.errors import RemoteRefusedError, RemoteUnreachableError


@dataclass(slots=True)
class Trial:
    """A request that was let through."""

    was_reached: bool | None = None
    """Whether the server was reached; ``None`` where the request was given up before."""


class Breaker:
    """A circuit breaker: closed, open, or half open with one request on trial; thread-safe.

    After ``failures`` requests in a row that did not reach the server, nothing is asked for
    ``rest_s`` seconds. Then one request goes through: if it fares well all do again, else the rest
    begins anew.
    """

    def __init__(self, *, failures: int, rest_s: float, monotonic_s: Callable[[], float]) -> None:
        """``monotonic_s`` gives seconds that only grow."""
        self._failures = failures
        self._rest_s = rest_s
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._failed = 0
        self._rests_until_s: float | None = None
        self._is_on_trial = False
        self._held_until_s = monotonic_s()

    @contextmanager
    def admit(self) -> Iterator[Trial]:
        """Lets one request through, whose outcome the caller notes in the trial; raises
        RemoteUnreachableError while the server rests, RemoteRefusedError while it wants to be left
        alone.
        """
        is_half_open = self._enter()
        trial = Trial()
        try:
            yield trial
        finally:
            self._record(was_reached=trial.was_reached, is_half_open=is_half_open)

    def hold(self, seconds: float) -> None:
        """Lets nothing through for ``seconds``: the server asked for it (Retry-After)."""
        with self._lock:
            self._held_until_s = max(self._held_until_s, self._monotonic_s() + seconds)

    def _enter(self) -> bool:
        """Whether the request is the one on trial."""
        with self._lock:
            now_s = self._monotonic_s()
            if now_s < self._held_until_s:
                raise _held(self._held_until_s - now_s)
            if self._rests_until_s is None:
                return False
            if self._is_on_trial or now_s < self._rests_until_s:
                raise RemoteUnreachableError(
                    f"the language model's server failed {self._failed} times in a row and is "
                    "not asked for a while; see that it runs and can be reached"
                )
            self._is_on_trial = True
            return True

    def _record(self, *, was_reached: bool | None, is_half_open: bool) -> None:
        with self._lock:
            if is_half_open:
                self._is_on_trial = False
            if was_reached is None:
                return
            if was_reached:
                self._failed, self._rests_until_s = 0, None
                return
            self._failed += 1
            if self._failed >= self._failures:
                self._rests_until_s = self._monotonic_s() + self._rest_s


def _held(left_s: float) -> RemoteRefusedError:
    return RemoteRefusedError(
        f"the language model's server wants no request for {left_s:.0f} s more; wait, or ask its "
        "owner for more",
        status=429,
        retry_after_s=left_s,
    )
