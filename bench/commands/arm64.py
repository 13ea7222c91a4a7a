"""The same bits on other cores: goldens and decisions, natively and on emulated cores; instructions
per route on ARM.

``bench/arm64/setup.sh FOLDER`` prepares the emulators once. Emulation says nothing about time: what
is counted is instructions, text to Decision, which are the same from run to run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.bundles import Bundle, add_bundles
from bench.datasets import read_split
from bench.stamp import ROOT, note, write_result

PROBE = ROOT / "bench" / "arm64" / "probe.py"
ODD_TEXTS = (
    "",
    " \t\n",
    "?",
    "\x00\x07 control",
    "LIGHTS OFF!!!",
    "weck mich um sieben Uhr früh",
    "أطفئ الأنوار في المطبخ",
    "把厨房的灯调暗一点",
    "🌧️ tomorrow? 👩‍👩‍👧",
    "e\u0301te\u0301 against \u00e9t\u00e9",
    "\ud800 a lone surrogate",
    "supercalifragilisticexpialidocious" * 8,
    "turn it up and " * 400,
)


class Kind(NamedTuple):
    """A core to run on."""

    name: str
    """What the tables call it."""
    emulator: str
    """``qemu-aarch64``, ``qemu-x86_64``, or an empty string: this machine."""
    cpu: str
    """QEMU's name of the core."""
    openblas: str = ""
    """What numpy's BLAS is told to be, where it would look at the host instead of the guest."""


NATIVE = Kind("this machine", "", "")
KINDS = (
    Kind("x86-64, AVX2 without VNNI (Haswell)", "qemu-x86_64", "Haswell", "Haswell"),
    Kind("x86-64, SSE4.2 (Nehalem)", "qemu-x86_64", "Nehalem", "Nehalem"),
    Kind("Cortex-A53 (Pi 3, Zero 2 W)", "qemu-aarch64", "cortex-a53"),
    Kind("Cortex-A72 (Pi 4)", "qemu-aarch64", "cortex-a72"),
    Kind("Cortex-A76 (Pi 5)", "qemu-aarch64", "cortex-a76"),
)
COUNTED = ("cortex-a72", "cortex-a76")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles, on which guests."""
    add_bundles(parser)
    parser.add_argument(
        "--guests", type=Path, required=True, help="the folder that bench/arm64/setup.sh made"
    )
    parser.add_argument("--dataset", default="clinc150", help="whose test texts are routed")
    parser.add_argument(
        "--texts",
        type=int,
        default=1000,
        help="how many, spread over the split; odd ones are added",
    )
    parser.add_argument(
        "--counted", type=int, default=200, help="of them, how many have their instructions counted"
    )
    parser.add_argument("--name", default="arm64", help="of the result (arm64)")


def run(args: argparse.Namespace) -> int:
    """Compares and counts; 1 where a decision differs on any core."""
    examples = read_split(args.dataset, "test")
    texts = [examples[i * len(examples) // args.texts].text for i in range(args.texts)]
    with tempfile.TemporaryDirectory() as folder:
        rows = [_measure(bundle, texts, args, Path(folder)) for bundle in args.bundle]
    write_result(
        args.name,
        {"dataset": args.dataset, "rows": rows},
        bundles=[bundle.path for bundle in args.bundle],
    )
    differing = sum(
        kind["differing"] + kind["goldens_differing"] for row in rows for kind in row["kinds"]
    )
    return 1 if differing else 0


def count_differences(reference: Sequence[Any], other: Sequence[Any]) -> int:
    """Texts whose description is not the same."""
    return sum(a != b for a, b in zip(reference, other, strict=True))


def summarize_counts(totals: Sequence[int]) -> dict[str, float]:
    """Instructions per route from the plugin's running totals: the first two hold what asking
    costs.
    """
    steps = [after - before for before, after in itertools.pairwise(totals)]
    asking, routes = steps[0], steps[1:]
    counts = sorted(count - asking for count in routes)
    return {
        "mean": statistics.fmean(counts),
        "p50": statistics.median(counts),
        "p99": counts[min(len(counts) - 1, len(counts) * 99 // 100)],
        "texts": len(counts),
    }


def run_probe(
    kind: Kind, guests: Path, arguments: list[str], *, plugin: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """What the probe said to these ``arguments`` on one kind of core; raises OSError where it
    failed.
    """
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    command = [*_prefix(kind, guests.resolve()), str(PROBE), *arguments]
    if kind.emulator:
        environment |= {"LD_LIBRARY_PATH": str(guests.resolve() / "qemu"), "QEMU_CPU": kind.cpu}
    if plugin is not None:
        environment["QEMU_PLUGIN"] = f"file={plugin.resolve()}"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{kind.name}: the probe ended with {done.returncode}: {done.stderr[-2000:]}")
    return done


def _measure(
    bundle: Bundle, texts: list[str], args: argparse.Namespace, folder: Path
) -> dict[str, Any]:
    path = bundle.path.resolve()
    decided, counted = folder / "decide.json", folder / "count.json"
    decided.write_text(json.dumps([*texts, *ODD_TEXTS]), "utf-8")
    counted.write_text(
        json.dumps(texts[:: max(1, len(texts) // args.counted)][: args.counted]), "utf-8"
    )
    reference = _decide(NATIVE, args.guests, path, decided)
    kinds = [
        _compare(kind, args.guests, path, decided, reference["decisions"])
        for kind in (NATIVE, *KINDS)
    ]
    instructions = {
        kind.name: _count(kind, args.guests, path, counted) for kind in KINDS if kind.cpu in COUNTED
    }
    return {
        "label": bundle.label,
        "sha256": bundle.sha256,
        "texts": len(reference["decisions"]),
        "goldens": reference["goldens_checked"],
        "kinds": kinds,
        "counted": reference["counted"],
        "instructions": instructions,
    }


def _compare(
    kind: Kind, guests: Path, bundle: Path, texts: Path, reference: Sequence[Any]
) -> dict[str, Any]:
    found = _decide(kind, guests, bundle, texts)
    differing = count_differences(reference, found["decisions"])
    note(
        f"arm64: {kind.name}: {differing} of {len(reference)} differ, {len(found['goldens'])} "
        "goldens"
    )
    return {"kind": kind.name, "differing": differing, "goldens_differing": len(found["goldens"])}


def _decide(kind: Kind, guests: Path, bundle: Path, texts: Path) -> Any:
    done = run_probe(kind, guests, ["decide", str(bundle), str(texts)])
    return json.loads(done.stdout)


def _count(kind: Kind, guests: Path, bundle: Path, texts: Path) -> dict[str, float]:
    done = run_probe(
        kind, guests, ["count", str(bundle), str(texts)], plugin=guests / "libinstructions.so"
    )
    lines = [line.split() for line in done.stderr.splitlines()]
    found = summarize_counts(
        [int(words[1]) for words in lines if words[:1] == ["instructions"] and len(words) == 2]
    )
    note(f"arm64: {kind.name}: {found['mean'] / 1e6:.2f} M instructions a route")
    return found


def _prefix(kind: Kind, guests: Path) -> list[str]:
    """The command in front of the script: a Python, behind an emulator where the kind has one."""
    if not kind.emulator:
        return [sys.executable]
    blas = (
        ["-E", f"OPENBLAS_CORETYPE={kind.openblas}"]
        if kind.openblas
        else ["-U", "OPENBLAS_CORETYPE"]
    )
    # the emulator's own library path is not the guest's
    emulator = [str(guests / "qemu" / kind.emulator), "-U", "LD_LIBRARY_PATH,QEMU_PLUGIN", *blas]
    if kind.emulator == "qemu-x86_64":
        return [*emulator, sys.executable]
    sysroot = guests / "sysroot"
    paths = f"PYTHONHOME={sysroot}/usr,PYTHONPATH={guests}/packages:{ROOT}"
    return [*emulator, "-L", str(sysroot), "-E", paths, f"{sysroot}/usr/bin/python3.11"]
