"""Exploring by a keyed hash: the same text a thousand times, on this machine's core and on emulated
ones; whether the share is the one that was asked for; that risky tools are left alone; what it
costs.

The router in the package is taught five texts of each tool of a set, and every fifth tool is marked
as one that must be confirmed. Each device has a key of its own, drawn from the seed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scipy.stats import binomtest

from bench.commands.arm64 import KINDS, NATIVE, Kind, count_differences, run_probe
from bench.datasets import read_split
from bench.stamp import ROOT, note, write_result
from bench.taught import read_shots
from edge_router import Decision, Reason, Router
from edge_router.examples import Example, normalize
from edge_router.tool import CONFIRM, FREE, Tool

BASE = ROOT / "edge_router" / "base.router"
AGAIN = NATIVE._replace(name=f"{NATIVE.name}, started again")
RISKY_EVERY = 5
"""One tool of so many must be confirmed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is explored, how often, and on which cores."""
    parser.add_argument("--dataset", default="clinc150", help="whose test texts are routed")
    parser.add_argument("--shots", type=int, default=5, help="texts of each tool (5)")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.02, 0.05, 0.2])
    parser.add_argument("--devices", type=int, default=20, help="keys for each share (20)")
    parser.add_argument("--texts", type=int, default=20, help="routed again and again (20)")
    parser.add_argument("--repeats", type=int, default=1000, help="of each of them (1000)")
    parser.add_argument(
        "--guest-repeats", type=int, default=50, help="on emulated cores, which are slow (50)"
    )
    parser.add_argument(
        "--guests",
        type=Path,
        help="the folder that bench/arm64/setup.sh made; without it this machine's core alone",
    )
    parser.add_argument("--name", default="explore", help="of the result (explore)")


def run(args: argparse.Namespace) -> int:
    """Measures it all; 1 where a text got another answer, or a risky tool was explored."""
    lessons = read_shots(args.dataset, args.shots)
    risks = {name: FREE if n % RISKY_EVERY else CONFIRM for n, name in enumerate(sorted(lessons))}
    tools = [Tool(name, risk=risk) for name, risk in risks.items()]
    router = Router.base().teach_tools(tools, examples=lessons)
    split = [e for e in read_split(args.dataset, "test") if e.tool is not None]
    examples = list({normalize(e.text): e for e in split}.values())
    told = [router.route(example.text) for example in examples]
    shares = []
    for share in args.shares:
        shares.append(_measure_share(router, examples, told, share, args.devices, risks))
        note(f"explore: {share}: {shares[-1]['explored']} of {shares[-1]['explorable']}")
    device = {
        "lessons": lessons,
        "risks": risks,
        "share": max(args.shares),
        "key": make_key(0).hex(),
        "texts": _choose_texts(router, examples, args),
    }
    kinds = list(_repeat(device, args))
    result = {
        "dataset": args.dataset,
        "shots": args.shots,
        "tools": len(tools),
        "risky_tools": sum(tool.risk != FREE for tool in tools),
        "texts": len(examples),
        "rows": shares,
        "repeated_texts": len(device["texts"]),
        "kinds": kinds,
    }
    write_result(args.name, result, bundles=[BASE])
    others = sum(kind["others"] + kind["differing"] for kind in kinds)
    return int(others > 0 or any(row["risky_explored"] for row in shares))


def make_key(number: int) -> bytes:
    """The secret of a made-up device."""
    return hashlib.sha256(f"device {number}".encode()).digest()


def _measure_share(
    router: Router,
    examples: Sequence[Example],
    told: Sequence[Decision],
    share: float,
    devices: int,
    risks: dict[str, str],
) -> dict[str, Any]:
    """How many texts went to the second tool, pooled over the devices, and what that did."""
    explorable = explored = risky = right = second_right = best_right = 0
    for number in range(devices):
        exploring = router.explore(share, key=make_key(number))
        for example, before in zip(examples, told, strict=True):
            decision = exploring.route(example.text)
            explorable += decision.propensity < 1
            right += (decision.tool or decision.proposed) == example.tool
            if decision.reason is Reason.EXPLORED:
                explored += 1
                taken = (decision.tool or "", before.tool or before.proposed or "")
                risky += any(risks[tool] != FREE for tool in taken)
                second_right += decision.tool == example.tool
                best_right += before.tool == example.tool
    interval = binomtest(explored, explorable).proportion_ci(0.95, "exact")
    without = sum((d.tool or d.proposed) == e.tool for d, e in zip(told, examples, strict=True))
    return {
        "share": share,
        "devices": devices,
        "explorable": explorable,
        "explored": explored,
        "explored_share": explored / explorable,
        "explored_share_95": [interval.low, interval.high],
        "risky_explored": risky,
        "best_right_share": best_right / max(explored, 1),
        "second_right_share": second_right / max(explored, 1),
        "right_share": right / (devices * len(examples)),
        "right_share_without": without / len(examples),
    }


def _choose_texts(
    router: Router, examples: Sequence[Example], args: argparse.Namespace
) -> list[str]:
    """Half of them explored, half of them not, but of those that could be."""
    exploring = router.explore(max(args.shares), key=make_key(0))
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for example in examples:
        decision = exploring.route(example.text)
        if decision.propensity < 1:
            kinds[decision.reason is Reason.EXPLORED].append(example.text)
    half = args.texts // 2
    return kinds[True][:half] + kinds[False][: args.texts - half]


def _repeat(device: dict[str, Any], args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The answers of each kind of core, each in a process of its own, beside this machine's."""
    reference = None
    for kind in (NATIVE, AGAIN, *(KINDS if args.guests else ())):
        repeats = args.guest_repeats if kind.emulator else args.repeats
        found = _explore(kind, args.guests or Path(), {**device, "repeats": repeats})
        reference = reference or found
        differing = count_differences(reference["decisions"], found["decisions"])
        note(f"explore: {kind.name}: {found['others']} others, {differing} differ")
        yield {
            "kind": kind.name,
            "repeats": repeats,
            "explored": sum(json.loads(d)["reason"] == "explored" for d in found["decisions"]),
            "others": found["others"],
            "differing": differing,
        }


def _explore(kind: Kind, guests: Path, device: dict[str, Any]) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "device.json"
        file.write_text(json.dumps(device), "utf-8")
        done = run_probe(kind, guests, ["explore", str(BASE), str(file)])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
