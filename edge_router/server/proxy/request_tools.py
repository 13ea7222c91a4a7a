"""The tools of a request, taught to the router once and kept by the hash of what describes them."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from edge_router.errors import EdgeRouterError
from edge_router.remote.token_count import count_tokens
from edge_router.router import Router
from edge_router.tool import Tool
from edge_router.tools.arguments.filler import Filler
from edge_router.tools.definition import check_names
from edge_router.tools.schemas.entry import read_entry
from edge_router.tools.validation import Check, compile_schema

MAX_KEPT = 64
"""Sets of tools that are kept; that which nobody asked for longest goes first."""
_UNFIT = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """One of a request's tools, ready to be called."""

    name: str
    """Its name in the request."""
    filler: Filler
    """Finds its arguments in a text."""
    check: Check
    """Finds what is wrong with them."""
    nullable: frozenset[str]
    """Required parameters that may be null: so strict schemas write what may be left out."""


@dataclass(frozen=True, slots=True)
class RequestTools:
    """The tools of a request and the router that knows them."""

    router: Router
    """Knows them, and whatever its bundle and its taught file hold besides."""
    offered: Mapping[str, OfferedTool]
    """What may be answered, by the name that the router gives it."""
    known_as: Mapping[str, str]
    """The names that the router gives them, by those in the request."""
    known: frozenset[str]
    """Those that the router knew before, by their names in the request."""
    tokens: int
    """An estimate of what their descriptions cost in a prompt."""


def make_request_tools(router: Router, entries: list[Any]) -> RequestTools:
    """The tools that ``entries`` describe. Those that the router was trained on keep what it
    learned; the others are taught by what is said of them.

    Raises an EdgeRouterError where that cannot be done.
    """
    tools = [read_entry(entry, file="the request") for entry in entries]
    check_names(tools, "the request")
    choice = router.bundle.manifest.parts.choice
    trained = {tool.name for tool in choice.tools} if choice else set()
    known = {_UNFIT.sub("_", tool.name): tool.name for tool in router.tools}
    known |= {tool.name: tool.name for tool in router.tools}
    named = [(known.get(tool.name, tool.name), tool) for tool in tools]
    new = [Tool(name, t.description, t.parameters) for name, t in named if name not in trained]
    return RequestTools(
        router=router.teach_tools(new) if new else router,
        offered={name: _offer(tool) for name, tool in named},
        known_as={tool.name: name for name, tool in named},
        known=frozenset(tool.name for name, tool in named if tool.name in known),
        tokens=count_tokens(json.dumps(entries, ensure_ascii=False)),
    )


class ToolSets:
    """Makes each set of tools once; of many that ask for it at the same time, all wait for one."""

    def __init__(self, router: Router) -> None:
        """``router`` is what every set is taught to."""
        self._router = router
        self._kept: OrderedDict[bytes, asyncio.Future[RequestTools | None]] = OrderedDict()

    async def find(self, entries: list[Any]) -> RequestTools | None:
        """The tools that ``entries`` describe; ``None`` where they cannot be taught."""
        try:
            key = sha256(json.dumps(entries).encode()).digest()
        except RecursionError:
            return None
        kept = self._kept.get(key)
        if kept is None:
            kept = asyncio.ensure_future(asyncio.to_thread(self._make, entries))
            self._kept[key] = kept
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        # a client that leaves must not take it away from those that wait, too
        return kept.result() if kept.done() else await asyncio.shield(kept)

    def _make(self, entries: list[Any]) -> RequestTools | None:
        try:
            return make_request_tools(self._router, entries)
        except EdgeRouterError:
            return None


def _offer(tool: Tool) -> OfferedTool:
    schema = tool.parameters or {"type": "object"}
    return OfferedTool(
        tool.name,
        Filler(tool.parameters),
        compile_schema(schema, file=tool.name),
        frozenset(_list_nullable(schema)),
    )


def _list_nullable(schema: dict[str, Any]) -> list[str]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return []
    return [name for name in required if isinstance(name, str) and _is_nullable(properties, name)]


def _is_nullable(properties: dict[str, Any], name: str) -> bool:
    schema = properties.get(name)
    if not isinstance(schema, dict):
        return False
    kinds, variants = schema.get("type"), schema.get("anyOf")
    if isinstance(kinds, list) and "null" in kinds:
        return True
    return isinstance(variants, list) and {"type": "null"} in variants
