"""How long to wait before asking again."""

from __future__ import annotations

import random
import re
from datetime import UTC
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
MAX_PAUSE_S = 60.0
_FIRST_PAUSE_S = 0.25
_MAX_EXPONENT = 8  # 64 s: longer than any pause, and no overflow


def pause_s(attempt: int, *, retry_after_s: float | None) -> float:
    """Seconds before the next try; ``attempt`` counts from 0. What the server asked for comes
    first; else twice as long each time, a random half of it, so that many devices do not come
    back in step.
    """
    if retry_after_s is not None:
        return retry_after_s
    longest = _FIRST_PAUSE_S * (1 << min(attempt, _MAX_EXPONENT))
    share = 0.5 + random.random() / 2  # noqa: S311 - spreads devices, hides nothing
    return min(longest * share, MAX_PAUSE_S)


def parse_retry_after(value: str | None, *, now_s: float) -> float | None:
    """Seconds from ``now_s`` (since 1970) that a Retry-After header asks for, at most
    :data:`MAX_PAUSE_S`; ``None`` where it is absent or says nothing (RFC 9110, 10.2.3).
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):  # a fraction is no standard, but is sent
        return min(float(text), MAX_PAUSE_S)
    try:
        date = parsedate_to_datetime(text)
        # without a zone ("-0000") it is UTC, which HTTP knows only
        seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now_s
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_PAUSE_S)
