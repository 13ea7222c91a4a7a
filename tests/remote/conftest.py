"""A server to be wrong with, and remotes of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_server import FakeServer

from edge_router.remote import Remote


@pytest.fixture
def server() -> Iterator[FakeServer]:
    server = FakeServer()
    yield server
    server.close()


@pytest.fixture
def make_remote(server: FakeServer) -> Iterator[Callable[..., Remote]]:
    """Remotes of the server, closed at the end."""
    pytest.importorskip("httpx2", reason="the extra [llm] is not installed")
    made: list[Remote] = []

    def make(**settings: Any) -> Remote:
        made.append(Remote(**{"base_url": server.url, "model": "m", **settings}))
        return made[-1]

    yield make
    for remote in made:
        remote.close()
