"""The service as users start it: a process of its own, on a free port of this device."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("wyoming", reason="the extra [wyoming] is not installed")
pytest.importorskip("yaml", reason="the extra [wyoming] is not installed")

ROOT = Path(__file__).parents[2]
HOME = ROOT / "examples" / "home_assistant"
EXAMPLE = [
    *("--taught", str(HOME / "home.jsonl")),
    *("--tools", str(HOME / "tools.yaml")),
    *("--names", str(HOME / "names.yaml")),
]


@dataclass
class Service:
    """A running ``edge-router wyoming``."""

    process: subprocess.Popen[bytes]
    port: int
    told: dict[str, object]

    def stop(self, signal: int) -> tuple[int, bytes, bytes]:
        """Its exit code, and what it wrote after its first line."""
        self.process.send_signal(signal)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Service]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> Service:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_router", "wyoming", *arguments, "--port", "0", "--json"],
            env={**os.environ, "PYTHONWARNINGS": "error"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        told = json.loads(line)
        return Service(process, told["port"], told)

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def home(start) -> Service:
    """The example of docs/home-assistant.md."""
    return start(*EXAMPLE)


@pytest.fixture(scope="session")
def documented() -> str:
    """The command that docs/home-assistant.md begins with."""
    text = (ROOT / "docs" / "home-assistant.md").read_text("utf-8")
    found = re.search(r"^edge-router (wyoming(?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert found
    return found[1].replace("\\\n", " ")
