"""What a remote answers: frozen values, with what was sent and what it cost beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge_router.remote.completion import Call

Messages = tuple[dict[str, str], ...]
"""Chat messages, each with ``role`` and ``content``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Words for the user."""

    text: str
    """The words, with whatever was redacted put back."""
    tokens_in: int
    """Tokens of the prompt: the server's figure where it is sane, else our estimate."""
    tokens_out: int
    """Tokens of the answer, counted alike."""
    sent: Messages
    """The messages, exactly as they left the device."""
    latency_ms: float
    """From the call to its last word, retries included."""
    is_truncated: bool = False
    """The model stopped at its limit of tokens, not at the end."""
    estimated_tokens_in: int = 0
    """Our estimate of ``tokens_in``, to stand beside the next one, which is made alike."""
    estimated_tokens_all_tools: int | None = None
    """What the prompts of an assistant without a router would have cost, which shows every tool to
    the model; ``None`` where the tools were not given.
    """


@dataclass(frozen=True, slots=True)
class Choice:
    """The tool that a model chose; that it chose none is an answer too."""

    tool: str | None
    """The tool's name, one of those that were given; ``None`` for no tool."""
    arguments: dict[str, Any]
    """Its arguments, valid by its schema as far as they go, with whatever was redacted put back."""
    text: str
    """What the model said instead of a call, or beside it; may be empty."""
    further: tuple[Call, ...]
    """Calls that it wants besides, checked in the same way."""
    tokens_in: int
    """Tokens of the prompts, as in :class:`Answer`."""
    tokens_out: int
    """Tokens of the answers, counted alike."""
    sent: Messages
    """The messages, exactly as they left the device."""
    tools_sent: tuple[str, ...]
    """The tools whose schemas left the device, in this order."""
    is_from_all: bool
    """The model asked for the full list, and chose from it."""
    latency_ms: float
    """From the call to its last word, retries included."""
    estimated_tokens_in: int
    """Our estimate of ``tokens_in``, to stand beside the next one, which is made alike."""
    estimated_tokens_all_tools: int
    """What the prompt that shows every tool would have cost."""
    missing: tuple[str, ...] = ()
    """Required parameters that the model left out: ask the user, as ``Dispatcher`` does."""
