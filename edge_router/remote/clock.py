"""The three ways in which a remote meets time, so that a test can turn the hands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where the time comes from, and how it is waited for."""

    wall_s: Callable[[], float] = time.time
    """Seconds since 1970: which day it is, and what an HTTP date means."""
    monotonic_s: Callable[[], float] = time.monotonic
    """Seconds that only grow: how long something took, and how long a server rests."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits between two tries."""
