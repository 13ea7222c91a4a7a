"""What the proxy keeps and what it loses: memory over many requests, answers while it is killed and
started anew, cases from its own document (needs schemathesis), and requests that a language model's
server behind it never sees (llama.cpp's, with the model that EDGE_ROUTER_TOOL_GGUF names).

Tools and queries are BFCL's, ten tools a request, three before llama.cpp's server; taught by their
descriptions alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.datasets import DatasetError
from bench.http_load import FixedServer, ServedProxy, make_post, run_threads, time_posts
from bench.proxy_fuzz import ALONE, BEFORE_UPSTREAM, TOOLS, find_schemathesis, fuzz
from bench.proxy_model import ask_model
from bench.proxy_questions import expect_call, judge_each, read_questions
from bench.proxy_restarts import kill_often
from bench.stamp import note, write_result
from edge_router.server.proxy.judgement import Rules

_TOOLS_BEFORE_MODEL = 3
"""A request's: so many fit into 2,048 tokens of a small model with a small vocabulary."""
_CASES_AN_EXAMPLE = 4
"""So many cases schemathesis makes, at least, of each example that it may make of a path."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of what."""
    parser.add_argument("--seed", type=int, default=7, help="draws the tools (7)")
    parser.add_argument("--tools", type=int, default=200, help="of BFCL's (200)")
    parser.add_argument("--connections", type=int, default=8, help="at once, for memory (8)")
    parser.add_argument("--growth", type=int, default=100_000, help="requests, for memory (100000)")
    parser.add_argument("--kills", type=int, default=100, help="of the proxy, beside clients (100)")
    parser.add_argument("--cases", type=int, default=10_000, help="of schemathesis, about (10000)")
    parser.add_argument("--requests", type=int, default=200, help="before llama.cpp's server (200)")
    parser.add_argument("--name", default="proxy", help="of the result (proxy)")


def run(args: argparse.Namespace) -> int:
    """Measures all and writes the result."""
    questions = read_questions(args.tools, args.seed)
    judged = list(judge_each(questions, Rules()))
    asked = [(question.request, expect_call(judgement)) for question, judgement in judged]
    here = [question.request for question, judgement in judged if judgement.call]
    few = read_questions(args.tools, args.seed, tools_a_request=_TOOLS_BEFORE_MODEL)
    model = ask_model(few, requests=args.requests, seed=args.seed)
    with FixedServer() as upstream, tempfile.TemporaryDirectory() as folder:
        journal = ["--journal", str(Path(folder) / "home.db")]
        measured = {
            "model": model,
            "fuzz": fuzz_all(upstream.url, Path(folder), args.cases, args.seed),
            "memory": [
                grow(upstream.url, here, args.growth, args.connections, options)
                for options in ([], journal)
            ],
            "restarts": kill_often(upstream.url, asked, kills=args.kills, seed=args.seed),
        }
    write_result(args.name, measured)
    return 0


def fuzz_all(upstream: str, folder: Path, cases: int, seed: int) -> list[dict[str, Any]]:
    """Half of the cases before an upstream, and half without one."""
    command = find_schemathesis()
    if command is None:
        raise DatasetError(
            "needs schemathesis; install it in an environment of its own, and name its command "
            "with EDGE_ROUTER_SCHEMATHESIS"
        )
    tools = folder / "tools.py"
    tools.write_text(TOOLS)
    found = []
    for settings, url in ((BEFORE_UPSTREAM, upstream), (ALONE, None)):
        recorded = ["--journal", str(folder / f"fuzz-{len(found)}.db"), "--tools", str(tools)]
        with ServedProxy(url, options=recorded) as proxy:
            told = fuzz(
                command,
                f"http://127.0.0.1:{proxy.port}",
                settings=settings,
                examples=cases // 2 // _CASES_AN_EXAMPLE,
                seed=seed,
            )
        if not told["complete"] or told["errors"]:
            raise DatasetError(f"schemathesis did not end well:\n{told['words']}")
        if told["failures"]:
            note(told["words"])
        found.append(
            {
                "has_upstream": url is not None,
                "schemathesis": told["schemathesis_version"],
                "cases": told["test_cases"]["generated"],
                "failures": told["test_cases"]["unique_failures"],
            }
        )
        note(f"proxy: {found[-1]}")
    return found


def grow(
    upstream: str,
    requests: Sequence[dict[str, Any]],
    count: int,
    connections: int,
    options: Sequence[str],
) -> dict[str, Any]:
    """Megabytes before and after ``count`` requests, each having been asked before."""
    with ServedProxy(upstream, options=options) as proxy:
        posts = [make_post(proxy.port, request) for request in requests]
        share = count // connections

        def ask() -> None:
            time_posts(proxy.port, posts, share, who=b"x-edge-router: local")

        time_posts(proxy.port, posts, 10 * len(posts), who=b"x-edge-router: local")
        before_mb = proxy.resident_mb()
        run_threads(ask, connections)
        found = {
            "has_journal": bool(options),
            "requests": share * connections,
            "before_mb": before_mb,
            "after_mb": proxy.resident_mb(),
        }
    note(f"proxy: {found}")
    return found
