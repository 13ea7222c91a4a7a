"""What most tests need: a small real router, and the paths of what is committed."""

from pathlib import Path

import pytest

from edge_router import Router

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def assistant_path() -> Path:
    return ROOT / "tests" / "data" / "assistant.router"


@pytest.fixture(scope="session")
def assistant(assistant_path: Path) -> Router:
    return Router.load(assistant_path)
