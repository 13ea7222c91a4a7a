"""How fast a student trains alone and beside a program that keeps one core busy: with torch's
threads waiting as torch has it, and as edge-router sets it (OMP_WAIT_POLICY=PASSIVE).

Updates a second, in fresh processes: the example assistant with the recipe ``tiny``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from bench.stamp import ROOT, note, write_result

POLICIES = {"torch's own": "", "PASSIVE, as edge-router sets it": "PASSIVE"}
WARM_UP = 3
_TRAINING = f"""import sys, time
import torch  # before edge_router_export, which would set the policy
from pathlib import Path
from tempfile import TemporaryDirectory
from edge_router_export.train import train
times = []
class Enough(Exception): pass
def watch(step, done, total):
    if step.startswith("student learns"):
        times.append(time.perf_counter())
        if len(times) > {WARM_UP} + 1 and times[-1] - times[{WARM_UP}] > float(sys.argv[1]):
            raise Enough
with TemporaryDirectory() as folder:
    try:
        train([Path("examples/assistant/examples.jsonl")], output=Path(folder) / "a.router",
              recipe="tiny", overrides={{"epochs": "1000"}}, progress=watch)
    except Enough:
        pass
print((len(times) - 1 - {WARM_UP}) / (times[-1] - times[{WARM_UP}]), torch.get_num_threads())
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, and how often."""
    parser.add_argument("--seconds", type=float, default=20.0, help="of training a measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of all four measurements")
    parser.add_argument("--threads", type=int, help="of torch; default: what torch takes")
    parser.add_argument("--name", default="busy", help="of the result (busy)")


def run(args: argparse.Namespace) -> int:
    """Measures the four cases, round by round."""
    cases = [(policy, is_busy) for is_busy in (False, True) for policy in POLICIES]
    found: dict[tuple[str, bool], list[float]] = {case: [] for case in cases}
    threads = 0
    for _ in range(args.rounds):
        for policy, is_busy in cases:
            with keep_a_core_busy() if is_busy else contextlib.nullcontext():
                updates_per_s, threads = _train(POLICIES[policy], args)
            found[policy, is_busy].append(updates_per_s)
            beside = "beside a busy program" if is_busy else "alone"
            note(f"busy: {policy}, {beside}: {updates_per_s:.1f} updates a second")
    rows = [summarize(policy, is_busy, times) for (policy, is_busy), times in found.items()]
    write_result(args.name, {"threads": threads, "seconds": args.seconds, "rows": rows})
    return 0


def summarize(policy: str, is_busy: bool, updates_per_s: list[float]) -> dict[str, Any]:  # noqa: FBT001 - a column of the table
    """Median and range over the rounds."""
    return {
        "policy": policy,
        "is_busy": is_busy,
        "updates_per_s": statistics.median(updates_per_s),
        "range": [min(updates_per_s), max(updates_per_s)],
    }


@contextlib.contextmanager
def keep_a_core_busy() -> Iterator[None]:
    """One process that computes for as long as the block runs."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _train(policy: str, args: argparse.Namespace) -> tuple[float, int]:
    """Updates a second and torch's threads, in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "export")])
    if policy:
        environment["OMP_WAIT_POLICY"] = policy
    if args.threads:
        environment["OMP_NUM_THREADS"] = str(args.threads)
    command = [sys.executable, "-c", _TRAINING, str(args.seconds)]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(f"the training ended with {done.returncode}: {done.stderr[-2000:]}")
    updates_per_s, threads = done.stdout.split()
    return float(updates_per_s), int(threads)
