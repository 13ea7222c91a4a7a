"""Time a router on this device: text in to decision out, one thread."""

from __future__ import annotations

import argparse
import time

import numpy as np

from edge_router.cli.output import print_json, read_texts
from edge_router.errors import InputError
from edge_router.router import Router


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument(
        "text", nargs="*", help="texts to time; - reads stdin; default: the bundle's goldens"
    )
    parser.add_argument(
        "--routes", type=int, default=5000, help="routes to time (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Prints percentiles in microseconds."""
    start = time.perf_counter_ns()
    router = Router.load(options.bundle)
    load_ms = (time.perf_counter_ns() - start) / 1e6
    texts = list(read_texts(options.text)) or [golden.text for golden in router.bundle.goldens]
    if not texts or options.routes < 1:
        raise InputError("there is nothing to time; give a text and a positive --routes")
    for text in texts:
        router.route(text)
    times = np.array([_time(router, texts[i % len(texts)]) for i in range(options.routes)]) / 1000
    p50, p99, p999 = np.percentile(times, [50, 99, 99.9]).tolist()
    figures = {
        "routes": len(times),
        "load_ms": load_ms,
        "p50_us": p50,
        "p99_us": p99,
        "p99_9_us": p999,
    }
    if options.json:
        print_json(figures)
    else:
        spread = f"p50 {p50:.1f} us, p99 {p99:.1f} us, p99.9 {p999:.1f} us"
        print(f"{len(times)} routes over {len(texts)} texts: {spread}; load {load_ms:.0f} ms")
    return 0


def _time(router: Router, text: str) -> int:
    start = time.perf_counter_ns()
    router.route(text)
    return time.perf_counter_ns() - start
