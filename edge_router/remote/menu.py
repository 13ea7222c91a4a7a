"""The tools that a model may choose from: a shortlist first, with a way to the full list.

A short list costs few tokens, but one that lacks the right tool misleads a strong model; so it
always holds a pseudo tool that asks for all the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.call_check import find_misfit, find_missing
from edge_router.remote.completion import Call
from edge_router.tool import Tool

MAX_SHORTLIST = 8
MAX_TOOLS = 128
"""What the largest API accepts in one request."""
SHOW_ALL = "show_all_tools"
_SHOW_ALL_DESCRIPTION = "None of the other tools here fits, and another might: lists all tools."
_MAX_DESCRIPTION_CHARS = 1_000
_MAX_WIRE_CHARS = 64
_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
_NO_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Menu:
    """Tools under the names that go over the wire, where a name may hold no dot or space."""

    tools: dict[str, Tool]
    """The tools by their names on the wire, in the order in which they are shown."""
    is_partial: bool
    """There are more: the menu ends with the pseudo tool that asks for them."""

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' own names."""
        return tuple(tool.name for tool in self.tools.values())

    def schemas(self) -> list[dict[str, Any]]:
        """The request's ``tools``."""
        shown = [_describe(name, tool) for name, tool in self.tools.items()]
        escape = Tool(SHOW_ALL, _SHOW_ALL_DESCRIPTION)
        return [*shown, _describe(SHOW_ALL, escape)] if self.is_partial else shown

    def wants_all(self, calls: Iterable[Call]) -> bool:
        """Whether one of the ``calls`` asks for the full list."""
        return self.is_partial and any(call.tool == SHOW_ALL for call in calls)

    def read_call(self, call: Call) -> Call:
        """``call`` under the tool's own name, with what it leaves out; raises RemoteMalformedError
        where the menu has no such tool, or its schema no such arguments.
        """
        tool = self.tools.get(call.tool)
        if tool is None:
            raise RemoteMalformedError(
                "the model called a tool that it was not offered; ask again, or ask a larger model"
            )
        misfit = find_misfit(call.arguments, tool.parameters)
        if misfit is not None:
            raise RemoteMalformedError(
                f"the model called {tool.name!r} with arguments that do not fit its schema "
                f"({misfit}); ask again, or ask a larger model"
            )
        return Call(tool.name, call.arguments, find_missing(call.arguments, tool.parameters))


def make_menus(tools: Sequence[Tool], shortlist: Sequence[str]) -> tuple[Menu, Menu]:
    """The menu to show first, and the full one. The first holds the shortlist's tools, the best
    (at most 8) of it; all of them where there are not more, or where the shortlist names none.
    """
    ranked = _rank(tools, shortlist)
    full = _make_menu(ranked[:MAX_TOOLS], is_partial=False)
    known = {tool.name for tool in tools}
    n_short = min(len({name for name in shortlist if name in known}), MAX_SHORTLIST)
    if len(ranked) <= MAX_SHORTLIST or not n_short:
        return full, full
    return _make_menu(ranked[:n_short], is_partial=True), full


def _rank(tools: Sequence[Tool], shortlist: Sequence[str]) -> list[Tool]:
    """Every tool once, the shortlist's first, in its order."""
    by_name = {tool.name: tool for tool in tools}
    names = [name for name in shortlist if name in by_name]
    return [by_name[name] for name in dict.fromkeys([*names, *by_name])]


def _make_menu(tools: Sequence[Tool], *, is_partial: bool) -> Menu:
    named: dict[str, Tool] = {}
    for tool in tools:
        named[_make_wire_name(tool.name, {SHOW_ALL, *named})] = tool
    return Menu(named, is_partial)


def _make_wire_name(name: str, taken: set[str]) -> str:
    """``name`` as every API accepts it: 1 to 64 of letters, digits, ``_`` and ``-``."""
    fit = _UNFIT.sub("_", name)[:_MAX_WIRE_CHARS]
    number, wire_name = 1, fit
    while wire_name in taken:
        number += 1
        ending = f"_{number}"
        wire_name = fit[: _MAX_WIRE_CHARS - len(ending)] + ending
    return wire_name


def _describe(wire_name: str, tool: Tool) -> dict[str, Any]:
    function = {
        "name": wire_name,
        "description": tool.description[:_MAX_DESCRIPTION_CHARS],
        "parameters": tool.parameters or _NO_PARAMETERS,
    }
    return {"type": "function", "function": function}
