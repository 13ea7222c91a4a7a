"""The proxy over loopback HTTP: how soon a call is answered from here, how many a second, what a
request pays that goes upstream; and how much is answered here, how well.

Tools and queries are BFCL's, ten tools a request, taught by their descriptions alone. The proxy has
one core; the model's server behind it says one word, at once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.datasets import DatasetError
from bench.gold import find_wrong
from bench.http_load import FixedServer, ServedProxy, make_post, run_threads, time_posts
from bench.proxy_questions import Question, judge_each, read_questions
from bench.stamp import note, write_result
from edge_router.server.proxy.judgement import Rules

WARM_UP = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of what."""
    parser.add_argument("--seed", type=int, default=7, help="draws the tools (7)")
    parser.add_argument("--tools", type=int, default=200, help="of BFCL's (200)")
    parser.add_argument("--requests", type=int, default=5000, help="timed, of each kind (5000)")
    parser.add_argument("--connections", type=int, default=8, help="at once, for the load (8)")
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
        measured = {
            "answers": answers,
            "local": time_local(proxy, local, args.requests),
            "load": put_load(proxy, local, args.requests, args.connections),
            "upstream": time_upstream(proxy, upstream, passed, args.requests),
        }
    write_result(args.name, measured)
    return 0


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


def time_local(proxy: ServedProxy, posts: Sequence[bytes], requests: int) -> dict[str, Any]:
    """Microseconds from a request's first byte to its answer's last, one after another."""
    times_us = time_posts(proxy.port, posts, requests, who=b"x-edge-router: local", warm_up=WARM_UP)
    return {"requests": requests, "texts": len(posts), **_percentiles(times_us)}


def put_load(
    proxy: ServedProxy, posts: Sequence[bytes], requests: int, connections: int
) -> dict[str, Any]:
    """Requests a second, with so many connections that each ask again at once."""
    share = requests // connections
    times_us: list[float] = []

    def ask() -> None:
        times_us.extend(time_posts(proxy.port, posts, share, who=b"x-edge-router: local"))

    began_s = time.perf_counter()
    run_threads(ask, connections)
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
            found += time_posts(ports[way], posts[way], turn, who=who, warm_up=warm_up)
    through, direct = (_percentiles(found) for found in times_us.values())
    return {
        "requests": requests,
        "proxy": through,
        "direct": direct,
        "added_p50_us": through["p50_us"] - direct["p50_us"],
    }


def _percentiles(times_us: Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(times_us, [50, 99]).tolist()
    return {"p50_us": p50, "p99_us": p99}
