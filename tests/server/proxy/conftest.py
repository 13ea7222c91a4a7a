"""The proxy as users start it: a process of its own, before a server that does as it is told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="the extra [serve] is not installed")
pytest.importorskip("httpx2", reason="the extra [serve] is not installed")
pytest.importorskip("prometheus_client", reason="the extra [serve] is not installed")

import httpx2
from told_server import ToldServer, say


@dataclass
class Proxy:
    """A running ``edge-router serve``."""

    process: subprocess.Popen[bytes]
    url: str

    def ask(self, body: Any, path: str = "/v1/chat/completions", **headers: str) -> httpx2.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.post(self.url + path, content=content, headers=headers, timeout=30)

    def stop(self, signal: int) -> tuple[int, bytes, bytes]:
        """Its exit code, and what it wrote after its first line."""
        self.process.send_signal(signal)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


Start = Callable[..., Proxy]


@pytest.fixture(scope="session")
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **variables: str) -> Proxy:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_router", "serve", *arguments, "--port", "0", "--json"],
            env={**os.environ, "PYTHONWARNINGS": "error", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        told = json.loads(line)
        return Proxy(process, f"http://127.0.0.1:{told['port']}")

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def alone(start: Start) -> Proxy:
    """A proxy without an upstream."""
    return start()


@pytest.fixture(scope="session")
def _large() -> Iterator[ToldServer]:
    server = ToldServer(say("hello"))
    yield server
    server.close()


@pytest.fixture
def large(_large: ToldServer) -> ToldServer:
    """The server of a large model; it says hello, unless a test tells it otherwise."""
    _large.act = say("hello")
    _large.received.clear()
    return _large


@pytest.fixture(scope="session")
def _proxy(start: Start, _large: ToldServer) -> Proxy:
    """With free words, so that a city that is not taken is refused for another reason."""
    return start("--upstream", _large.url, "--free-words")


@pytest.fixture
def proxy(_proxy: Proxy, large: ToldServer) -> Proxy:
    """A proxy before ``large``."""
    return _proxy
