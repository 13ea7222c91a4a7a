"""What a dispatch costs beyond its tool: microseconds, tokens sent to a language model beside a
prompt with all tools, and what becomes of dispatches when the model's server fails in every way.

Tools and queries are BFCL's; the router in the package is taught them by their descriptions alone.
Tokens are counted by the estimate of ``edge_router/remote/token_count.py`` on both sides; the model
is an oracle on this device that calls the right tool where it sees it.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench.calls import Call, read_calls
from bench.chat_server import FAULTS, ChatServer, make_faulty, make_oracle
from bench.datasets import DatasetError
from bench.stamp import note, write_result
from edge_router import Dispatcher, Outcome, Router
from edge_router.dispatcher import Status
from edge_router.remote import Remote
from edge_router.tool import Tool
from edge_router.tools import LLM, RunnableTool

WARM_UP = 100
TIMEOUT_S = 1.0
"""Of one request to the server that fails; a dispatch may take two."""
BOUND_S = 6.0
"""A dispatch that takes longer hung: two requests' time, and what a busy machine may add."""
_THREADS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of what."""
    parser.add_argument("--seed", type=int, default=7, help="draws the tools (7)")
    parser.add_argument("--rounds", type=int, default=40, help="over the queries, timed (40)")
    parser.add_argument("--dispatches", type=int, default=1000, help="to the failing server (1000)")
    parser.add_argument("--tools", type=int, nargs="+", default=[50, 200], help="(50 200)")
    parser.add_argument("--name", default="dispatch", help="of the result (dispatch)")


def run(args: argparse.Namespace) -> int:
    """Measures the three and writes the result."""
    tools, calls = read_calls(args.tools[0], args.seed)
    measured = {
        "tools": len(tools),
        "overhead": measure_overhead(tools, calls, rounds=args.rounds),
        "tokens": [count_tokens(*read_calls(n, args.seed)) for n in args.tools],
        "faults": count_lost(tools, calls, dispatches=args.dispatches, seed=args.seed),
    }
    write_result(args.name, measured)
    return 0


class TimedTool:
    """A tool that does nothing, and knows how long that took."""

    def __init__(self) -> None:
        """It has not run."""
        self.took_ns = 0

    def __call__(self, **arguments: Any) -> str:
        """Does nothing."""
        start_ns = time.perf_counter_ns()
        said = f"{len(arguments)} arguments"
        self.took_ns = time.perf_counter_ns() - start_ns
        return said


def measure_overhead(
    tools: Sequence[Tool], calls: Sequence[Call], *, rounds: int
) -> list[dict[str, Any]]:
    """Microseconds from text to outcome without the tool's own, over the queries that end with a
    tool that ran: tools as they are and without their arguments; run in the caller's thread
    (``timeout_s=None``) and within a time bound (in a thread of their own).
    """
    router = Router.base().teach_tools(tools)
    bare = [Tool(tool.name, tool.description) for tool in tools]
    texts = [call.text for call in calls]
    return [
        {"tools": what, "timeout_s": timeout_s}
        | _measure_tools(router, known, timeout_s, texts, rounds)
        for what, known in (("without arguments", bare), ("with arguments", tools))
        for timeout_s in (None, 10.0)
    ]


def _measure_tools(
    router: Router,
    tools: Sequence[Tool],
    timeout_s: float | None,
    texts: Sequence[str],
    rounds: int,
) -> dict[str, Any]:
    """Percentiles over those of the ``texts`` that end with a tool that ran, with arguments where
    tools have some.
    """
    timed = TimedTool()
    runnable = [RunnableTool(tool=tool, call=timed, timeout_s=timeout_s) for tool in tools]
    dispatcher = Dispatcher(router, tools=runnable)
    outcomes = {text: dispatcher.dispatch(text) for text in texts}
    has_arguments = any(tool.parameters for tool in tools)
    done = [
        text
        for text, outcome in outcomes.items()
        if outcome.status is Status.DONE and bool(outcome.arguments) == has_arguments
    ]
    if not done:
        raise DatasetError("no query ends with a tool that ran; draw others with --seed")
    overhead_us, routing_us = _time(dispatcher, timed, done, rounds)
    p50, p99 = np.percentile(overhead_us, [50, 99]).tolist()
    note(f"dispatch: timeout {timeout_s}: p50 {p50:.0f} us over {len(done)} texts")
    return {
        "texts": len(done),
        "dispatches": len(overhead_us),
        "p50_us": p50,
        "p99_us": p99,
        "routing_p50_us": float(np.median(routing_us)),
    }


def _time(
    dispatcher: Dispatcher, timed: TimedTool, texts: Sequence[str], rounds: int
) -> tuple[list[float], list[int]]:
    """Overhead beyond the tool, and the share of it that is the router's, in microseconds."""
    overhead_us, routing_us = [], []
    for number in range(WARM_UP + rounds * len(texts)):
        text = texts[number % len(texts)]
        start_ns = time.perf_counter_ns()
        outcome = dispatcher.dispatch(text)
        took_ns = time.perf_counter_ns() - start_ns
        if number >= WARM_UP:
            overhead_us.append((took_ns - timed.took_ns) / 1000)
            routing_us.append(outcome.timings.routing_us)
    return overhead_us, routing_us


def count_tokens(tools: Sequence[Tool], calls: Sequence[Call]) -> dict[str, Any]:
    """Tokens sent per answered query, beside two requests with all tools (as many of them as one
    request may hold): by how the tool was found. Every tool's result is told by the model.
    """
    runnable = [RunnableTool(tool=tool, call=_answer, answer=LLM) for tool in tools]
    oracle = make_oracle({call.text: call for call in calls})
    with ChatServer(oracle) as server, Remote(base_url=server.url, model="oracle") as remote:
        dispatcher = Dispatcher(Router.base().teach_tools(tools), tools=runnable, remote=remote)
        outcomes = [dispatcher.dispatch(call.text) for call in calls]
    done = [o for o in outcomes if o.status is Status.DONE]
    ways = {
        "by the router": [o for o in done if o.decision.tool is not None],
        "by the model, from a shortlist": [o for o in done if o.decision.tool is None],
        "all": done,
    }
    right = sum(o.tool == call.tool for o, call in zip(outcomes, calls, strict=True))
    result: dict[str, Any] = {
        "tools": len(tools),
        "queries": len(calls),
        "right_tool": right,
        "ends": dict(sorted(Counter(o.status.value for o in outcomes).items())),
        "rows": [_sum_tokens(way, found) for way, found in ways.items() if found],
    }
    note(f"dispatch: {len(tools)} tools: {result['rows'][-1]}")
    return result


def _answer(**arguments: Any) -> dict[str, Any]:
    """A result about as long as a small service's."""
    return {"status": "ok", **arguments}


def _sum_tokens(way: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    sent = [outcome.estimated_tokens_in for outcome in outcomes]
    all_tools = [outcome.estimated_tokens_all_tools for outcome in outcomes]
    return {
        "found": way,
        "answered": len(outcomes),
        "sent": sum(sent) / len(sent),
        "all_tools": sum(all_tools) / len(all_tools),
        "times_fewer": sum(all_tools) / sum(sent),
    }


def count_lost(
    tools: Sequence[Tool], calls: Sequence[Call], *, dispatches: int, seed: int
) -> dict[str, Any]:
    """What becomes of dispatches beside a server that fails in every way: half of them are decided
    on the device and want final words, half of them are not; every other one is streamed.
    """
    router = Router.base().teach_tools(tools)
    bare = [Tool(tool.name, tool.description) for tool in tools]
    runnable = [RunnableTool(tool=tool, call=_answer, answer=LLM) for tool in bare]
    decided = [call.text for call in calls if router.route(call.text).tool is not None]
    texts = [text for known in decided for text in (known, f"xyzzy {known[::-1]}")]
    ends = _Ends()
    with (
        ChatServer(make_faulty(seed)) as server,
        Remote(
            base_url=server.url,
            model="faulty",
            timeout_s=TIMEOUT_S,
            retries=1,
            failures_to_rest=10_000,  # no rest: each dispatch meets the server
        ) as remote,
    ):
        dispatcher = Dispatcher(router, tools=runnable, remote=remote)
        share = [range(first, dispatches, _THREADS) for first in range(_THREADS)]
        threads = [
            threading.Thread(target=ends.collect, args=(dispatcher, texts, numbers), daemon=True)
            for numbers in share
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(BOUND_S * dispatches / _THREADS)
        requests = server.requests
    found = ends.summarize(dispatches)
    note(f"dispatch: beside a failing server: {json.dumps(found)}")
    return {"faults": list(FAULTS), "timeout_s": TIMEOUT_S, "requests": requests, **found}


class _Ends:
    """How dispatches ended, from many threads."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[Outcome, float]] = []
        self.crashes: list[str] = []

    def collect(self, dispatcher: Dispatcher, texts: Sequence[str], numbers: range) -> None:
        for number in numbers:
            way = dispatcher.dispatch if number % 4 < 2 else _stream(dispatcher)
            start_s = time.monotonic()
            try:
                outcome = way(texts[number % len(texts)])
            except Exception as error:  # noqa: BLE001 - that nothing is raised is what is measured
                self.crashes.append(f"{type(error).__name__}: {error}")
            else:
                self.outcomes.append((outcome, time.monotonic() - start_s))

    def summarize(self, dispatches: int) -> dict[str, Any]:
        times_s = [took_s for _, took_s in self.outcomes]
        return {
            "dispatches": dispatches,
            "lost": dispatches - len(self.outcomes) - len(self.crashes),
            "hung": sum(took_s > BOUND_S for took_s in times_s),
            "crashed": len(self.crashes),
            "crashes": sorted(set(self.crashes)),
            "longest_s": max(times_s, default=0.0),
            "ends": dict(sorted(Counter(o.status.value for o, _ in self.outcomes).items())),
            "without_help": sum(o.remote_error is not None for o, _ in self.outcomes),
        }


def _stream(dispatcher: Dispatcher) -> Callable[[str], Outcome]:
    def run(text: str) -> Outcome:
        with dispatcher.stream(text) as words:
            for _ in words:
                pass
        assert words.outcome is not None
        return words.outcome

    return run
