"""Text in to Decision out through the public API, one thread on one core; the peers beside it in
the same run.

Every round times every text of the test split once with every system, system after system, so that
a noisy minute hits all of them: the ratios hold where the absolute figures do not. The garbage
collector stays on, as in a program.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.bundles import add_bundles
from bench.datasets import read_split
from bench.stamp import ROOT, note, write_result

Times = NDArray[np.int64]
BUCKETS = ((1, 4), (5, 8), (9, 12), (13, 16), (17, 1000))
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_COLD = {
    "process start to first decision": (
        "import sys; from edge_router import Router; Router.load(sys.argv[1]).route(sys.argv[2])"
    ),
    "of which: Python and importing numpy, onnxruntime, tokenizers": (
        "import os; os.environ['ORT_DISABLE_TELEMETRY'] = '1'; import numpy, onnxruntime, "
        "tokenizers"
    ),
    "of which: Python alone": "pass",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to time, and how often."""
    add_bundles(parser)
    parser.add_argument(
        "--dataset",
        default="clinc150",
        help="whose test texts are routed; the peers are fitted on it",
    )
    parser.add_argument("--rounds", type=int, default=5, help="times that every text is timed")
    parser.add_argument("--texts", type=int, help="only the first N test texts, for a quick look")
    parser.add_argument(
        "--peer",
        action="append",
        help="repeatable; default: all that are installed; 'none' for none",
    )
    parser.add_argument(
        "--cold-runs", type=int, default=15, help="fresh processes for the cold start"
    )
    parser.add_argument("--core", type=int, help="core to stay on; default: the last one allowed")
    parser.add_argument("--name", default="latency", help="of the result (latency)")


def run(args: argparse.Namespace) -> int:
    """Times everything and writes the result."""
    core = pin(args.core)
    texts = [example.text for example in read_split(args.dataset, "test")][: args.texts]
    systems, missing = _make_systems(args)
    rounds = time_rounds(systems, texts, rounds=args.rounds)
    first = next(iter(systems))
    measured = {
        "dataset": args.dataset,
        "texts": len(texts),
        "rounds": args.rounds,
        "core": core,
        "gc": "on" if gc.isenabled() else "off",
        "systems": {name: summarize(rounds[name], texts, beside=rounds[first]) for name in systems},
        "ratios_to": first,
        "sha256": {f"edge-router {bundle.label}": bundle.sha256 for bundle in args.bundle},
        "not_installed": missing,
        "cold_start": {
            bundle.label: _measure_cold(bundle.path, texts[0], args.cold_runs)
            for bundle in args.bundle
        },
    }
    write_result(args.name, measured, bundles=[bundle.path for bundle in args.bundle])
    return 0


def pin(core: int | None) -> int:
    """Keeps this program, and what it starts, on one core and in one thread; starts it anew where
    it was not so yet.

    numpy's BLAS makes its threads when it is imported, which has happened by now.
    """
    core = max(os.sched_getaffinity(0)) if core is None else core
    if os.sched_getaffinity(0) != {core} or any(
        os.environ.get(name) != "1" for name in _ONE_THREAD
    ):
        os.sched_setaffinity(0, {core})
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)
    return core


def time_rounds(
    systems: dict[str, Callable[[str], Any]],
    texts: Sequence[str],
    *,
    rounds: int,
    warm_up: int = 200,
) -> dict[str, Times]:
    """Nanoseconds [rounds, texts] of each system; within a round the systems follow each other."""
    for route in systems.values():
        _time_texts(route, texts[:warm_up])
    found: dict[str, list[Times]] = {name: [] for name in systems}
    for i in range(rounds):
        for name, route in systems.items():
            _time_texts(route, texts[:20])  # back into the caches after the system before
            found[name].append(_time_texts(route, texts))
        note(f"latency: round {i + 1} of {rounds}: {_medians(found)}")
    return {name: np.stack(times) for name, times in found.items()}


def summarize(times: Times, texts: Sequence[str], *, beside: Times) -> dict[str, Any]:
    """Percentiles in microseconds over all measurements, by length in words, and p50 against
    another system's.
    """
    words = np.array([len(text.split()) for text in texts])
    by_words = {
        f"{low}-{high}": times[:, (words >= low) & (words <= high)] for low, high in BUCKETS
    }
    ratios = [
        float(np.median(mine) / np.median(other)) for mine, other in zip(times, beside, strict=True)
    ]
    return {
        **_percentiles(times),
        "per_text": _percentiles(np.median(times, axis=0)),
        "by_words": {
            k: {"texts": part.shape[1], **_percentiles(part)}
            for k, part in by_words.items()
            if part.size
        },
        "p50_ratio": statistics.median(ratios),
        "p50_ratio_range": [min(ratios), max(ratios)],
    }


def _make_systems(
    args: argparse.Namespace,
) -> tuple[dict[str, Callable[[str], Any]], dict[str, str]]:
    from bench.peers import PEERS, PeerMissingError, fit_peer
    from edge_router import Router

    systems: dict[str, Callable[[str], Any]] = {
        f"edge-router {bundle.label}": Router.load(bundle.path).route for bundle in args.bundle
    }
    missing: dict[str, str] = {}
    for module in PEERS if args.peer is None else [name for name in args.peer if name != "none"]:
        note(f"latency: fitting {module}")
        try:
            peer = fit_peer(module, args.dataset)
        except PeerMissingError as error:
            missing[module] = str(error)
        else:
            systems[peer.name] = peer.predict
    return systems, missing


def _time_texts(route: Callable[[str], Any], texts: Sequence[str]) -> Times:
    clock = time.perf_counter_ns
    times = np.empty(len(texts), np.int64)
    for i, text in enumerate(texts):
        began = clock()
        route(text)
        times[i] = clock() - began
    return times


def _percentiles(times: NDArray[Any]) -> dict[str, float]:
    p50, p99, p999 = np.percentile(times, [50, 99, 99.9]) / 1000
    return {
        "p50_us": float(p50),
        "p99_us": float(p99),
        "p999_us": float(p999),
        "mean_us": float(times.mean() / 1000),
    }


def _medians(found: dict[str, list[Times]]) -> str:
    return ", ".join(
        f"{name} {np.median(times[-1]) / 1000:.1f} us" for name, times in found.items()
    )


def _measure_cold(path: Path, text: str, runs: int) -> dict[str, Any]:
    """Median and range of seconds from starting a process to its end, for each stage."""
    found = {}
    for stage, script in _COLD.items():
        times = [_time_process(script, path, text) for _ in range(runs + 1)][
            1:
        ]  # the first one warms the disk cache
        found[stage] = {
            "median_s": statistics.median(times),
            "min_s": min(times),
            "max_s": max(times),
            "runs": runs,
        }
    note(f"latency: cold start {found['process start to first decision']['median_s']:.3f} s")
    return found


def _time_process(script: str, path: Path, text: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, str(path.resolve()), text], check=True, cwd=ROOT)
    return time.perf_counter() - began
