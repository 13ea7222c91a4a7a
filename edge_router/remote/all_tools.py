"""What an assistant without a router would send: every tool in every request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from edge_router.remote.menu import make_menus
from edge_router.remote.prompt import choice_messages, plain_value, quote
from edge_router.remote.token_count import count_request, count_tokens
from edge_router.tool import Tool


class AllTools:
    """The tools that such an assistant shows, and what its requests cost; all in tokens, estimated
    as ``estimated_tokens_in`` is.
    """

    def __init__(self, tools: Sequence[Tool]) -> None:
        """Nothing is counted yet: for many tools that takes tens of milliseconds."""
        self._tools = tools

    @cached_property
    def tokens(self) -> int:
        """Of all schemas, or of as many as one request may hold."""
        return count_request((), make_menus(self._tools, ())[1].schemas())

    def count_asked(self, query: str) -> int:
        """Of the request for a tool."""
        return count_request(choice_messages(query)) + self.tokens

    def count_told(self, query: str, result: Any) -> int:
        """Of the request for a tool and the one that tells its ``result``: both show all tools."""
        return 2 * self.count_asked(query) + count_tokens(quote(plain_value(result)))
