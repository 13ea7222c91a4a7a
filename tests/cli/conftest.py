import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_router import Router

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def tiny() -> str:
    """A router for *dim the lights*, *make coffee*, and *the weather*, which fits no tool."""
    return str(DATA / "tiny.router")


@pytest.fixture(scope="session")
def run_cli() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs ``edge-router`` in a process of its own, as a script would."""

    def run(
        *arguments: str | bytes, stdin: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "edge_router", *arguments],
            input=stdin,
            env={**os.environ, "PYTHONWARNINGS": "error", **env},
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def tiny_router(tiny: str) -> Router:
    return Router.load(tiny)


@pytest.fixture(autouse=True)
def buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that tests start buffer their output as a user's do, whatever the caller set."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
