"""What most tests need: a small real router, the paths of what is committed, files to read."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
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
LLAMA_SERVER = ROOT / "tests" / "remote" / "llama_server.py"


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


@pytest.fixture(scope="session")
def llama_url() -> Iterator[str]:
    """llama.cpp's own server, with the model that ``EDGE_ROUTER_TOOL_GGUF`` names."""
    model = os.environ.get("EDGE_ROUTER_TOOL_GGUF", "")
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("llama.cpp's server is not installed (pip install xllamacpp)")
    if not Path(model).is_file():
        pytest.skip(
            "EDGE_ROUTER_TOOL_GGUF names no GGUF file of a chat model that calls get_weather when "
            "it is asked for the weather in Paris"
        )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(LLAMA_SERVER), model, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert any(b"ready" in line for line in process.stdout)
    yield f"http://127.0.0.1:{port}/v1"
    process.stdin.close()
    process.stdout.close()
    process.wait(20)
