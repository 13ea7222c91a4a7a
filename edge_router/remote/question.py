"""What is asked of a model, made ready in the caller's thread: redacted, bounded, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge_router.errors import InputError
from edge_router.remote.all_tools import AllTools
from edge_router.remote.answer import Messages
from edge_router.remote.menu import Menu, make_menus
from edge_router.remote.prompt import choice_messages, final_words_messages, plain_value
from edge_router.remote.redact import Redaction, Redactor
from edge_router.remote.token_count import count_request
from edge_router.tool import Tool


@dataclass(frozen=True, slots=True)
class Report:
    """A tool's result, to be told to the user."""

    messages: Messages
    """What is sent."""
    redaction: Redaction
    """Puts back what was taken out."""
    estimated_tokens_all_tools: int | None
    """As in :class:`~edge_router.remote.answer.Answer`."""


@dataclass(frozen=True, slots=True)
class Request:
    """A text that a model is to find a tool for."""

    messages: Messages
    """What is sent."""
    redaction: Redaction
    """Puts back what was taken out."""
    short_menu: Menu
    """The tools that are shown first."""
    full_menu: Menu
    """The tools that are shown when asked for."""
    estimated_tokens_all_tools: int
    """As in :class:`~edge_router.remote.answer.Choice`."""


def make_report(
    query: str, tool_name: str, result: Any, *, tools: Sequence[Tool], redactor: Redactor | None
) -> Report:
    """The report of ``result``; raises InputError for a query that is no text."""
    redaction = Redaction(redactor)
    shown = redaction.hide_value(plain_value(result))
    hidden = redaction.hide(_check_query(query))
    messages = final_words_messages(hidden, tool_name, shown)
    tokens = AllTools(tools).count_told(hidden, shown) if tools else None
    return Report(messages, redaction, tokens)


def make_request(
    query: str, tools: Sequence[Tool], shortlist: Sequence[str], *, redactor: Redactor | None
) -> Request:
    """The request for a tool; raises InputError for a query that is no text."""
    redaction = Redaction(redactor)
    messages = choice_messages(redaction.hide(_check_query(query)))
    short_menu, full_menu = make_menus(tools, shortlist)
    tokens = count_request(messages, full_menu.schemas())
    return Request(messages, redaction, short_menu, full_menu, tokens)


def _check_query(query: object) -> str:
    if not isinstance(query, str):
        raise InputError(f"a query is a text, not {type(query).__name__}; give a str")
    return query
