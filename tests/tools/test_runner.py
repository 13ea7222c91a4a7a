import asyncio
import contextvars
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from edge_router.errors import ToolError
from edge_router.tools import lane as lanes
from edge_router.tools import runner as runners
from edge_router.tools import tool
from edge_router.tools.runner import Runner, RunStatus

USER = contextvars.ContextVar("USER", default="nobody")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(runners, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(runners, "GRACE_S", 0.1)


@pytest.fixture
def held():
    """Holds tools until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def run_both(runnable, arguments):
    """The result of a run from a thread and of one from an event loop, which must be alike."""
    plain = Runner().run(runnable, arguments)
    beside = asyncio.run(Runner().arun(runnable, arguments))
    assert (plain.status, plain.value, plain.problem, plain.argument, plain.attempts) == (
        beside.status,
        beside.value,
        beside.problem,
        beside.argument,
        beside.attempts,
    )
    return plain


def add(a: int, b: int = 1) -> int:
    return a + b


async def aadd(a: int, b: int = 1) -> int:
    await asyncio.sleep(0)
    return a + b


@pytest.mark.parametrize("function", [add, aadd])
@pytest.mark.parametrize("timeout_s", [None, 5])
def test_runs_functions_of_either_kind_with_and_without_a_timeout(function, timeout_s):
    result = run_both(tool(timeout_s=timeout_s)(function), {"a": 3})
    assert (result.status, result.value, result.attempts) == (RunStatus.DONE, 4, 1)
    assert result.is_done
    assert result.latency_us > 0


@pytest.mark.parametrize(
    ("arguments", "argument", "problem"),
    [
        ({}, None, "add: needs a"),
        ({"a": "3"}, "a", 'add: a must be of type integer, not "3"'),
        ({"a": 3, "c": 1}, "c", "add: c is not allowed"),
        ({"a": float("nan")}, None, "add: the arguments are no plain JSON"),
    ],
)
def test_arguments_are_checked_before_anything_runs(arguments, argument, problem):
    result = run_both(tool(add), arguments)
    assert (result.status, result.argument, result.problem) == (
        RunStatus.INVALID,
        argument,
        problem,
    )
    assert result.attempts == 0


def test_a_tool_gets_the_values_of_python():
    @tool(timeout_s=None)
    def weekday(day: date) -> int:
        return day.weekday()

    assert run_both(weekday, {"day": "2026-03-31"}).value == 1
    result = run_both(weekday, {"day": "2026-02-31"})
    assert result.problem == 'weekday: day must be a date like 2026-03-31, not "2026-02-31"'


def test_a_value_that_python_lacks_is_an_invalid_argument():
    from datetime import timedelta

    @tool
    def wait(span: timedelta) -> None: ...

    result = run_both(wait, {"span": "P1M"})
    assert (result.status, result.argument) == (RunStatus.INVALID, "span")
    assert "whose length varies; give days" in result.problem


@pytest.mark.parametrize("timeout_s", [None, 5])
def test_an_exception_is_a_result_without_the_words_of_programmers(timeout_s):
    @tool(timeout_s=timeout_s)
    def fail() -> None:
        raise OSError("/secret/path is gone")

    @tool(timeout_s=timeout_s)
    async def afail() -> None:
        raise ToolError("There is no lamp in the kitchen.")

    result = run_both(fail, {})
    assert (result.status, result.problem, result.value) == (
        RunStatus.FAILED,
        "fail failed (OSError)",
        None,
    )
    assert isinstance(result.error, OSError)
    assert str(result.error) == "/secret/path is gone"
    assert run_both(afail, {}).problem == "There is no lamp in the kitchen."


def test_a_tool_that_exits_or_is_cancelled_ends_that_call_alone():
    @tool
    def leave() -> None:
        sys.exit(3)

    @tool
    async def give_up() -> None:
        raise asyncio.CancelledError

    assert run_both(leave, {}).problem == "leave failed (SystemExit)"
    assert run_both(give_up, {}).problem == "give_up failed (CancelledError)"


def test_retries_what_is_idempotent_until_it_is_done():
    calls = []

    @tool(retries=3, is_idempotent=True)
    def flaky() -> int:
        calls.append(1)
        if len(calls) % 3:
            raise OSError
        return len(calls)

    result = Runner().run(flaky, {})
    assert (result.value, result.attempts) == (3, 3)
    result = asyncio.run(Runner().arun(flaky, {}))
    assert (result.value, result.attempts) == (6, 3)


def test_a_retry_that_does_not_help_is_told():
    @tool(retries=2, is_idempotent=True, timeout_s=None)
    def fail() -> None:
        raise OSError

    assert run_both(fail, {}).attempts == 3


def test_a_tool_that_hangs_is_left_to_itself_and_named(held):
    @tool(timeout_s=0.05)
    def hang() -> None:
        held.wait()

    started = time.monotonic()
    result = run_both(hang, {})
    assert time.monotonic() - started < 20
    assert (result.status, result.problem) == (
        RunStatus.TIMED_OUT,
        "hang did not answer within 0.05 seconds",
    )


def test_an_async_tool_that_hangs_is_cancelled():
    cancelled = []

    @tool(timeout_s=0.05)
    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    assert run_both(hang, {}).status is RunStatus.TIMED_OUT
    assert cancelled == [1, 1]


def test_an_async_tool_that_does_not_heed_its_cancelling_is_left_to_itself(held):
    @tool(timeout_s=0.05)
    async def hang() -> None:
        while not held.is_set():
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    async def main() -> None:
        assert (await Runner().arun(hang, {})).status is RunStatus.TIMED_OUT
        held.set()

    asyncio.run(main())
    held.clear()
    started = time.monotonic()
    assert Runner().run(hang, {}).status is RunStatus.TIMED_OUT
    assert time.monotonic() - started < 20


def test_an_async_tool_that_blocks_its_loop_is_left_to_itself(held):
    @tool(timeout_s=0.05)
    async def block() -> None:
        held.wait()

    assert Runner().run(block, {}).status is RunStatus.TIMED_OUT


def test_a_tool_whose_threads_all_hang_is_busy_at_once_and_works_again_when_they_return(held):
    @tool(timeout_s=0.05)
    def hang() -> str:
        held.wait()
        return "done"

    runner = Runner()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: runner.run(hang, {}), range(lanes.MAX_THREADS)))
    assert {result.status for result in results} == {RunStatus.TIMED_OUT}
    result = runner.run(hang, {})
    assert (result.status, result.problem) == (
        RunStatus.BUSY,
        "hang is still busy with earlier calls",
    )
    assert asyncio.run(runner.arun(hang, {})).status is RunStatus.BUSY
    held.set()
    until = time.monotonic() + 30
    while runner.run(hang, {}).value != "done":
        assert time.monotonic() < until
        time.sleep(0.01)


def test_one_slow_tool_holds_nobody_up(held):
    @tool(timeout_s=0.5)
    def hang() -> None:
        held.wait()

    quick_add = tool(timeout_s=30)(add)
    runner = Runner()

    def run(number: int):
        return runner.run(quick_add, {"a": number}) if number % 4 else runner.run(hang, {})

    started = time.monotonic()
    with ThreadPoolExecutor(200) as pool:
        results = list(pool.map(run, range(200)))
    assert time.monotonic() - started < 60
    assert [r.value for n, r in enumerate(results) if n % 4] == [n + 1 for n in range(200) if n % 4]
    slow = {r.status for n, r in enumerate(results) if n % 4 == 0}
    assert slow <= {RunStatus.TIMED_OUT, RunStatus.BUSY}
    assert RunStatus.TIMED_OUT in slow


def test_two_hundred_async_runs_go_on_beside_a_slow_one(held):
    @tool(timeout_s=0.5)
    def hang() -> None:
        held.wait()

    quick_add, quick_aadd = tool(timeout_s=30)(add), tool(timeout_s=30)(aadd)
    runner = Runner()

    async def main():
        kinds = [hang, quick_add, quick_aadd, quick_add]
        return await asyncio.gather(
            *(runner.arun(kinds[n % 4], {"a": n} if n % 4 else {}) for n in range(200))
        )

    results = asyncio.run(main())
    assert [r.value for n, r in enumerate(results) if n % 4] == [n + 1 for n in range(200) if n % 4]


def test_cancelling_a_run_cancels_the_tool_and_frees_a_waiting_place(held):
    cancelled = []

    @tool
    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.append(1)

    @tool
    def hang() -> None:
        held.wait()

    async def cancel(runnable, runner):
        task = asyncio.ensure_future(runner.arun(runnable, {}))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main():
        runner = Runner()
        await cancel(wait, runner)
        await asyncio.gather(*(cancel(hang, runner) for _ in range(10)))
        return runner

    runner = asyncio.run(main())
    assert cancelled == [1]
    assert not runner._lanes["hang"]._waiting


def test_a_tool_sees_the_context_of_its_caller():
    @tool
    def who() -> str:
        return USER.get()

    token = USER.set("ada")
    try:
        assert run_both(who, {}).value == "ada"
    finally:
        USER.reset(token)


def test_threads_end_when_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(lanes, "IDLE_S", 0.05)

    @tool(name="short-lived")
    def add_one(a: int) -> int:
        return a + 1

    assert Runner().run(add_one, {"a": 1}).value == 2
    until = time.monotonic() + 10
    while any(t.name == "edge-router-short-lived" for t in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_starts_threads_of_its_own():
    code = """
import os
from edge_router.tools import tool
from edge_router.tools.runner import Runner
@tool
def add(a: int) -> int:
    return a + 1
runner = Runner()
assert runner.run(add, {"a": 1}).value == 2
child = os.fork()
if child == 0:
    os._exit(0 if runner.run(add, {"a": 2}).value == 3 else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)


def test_the_interpreter_ends_while_a_tool_hangs():
    code = """
import time
from edge_router.tools import tool
from edge_router.tools.runner import Runner
@tool(timeout_s=0.05)
def hang() -> None:
    time.sleep(600)
assert Runner().run(hang, {}).status == "timed_out"
"""
    started = time.monotonic()
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
    assert time.monotonic() - started < 30
