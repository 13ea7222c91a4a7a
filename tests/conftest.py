"""What most tests need: a small real router, the paths of what is committed, files to read."""

import signal
from pathlib import Path

import hypothesis
import pytest

from edge_router import Router

# a busy machine is no failure; what must be quick has a timeout of its own
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

# a shell's job in the background ignores Ctrl-C, and so would every process that a test starts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def assistant_path() -> Path:
    return ROOT / "tests" / "data" / "assistant.router"


@pytest.fixture(scope="session")
def assistant(assistant_path: Path) -> Router:
    return Router.load(assistant_path)


@pytest.fixture
def write(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(name: str, content: str | bytes) -> str:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return write
