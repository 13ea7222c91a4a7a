"""How long teaching and routing take with 10 to 10,000 taught tools, and beside trained ones.

Every tool is taught one text of CLINC150's training split, as its example or as its description;
what is timed are test texts, one thread on one core, in rounds in which the routers follow each
other.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from bench.bundles import Bundle, parse_bundle
from bench.commands.latency import pin, summarize, time_rounds
from bench.datasets import read_split, read_unshared
from bench.stamp import note, write_result
from bench.taught import read_shots
from edge_router import Router
from edge_router.tool import Tool

COUNTS = (10, 150, 1_000, 10_000)
FEW = 10
"""Tools, and examples of each, whose teaching is timed; tools that are taught beside trained ones.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The trained bundle, and how long to measure."""
    parser.add_argument(
        "--bundle",
        type=parse_bundle,
        required=True,
        metavar="LABEL=PATH",
        help="trained on CLINC150, to be timed as it is and with tools taught beside its own",
    )
    parser.add_argument("--texts", type=int, default=500, help="timed in each round (500)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--name", default="scale", help="of the result (scale)")


def run(args: argparse.Namespace) -> int:
    """Times everything and writes the result."""
    core = pin(None)
    texts = [example.text for example in read_split("clinc150", "test")][: args.texts]
    routers = _make_routers(args.bundle)
    rounds = time_rounds({n: r.route for n, r in routers.items()}, texts, rounds=args.rounds)
    plain = next(iter(routers))
    rows = [
        {
            "router": name,
            "tools": len(router.tools),
            **summarize(rounds[name], texts, beside=rounds[plain]),
        }
        for name, router in routers.items()
    ]
    measured = {
        "core": core,
        "texts": len(texts),
        "rounds": args.rounds,
        "ratios_to": plain,
        "rows": rows,
        "teaching": _time_teaching(),
    }
    write_result(args.name, measured, bundles=[args.bundle.path])
    return 0


def _make_routers(bundle: Bundle) -> dict[str, Router]:
    """The trained router, plain and with tools taught beside; the base with ever more tools."""
    trained, base = Router.load(bundle.path), Router.base()
    texts = sorted({e.text for e in read_unshared("clinc150", "train")})
    names = [f"tool {number:05}" for number in range(len(texts))]
    found = {bundle.label: trained}
    beside = dict(zip(names[:FEW], [[text] for text in texts[:FEW]], strict=True))
    found[f"{bundle.label} and {FEW} taught"] = trained.teach_tools([], examples=beside)
    for count in COUNTS:
        note(f"scale: teaching {count} tools")
        # spread over the texts, whose order is that of the alphabet
        some = texts[:: len(texts) // count][:count]
        known = dict(zip(names, [[text] for text in some], strict=False))
        found[f"{count} taught by an example"] = base.teach_tools([], examples=known)
        described = [Tool(name, text) for name, text in zip(names, some, strict=False)]
        found[f"{count} taught by a description"] = base.teach_tools(described)
    return found


def _time_teaching(repeats: int = 15) -> dict[str, Any]:
    """Milliseconds to teach the base :data:`FEW` tools of as many examples each."""
    known = dict(list(read_shots("clinc150", FEW).items())[:FEW])
    times = []
    for _ in range(repeats):
        base = Router.base()  # anew: a router knows what texts mean that it has read before
        began = time.perf_counter()
        base.teach_tools([], examples=known)
        times.append(1e3 * (time.perf_counter() - began))
    row = {"tools": FEW, "examples": FEW, "median_ms": statistics.median(times)}
    note(f"scale: {row}")
    return row
