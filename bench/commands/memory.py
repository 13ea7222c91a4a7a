"""Peak resident memory of a fresh process that loads a bundle and routes 1,000 texts, beside the
bare imports.

The peak is the kernel's VmHWM, which starts anew with the process; ``ru_maxrss`` would inherit this
one's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.bundles import add_bundles
from bench.datasets import read_split
from bench.stamp import ROOT, note, write_result

_PEAK = (
    "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
)
_IMPORTS = (
    "import os; os.environ['ORT_DISABLE_TELEMETRY'] = '1'; import numpy, onnxruntime, "
    f"tokenizers\n{_PEAK}"
)
_ROUTES = f"""import json, sys
from edge_router import Router
router = Router.load(sys.argv[1])
for line in sys.stdin:
    router.route(json.loads(line))
{_PEAK}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles."""
    add_bundles(parser)
    parser.add_argument("--dataset", default="clinc150", help="whose test texts are routed")
    parser.add_argument("--routes", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes; the median counts")
    parser.add_argument("--name", default="memory", help="of the result (memory)")


def run(args: argparse.Namespace) -> int:
    """Measures each bundle in fresh processes."""
    texts = [example.text for example in read_split(args.dataset, "test")]
    chosen = [texts[i * len(texts) // args.routes] for i in range(args.routes)]
    rows = [
        {
            "label": "numpy, onnxruntime and tokenizers imported",
            **_measure(_IMPORTS, [], [], args.runs),
        }
    ]
    for bundle in args.bundle:
        row = {
            "label": bundle.label,
            "sha256": bundle.sha256,
            "routes": args.routes,
            **_measure(_ROUTES, [str(bundle.path)], chosen, args.runs),
        }
        note(f"memory: {bundle.label}: {row['peak_mb']:.1f} MB")
        rows.append(row)
    write_result(
        args.name,
        {"dataset": args.dataset, "rows": rows},
        bundles=[bundle.path for bundle in args.bundle],
    )
    return 0


def _measure(
    script: str, arguments: Sequence[str], texts: Sequence[str], runs: int
) -> dict[str, float]:
    """Median and highest peak in megabytes of a million bytes."""
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    command = [sys.executable, "-c", script, *map(str, map(_absolute, arguments))]
    peaks = [
        int(
            subprocess.run(
                command, input=lines, capture_output=True, text=True, check=True, cwd=ROOT
            ).stdout
        )
        * 1024
        / 1e6
        for _ in range(runs)
    ]
    return {"peak_mb": statistics.median(peaks), "highest_mb": max(peaks)}


def _absolute(path: str) -> Path:
    return Path(path).resolve()
