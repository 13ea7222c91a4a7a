import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge_router.errors import DataError, MissingExtraError, ToolError
from edge_router.tools import make_registry
from edge_router.tools.mcp_server import McpServer
from edge_router.tools.runner import Runner, RunStatus

SCRIPT = str(Path(__file__).parent / "mcp_tools.py")
COMMAND = [sys.executable, SCRIPT]


@pytest.fixture(scope="module", autouse=True)
def mcp():
    return pytest.importorskip("mcp", reason="needs the extra [mcp]")


@pytest.fixture(scope="module")
def server():
    with McpServer(COMMAND) as server:
        yield server


@pytest.fixture(scope="module")
def registry(server: McpServer):
    return make_registry(server.tools(timeout_s=30))


def test_the_servers_tools_are_described_as_it_does(registry):
    assert list(registry) == ["add", "describe", "greet", "draw", "fail", "wait", "die"]
    tool = registry["add"].tool
    assert tool.description == "Adds two numbers."
    assert tool.parameters == {
        "type": "object",
        "title": "addArguments",
        "properties": {
            "a": {"title": "A", "type": "integer"},
            "b": {"title": "B", "type": "integer", "default": 1},
        },
        "required": ["a"],
    }


def test_what_is_not_said_to_only_read_must_be_confirmed(server, registry):
    assert not registry["add"].needs_confirmation
    assert registry["die"].needs_confirmation
    assert not server.tools(only={"die"}, needs_confirmation=False)[0].needs_confirmation


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("add", {"a": 3}, 4),
        ("describe", {"city": "Rome"}, {"city": "Rome", "size": "large"}),
        ("greet", {"name": "Ada"}, "Hello Ada."),
        ("draw", {}, None),
    ],
)
def test_tools_run_there_from_a_thread_and_from_any_event_loop(registry, name, arguments, value):
    result = Runner().run(registry[name], arguments)
    assert (result.status, result.value) == (RunStatus.DONE, value)
    assert asyncio.run(Runner().arun(registry[name], arguments)).value == value


def test_arguments_are_checked_before_they_are_sent(registry):
    result = Runner().run(registry["add"], {"a": "3"})
    assert result.problem == 'add: a must be of type integer, not "3"'


def test_a_tool_that_fails_there_says_so_in_the_servers_words(registry):
    result = Runner().run(registry["fail"], {})
    assert (result.status, result.problem) == (RunStatus.FAILED, "Error executing tool fail")


def test_a_tool_that_hangs_there_is_cancelled_and_the_server_goes_on(server, registry):
    (wait,) = server.tools(only=["wait"], timeout_s=0.3)
    result = Runner().run(wait, {"seconds": 60})
    assert (result.status, result.problem) == (
        RunStatus.TIMED_OUT,
        "wait did not answer within 0.3 seconds",
    )
    assert Runner().run(registry["add"], {"a": 1}).value == 2


def test_many_calls_run_at_once(registry):
    async def main():
        runner = Runner()
        calls = [runner.arun(registry["wait"], {"seconds": 1.5}) for _ in range(20)]
        return await asyncio.gather(*calls)

    started = time.monotonic()
    assert {result.value for result in asyncio.run(main())} == {"waited"}
    assert time.monotonic() - started < 25  # one after the other they would need 30


def test_a_server_that_dies_is_started_anew_by_the_next_call(registry):
    result = Runner().run(registry["die"], {})
    assert (result.status, result.problem) == (RunStatus.FAILED, "die failed (MCPError)")
    assert Runner().run(registry["add"], {"a": 1}).value == 2


def test_a_closed_server_starts_anew_when_it_is_needed():
    server = McpServer(COMMAND)
    (add,) = server.tools(only={"add"}, timeout_s=60)
    server.close()
    assert Runner().run(add, {"a": 1}).value == 2
    server.close()


def test_tools_that_are_not_there_are_named(server):
    with pytest.raises(DataError, match=r"has no tool 'subtract'; it has others"):
        server.tools(only={"add", "subtract"})


@pytest.mark.parametrize(
    "command", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit"]]
)
def test_a_server_that_does_not_start_is_named(command):
    with pytest.raises(ToolError, match=r"cannot be reached .*; start it, or correct its command"):
        McpServer(command).tools()


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("edge_router.tools.mcp_server.START_TIMEOUT_S", 0.5)
    server = McpServer([sys.executable, "-c", "import time; time.sleep(60)"])
    with server, pytest.raises(ToolError, match=r"did not answer within 0.5 seconds"):
        server.tools()


@pytest.mark.parametrize(
    "target", ["http://example.org/mcp", "ftp://localhost/", "server.py", [], [3], ""]
)
def test_a_target_that_cannot_be_meant_or_is_not_safe_is_refused(target):
    with pytest.raises(DataError, match=r"give (one with https://|a list)"):
        McpServer(target)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(MissingExtraError, match=r"edge-router\[mcp\]"):
        McpServer(COMMAND).tools()


def test_a_server_at_an_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([*COMMAND, str(port)], stderr=subprocess.DEVNULL) as process:
        try:
            with McpServer(f"http://127.0.0.1:{port}/mcp") as server:
                (add,) = wait_for_tools(server)
                assert Runner().run(add, {"a": 3, "b": 4}).value == 7
                process.kill()
                process.wait()
                assert Runner().run(add, {"a": 3}).status is RunStatus.FAILED
        finally:
            process.kill()


def wait_for_tools(server: McpServer):
    until = time.monotonic() + 60
    while True:
        try:
            return server.tools(only={"add"}, timeout_s=30)
        except ToolError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_the_program_ends_and_takes_its_server_along():
    code = f"""
from edge_router.tools.mcp_server import McpServer
from edge_router.tools.runner import Runner
server = McpServer({COMMAND!r})
(add,) = server.tools(only={{"add"}}, timeout_s=60)
assert Runner().run(add, {{"a": 1}}).value == 2
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
