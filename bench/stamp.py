"""Every result says where, with what and by which command it was measured."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("results")
_PACKAGES = ("numpy", "onnxruntime", "tokenizers")


def write_result(
    name: str, measured: dict[str, Any], *, bundles: Iterable[Path] = (), folder: Path = RESULTS
) -> Path:
    """Writes ``NAME.json``: what was measured, with machine, versions, bundles and command line
    beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    whole = {"stamp": make_stamp(bundles), **measured}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {path}", file=sys.stderr)
    return path


def make_stamp(bundles: Iterable[Path] = ()) -> dict[str, Any]:
    """Machine, versions, git commit, the bundles' sha256, the command line and the date."""
    from edge_router import __version__

    return {
        "machine": describe_machine(),
        "versions": {
            "python": platform.python_version(),
            "edge_router": __version__,
            **{package: metadata.version(package) for package in _PACKAGES},
        },
        "git_commit": git_commit(),
        "bundles": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bundles},
        "command": describe_command(sys.argv[1:]),
        "date": datetime.now(UTC).date().isoformat(),
    }


def describe_command(arguments: Sequence[str]) -> str:
    """The command line, with files of this machine's folders by their names alone."""
    return "python -m bench " + shlex.join(map(_without_folder, arguments))


def describe_machine() -> dict[str, Any]:
    """Processor, cores, system, what governs the clock where Linux tells, and how busy the machine
    was.
    """
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "governor": governor.read_text("utf-8").strip() if governor.exists() else None,
        "load_1_minute": round(os.getloadavg()[0], 2),
    }


def cpu_model() -> str:
    """The processor's name as Linux gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def git_commit() -> str | None:
    """The checkout's commit, with ``+`` where files differ from it; ``None`` outside a checkout."""
    head = _git("rev-parse", "HEAD")
    return head and head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def note(message: str) -> None:
    """Progress, on stderr."""
    print(message, file=sys.stderr, flush=True)


def _without_folder(argument: str) -> str:
    label, sign, path = argument.rpartition("=")
    return label + sign + (Path(path).name if Path(path).is_absolute() else path)


def _git(*words: str) -> str | None:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
