"""The proxy over loopback HTTP: how soon a call is answered from here, how many a second, what a
request pays that goes upstream, how memory grows, what a client gets while the proxy is killed; and
how much is answered here, how well.

Tools and queries are BFCL's, ten tools a request, taught by their descriptions alone. The proxy has
one core; the model's server behind it says one word, at once.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.calls import Call, read_calls
from bench.datasets import DatasetError
from bench.gold import find_wrong
from bench.http_load import Connection, FixedServer, ServedProxy, make_post
from bench.proxy_restarts import kill_often
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.server.proxy.chat_request import read_chat
from edge_router.server.proxy.judgement import Judgement, Rules, judge
from edge_router.server.proxy.request_tools import make_request_tools
from edge_router.tool import Tool

WARM_UP = 200
_TOOLS_A_REQUEST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of what."""
    parser.add_argument("--seed", type=int, default=7, help="draws the tools (7)")
    parser.add_argument("--tools", type=int, default=200, help="of BFCL's (200)")
    parser.add_argument("--requests", type=int, default=5000, help="timed, of each kind (5000)")
    parser.add_argument("--connections", type=int, default=8, help="at once, for the load (8)")
    parser.add_argument("--growth", type=int, default=100_000, help="requests, for memory (100000)")
    parser.add_argument("--kills", type=int, default=100, help="of the proxy, beside clients (100)")
    parser.add_argument("--name", default="serve", help="of the result (serve)")


def run(args: argparse.Namespace) -> int:
    """Measures all and writes the result."""
    questions = read_questions(args.tools, args.seed)
    answers = [judge_all(questions, takes_free_words=free) for free in (True, False)]
    judged = list(judge_each(questions, Rules()))
    here = [question for question, judgement in judged if judgement.call]
    there = [question for question, judgement in judged if not judgement.call]
    if not here or not there:
        raise DatasetError("no query is answered here, or none goes upstream; draw others, --seed")
    with FixedServer() as upstream, ServedProxy(upstream.url) as proxy:
        local = [make_post(proxy.port, question.request) for question in here]
        passed = [question.request for question in there]
        asked = [(question.request, _expect(judgement)) for question, judgement in judged]
        measured = {
            "answers": answers,
            "local": time_local(proxy, local, args.requests),
            "load": put_load(proxy, local, args.requests, args.connections),
            "upstream": time_upstream(proxy, upstream, passed, args.requests),
            "memory": grow(proxy, local, args.growth, args.connections),
            "restarts": kill_often(upstream.url, asked, kills=args.kills, seed=args.seed),
        }
    write_result(args.name, measured)
    return 0


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the tools that its request offers."""

    call: Call
    """The query and its gold."""
    request: dict[str, Any]
    """The chat request."""


def read_questions(n_tools: int, seed: int) -> list[Question]:
    """Every query for ``n_tools`` of BFCL's tools, each with its tool and nine others."""
    tools, calls = read_calls(n_tools, seed)
    found = []
    for start in range(0, len(tools), _TOOLS_A_REQUEST):
        offered = tools[start : start + _TOOLS_A_REQUEST]
        names, described = {tool.name for tool in offered}, [_describe(tool) for tool in offered]
        found += [
            Question(call, _make_request(call.text, described))
            for call in calls
            if call.tool in names
        ]
    return found


def judge_all(questions: Sequence[Question], *, takes_free_words: bool) -> dict[str, Any]:
    """How many of the queries are answered here, how many of these with the right tool and with
    arguments as BFCL has them, and why the others are not.
    """
    whys: Counter[str] = Counter()
    right_tool = all_right = 0
    for question, judgement in judge_each(questions, Rules(takes_free_words=takes_free_words)):
        whys[judgement.why.value] += 1
        if (made := judgement.call) is not None and made.tool == question.call.tool:
            right_tool += 1
            all_right += not find_wrong(question.call.allowed, made.arguments)
    result = {
        "takes_free_words": takes_free_words,
        "queries": len(questions),
        "right_tool": right_tool,
        "all_right": all_right,
        "why": dict(whys.most_common()),
    }
    note(f"serve: {json.dumps(result)}")
    return result


def judge_each(questions: Sequence[Question], rules: Rules) -> Iterator[tuple[Question, Judgement]]:
    """What the proxy would make of each query."""
    base, known = Router.base(), {}
    for question in questions:
        key = id(question.request["tools"])
        if key not in known:
            known[key] = make_request_tools(base, question.request["tools"])
        request = read_chat(json.dumps(question.request).encode())
        assert request is not None
        obstacle = request.obstacle
        yield question, Judgement(obstacle) if obstacle else judge(request, known[key], rules)


def time_local(proxy: ServedProxy, posts: Sequence[bytes], requests: int) -> dict[str, Any]:
    """Microseconds from a request's first byte to its answer's last, one after another."""
    times_us = _time(proxy.port, posts, requests, who=b"x-edge-router: local")
    return {"requests": requests, "texts": len(posts), **_percentiles(times_us)}


def put_load(
    proxy: ServedProxy, posts: Sequence[bytes], requests: int, connections: int
) -> dict[str, Any]:
    """Requests a second, with so many connections that each ask again at once."""
    share = requests // connections
    times_us: list[float] = []

    def ask() -> None:
        times_us.extend(_time(proxy.port, posts, share, who=b"x-edge-router: local", warm_up=0))

    began_s = time.perf_counter()
    _run_threads(ask, connections)
    took_s = time.perf_counter() - began_s
    return {
        "connections": connections,
        "requests": len(times_us),
        "per_s": len(times_us) / took_s,
        **_percentiles(times_us),
    }


def time_upstream(
    proxy: ServedProxy, upstream: FixedServer, passed: Sequence[dict[str, Any]], requests: int
) -> dict[str, Any]:
    """Microseconds of requests that go upstream, beside the same ones asked there directly, in
    turns of a hundred.
    """
    ports = {"proxy": proxy.port, "direct": upstream.port}
    posts = {way: [make_post(port, one) for one in passed] for way, port in ports.items()}
    times_us: dict[str, list[float]] = {"proxy": [], "direct": []}
    for start in range(0, requests, 100):
        for way, found in times_us.items():
            who = b"x-edge-router: upstream" if way == "proxy" else b"200"
            turn = min(100, requests - start)
            warm_up = 10 if start else WARM_UP
            found += _time(ports[way], posts[way], turn, who=who, warm_up=warm_up)
    through, direct = (_percentiles(found) for found in times_us.values())
    return {
        "requests": requests,
        "proxy": through,
        "direct": direct,
        "added_p50_us": through["p50_us"] - direct["p50_us"],
    }


def grow(
    proxy: ServedProxy, posts: Sequence[bytes], requests: int, connections: int
) -> dict[str, Any]:
    """Megabytes before and after so many requests, all tools being known before."""

    def ask() -> None:
        _time(proxy.port, posts, requests // connections, who=b"200", warm_up=0)

    before_mb = proxy.resident_mb()
    _run_threads(ask, connections)
    after_mb = proxy.resident_mb()
    note(f"serve: {requests} requests: {before_mb:.1f} to {after_mb:.1f} MB")
    return {"requests": requests, "before_mb": before_mb, "after_mb": after_mb}


def _time(
    port: int, posts: Sequence[bytes], requests: int, *, who: bytes, warm_up: int = WARM_UP
) -> list[float]:
    """Microseconds of each request over one connection; raises DatasetError where another answers
    than should.
    """
    connection, times_us = Connection(port), []
    try:
        for number in range(warm_up + requests):
            began_ns = time.perf_counter_ns()
            head, body = connection.ask(posts[number % len(posts)])
            took_ns = time.perf_counter_ns() - began_ns
            if b" 200 " not in head or who not in head:
                raise DatasetError(f"an answer that was not expected: {head!r} {body[:200]!r}")
            if number >= warm_up:
                times_us.append(took_ns / 1000)
    finally:
        connection.close()
    return times_us


def _run_threads(ask: Any, connections: int) -> None:
    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _percentiles(times_us: Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(times_us, [50, 99]).tolist()
    return {"p50_us": p50, "p99_us": p99}


def _expect(judgement: Judgement) -> tuple[str, dict[str, Any]] | None:
    """What the proxy must answer."""
    made = judgement.call
    return None if made is None else (made.tool, json.loads(json.dumps(made.arguments)))


def _make_request(text: str, described: list[dict[str, Any]]) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    return {"model": "large", "messages": messages, "tools": described}


def _describe(tool: Tool) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": function}
