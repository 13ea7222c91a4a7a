"""Sets of tools are made once, and few are kept."""

import asyncio
import threading

from tool_requests import TIMER, WEATHER

from edge_router import Router
from edge_router.server.proxy import request_tools
from edge_router.server.proxy.request_tools import ToolSets, make_request_tools


def test_a_set_is_made_once_however_many_ask(monkeypatch):
    made = []

    def make(router, entries):
        made.append(entries)
        return make_request_tools(router, entries)

    monkeypatch.setattr(request_tools, "make_request_tools", make)

    async def ask():
        sets = ToolSets(Router.base())
        found = await asyncio.gather(*[sets.find([TIMER, WEATHER]) for _ in range(5)])
        return [*found, await sets.find([TIMER, WEATHER])]

    found = asyncio.run(ask())
    assert len(made) == 1
    assert {id(tools) for tools in found} == {id(found[0])}
    assert sorted(found[0].offered) == ["get_weather", "set_timer"]


def test_who_leaves_takes_nothing_from_those_that_wait(monkeypatch):
    may_end = threading.Event()

    def make(router, entries):
        may_end.wait(20)
        return entries

    monkeypatch.setattr(request_tools, "make_request_tools", make)

    async def ask():
        sets = ToolSets(Router.base())
        first = asyncio.ensure_future(sets.find([TIMER]))
        second = asyncio.ensure_future(sets.find([TIMER]))
        await asyncio.sleep(0.05)
        first.cancel()
        may_end.set()
        return await second

    assert asyncio.run(ask()) == [TIMER]


def test_what_nobody_asked_for_longest_is_made_anew(monkeypatch):
    made = []
    monkeypatch.setattr(request_tools, "make_request_tools", lambda _, tools: made.append(tools))
    monkeypatch.setattr(request_tools, "MAX_KEPT", 2)

    async def ask():
        sets = ToolSets(Router.base())
        for tools in ([1], [2], [1], [3], [1], [2]):
            await sets.find(tools)

    asyncio.run(ask())
    assert made == [[1], [2], [3], [2]]


def test_names_that_a_bundle_trained_keep_what_it_learned(assistant):
    name = assistant.tools[0].name
    tool = {
        "type": "function",
        "function": {"name": name.replace(".", "_"), "description": "Other"},
    }
    tools = make_request_tools(assistant, [tool])
    assert tools.router is assistant
    assert tools.offered[name].name == name.replace(".", "_")
