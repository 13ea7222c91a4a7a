"""How this room says no: one form of message, whatever strangers put into it."""

from __future__ import annotations

from typing import Any

from edge_router.errors import BundleError

_SHOWN_CHARS = 60


def refuse(problem: str) -> BundleError:
    """The error to raise for ``problem``, ending with what to do next."""
    return BundleError(f"{problem}; download the bundle again or rebuild it with edge-router train")


def show(value: Any) -> str:
    """``value`` for a message: at most 60 ASCII characters, none of control: no bundle can write to
    a terminal.
    """
    if isinstance(value, (str, bytes)):
        value = value[: _SHOWN_CHARS + 1]
    elif not isinstance(value, (int, float, type(None))):
        return type(value).__name__
    text = ascii(value)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."
