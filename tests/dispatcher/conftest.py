"""Makes a dispatcher of parts that do as they are told."""

from collections.abc import Callable
from typing import Any

import pytest
from dispatcher_fakes import NOW, Both, FakeRouter, fill

from edge_router.dispatcher import Dispatcher


@pytest.fixture
def make() -> Callable[..., Both]:
    def make(*tools, **settings: Any) -> Both:
        settings = {"arguments": fill, "clock": lambda: NOW} | settings
        return Both(Dispatcher(FakeRouter(), tools=tools, **settings))

    return make
