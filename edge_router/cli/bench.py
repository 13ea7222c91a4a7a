"""Time a router on this device: text in to decision out, one thread."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_router.cli.arguments import count
from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json
from edge_router.cli.texts import check_texts, read_texts
from edge_router.errors import InputError
from edge_router.router import Router

_WARM_UP = 100
"""Routes before the first that counts: caches fill, and the CPU leaves its lowest clock."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument(
        "text",
        nargs="*",
        help="texts to time, in turn; - reads stdin, a text a line and no more than --routes; "
        "default: the bundle's goldens",
    )
    parser.add_argument(
        "--routes", type=count, default=5000, help="routes to time (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Prints percentiles in microseconds."""
    check_texts(options.text)
    start = time.perf_counter_ns()
    router = Router.load(options.bundle)
    load_ms = (time.perf_counter_ns() - start) / 1e6
    texts = _choose_texts(router, options)
    times_us = time_routes(router, texts, options.routes)
    p50, p99, p999 = np.percentile(times_us, [50, 99, 99.9]).tolist()
    figures = {
        "routes": len(times_us),
        "texts": len(texts),
        "load_ms": load_ms,
        "p50_us": p50,
        "p99_us": p99,
        "p99_9_us": p999,
    }
    if options.json:
        print_json(figures)
    else:
        spread = f"p50 {p50:.1f} us, p99 {p99:.1f} us, p99.9 {p999:.1f} us"
        print(f"{len(times_us)} routes over {len(texts)} texts: {spread}; load {load_ms:.0f} ms")
    return DONE


def time_routes(router: Router, texts: Sequence[str], routes: int) -> NDArray[np.float64]:
    """Microseconds [routes] of ``router.route`` over ``texts``, round and round."""
    for i in range(_WARM_UP):
        router.route(texts[i % len(texts)])
    times_ns = np.empty(routes, np.int64)
    for i in range(routes):
        text = texts[i % len(texts)]
        start = time.perf_counter_ns()
        router.route(text)
        times_ns[i] = time.perf_counter_ns() - start
    return times_ns / 1000


def _choose_texts(router: Router, options: argparse.Namespace) -> list[str]:
    if not options.text:
        texts = [golden.text for golden in router.bundle.goldens]
    else:
        given = read_texts(options.text, max_chars=router.bundle.manifest.max_chars)
        texts = list(islice(given, options.routes))
    if not texts:
        raise InputError("there is nothing to time; give texts, or - and lines on stdin")
    return texts
