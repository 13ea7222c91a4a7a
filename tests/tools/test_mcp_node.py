"""A server that this project did not write, in another language: the protocol's own, for node."""

import shutil
from datetime import datetime

import pytest

from edge_router.decision import Candidate, Decision, Reason
from edge_router.dispatcher import Dispatcher, Status
from edge_router.tools import make_registry
from edge_router.tools.mcp_server import McpServer
from edge_router.tools.runner import Runner, RunStatus

pytest.importorskip("mcp", reason="needs the extra [mcp]")
COMMAND = shutil.which("mcp-server-everything")
pytestmark = pytest.mark.skipif(
    COMMAND is None,
    reason="no node server on the PATH (npm install -g @modelcontextprotocol/server-everything)",
)


@pytest.fixture(scope="module")
def registry():
    with McpServer([COMMAND, "stdio"]) as server:
        yield make_registry(server.tools(timeout_s=30))


def test_its_tools_are_described_and_run(registry):
    assert {"echo", "get-sum"} <= set(registry)
    assert registry["echo"].tool.parameters["required"] == ["message"]
    echoed = Runner().run(registry["echo"], {"message": "hi"})
    assert (echoed.status, echoed.value) == (RunStatus.DONE, "Echo: hi")
    added = Runner().run(registry["get-sum"], {"a": 2, "b": 3})
    assert "5" in added.value


def test_arguments_that_do_not_fit_never_reach_it(registry):
    assert Runner().run(registry["echo"], {}).status is RunStatus.INVALID
    assert Runner().run(registry["get-sum"], {"a": "two", "b": 3}).status is RunStatus.INVALID


class _Sum:
    def route(self, _: str) -> Decision:
        return Decision("get-sum", 0.9, Reason.CONFIDENT, (Candidate("get-sum", 0.9),), 0.5)


def test_a_text_fills_its_schema_and_what_is_missing_is_asked_for(registry):
    dispatcher = Dispatcher(_Sum(), tools=registry.values(), clock=lambda: datetime(2026, 3, 4))
    outcome = dispatcher.dispatch("what is 20 plus 22")
    assert (outcome.status, "42" in outcome.text) == (Status.DONE, True)
    assert dispatcher.dispatch("add something").status is Status.NEEDS_ARGUMENT
