"""A dispatcher with a journal."""

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from dispatcher_fakes import NOW, FakeRemote, FakeRouter, chosen, fill

from edge_router import Dispatcher, Journal, Router, Tool
from edge_router.decision import Candidate, Decision, Reason
from edge_router.examples import read_examples
from edge_router.journal import Record, read_records
from edge_router.routing.known_words import KnownWords
from edge_router.tools import LLM, RunnableTool, tool

TINY = Path(__file__).parents[1] / "data" / "tiny.router"
ASKED = Path(__file__).parents[2] / "examples" / "assistant" / "test.jsonl"


@tool(answer="Dimmed.")
def dim(level: int) -> None:
    """Dims a lamp."""


@tool(answer=LLM)
def read() -> int:
    """Reads a sensor."""
    return 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def make_dispatcher(journal: Journal | None, **settings) -> Dispatcher:
    return Dispatcher(
        FakeRouter(), tools=[dim, read], arguments=fill, clock=lambda: NOW, journal=journal, **settings
    )  # fmt: skip


def read_last(path: Path) -> Record:
    return read_records(path)[-1]


def test_an_outcome_is_recorded_under_the_id_that_it_names(path: Path):
    with Journal(path, keep_texts=True) as journal:
        outcome = make_dispatcher(journal).dispatch("dim to 40")
    record = read_last(path)
    assert outcome.record == record.id == "1-1"
    entry = record.entry
    assert (entry.text, entry.decided, entry.tool, entry.status) == (
        "dim to 40",
        "dim",
        "dim",
        "done",
    )
    assert (entry.confidence, entry.reason, entry.threshold) == (0.9, "confident", 0.5)
    assert (entry.tokens_in, entry.estimated_tokens_in, entry.is_reply) == (0, 0, False)
    assert entry.estimated_tokens_all_tools > 100  # two requests with two tools
    assert entry.total_us == outcome.timings.total_us


def test_every_way_to_dispatch_is_recorded(path: Path):
    async def astream(dispatcher: Dispatcher) -> None:
        async with dispatcher.astream("dim to 3") as words:
            async for _ in words:
                pass

    with Journal(path, keep_texts=True) as journal:
        dispatcher = make_dispatcher(journal)
        dispatcher.dispatch("dim to 1")
        with dispatcher.stream("dim to 2") as words:
            assert "".join(words) == "Dimmed."
        asyncio.run(astream(dispatcher))
        question = asyncio.run(dispatcher.adispatch("dim"))
        dispatcher.resume(question, "4")
        asyncio.run(dispatcher.aresume(question, "5"))
    kept = [(r.entry.text, r.entry.status, r.entry.is_reply) for r in read_records(path)]
    assert kept == [
        ("dim to 1", "done", False),
        ("dim to 2", "done", False),
        ("dim to 3", "done", False),
        ("dim", "needs_argument", False),
        ("dim", "done", True),
        ("dim", "done", True),
    ]


def test_what_was_sent_and_who_chose_the_tool_is_recorded(path: Path):
    remote = FakeRemote(choice=chosen("", "dim", level=7))
    with Journal(path) as journal:
        dispatcher = make_dispatcher(journal, remote=remote)
        chosen_outcome = dispatcher.dispatch("maybe cosier")
        dispatcher.dispatch("read the sensor")
    first, second = [record.entry for record in read_records(path)]
    assert (first.decided, first.candidate, first.tool, first.status) == (
        None,
        "dim",
        "dim",
        "done",
    )
    assert first.tokens_in == chosen_outcome.tokens_in > 0
    assert (second.tokens_in, second.tokens_out) == (10, 5)
    assert (second.estimated_tokens_in, second.estimated_tokens_all_tools) == (9, 311)


def test_the_bundle_is_recorded_by_its_hash(path: Path):
    router = Router.load(TINY)
    with Journal(path) as journal:
        Dispatcher(router, tools=[], journal=journal).dispatch("dim the lights")
    assert read_last(path).entry.bundle == router.bundle.sha256
    assert read_last(path).entry.status == "no_program"


def test_the_share_of_unknown_words_is_recorded_where_the_bundle_is_known(path: Path):
    router = Router.base()
    with Journal(path) as journal:
        dispatcher = Dispatcher(router, tools=[], journal=journal)
        for text in ("dim the lights", "dim the xqzwv", "?"):
            dispatcher.dispatch(text)
        make_dispatcher(journal).dispatch("dim to 40")
    shares = [record.entry.unknown_share for record in read_records(path)]
    assert shares == [0.0, pytest.approx(1 / 3), None, None]


def test_unknown_words_are_looked_for_off_the_callers_path(path: Path, monkeypatch):
    used = []

    def remember(self: KnownWords, ids: list[int]) -> float:
        used.append(threading.current_thread())
        return 0.25

    monkeypatch.setattr(KnownWords, "unknown_share", remember)
    with Journal(path) as journal:
        Dispatcher(Router.load(TINY), tools=[], journal=journal).dispatch("dim the lights")
        journal._writer._has_many.set()
        while not read_records(path):
            time.sleep(0.01)
    assert threading.main_thread() not in used
    assert read_last(path).entry.unknown_share == 0.25


@pytest.mark.parametrize("is_async", [False, True])
def test_a_durable_record_is_on_the_disk_before_the_outcome_is_there(path: Path, is_async: bool):
    with Journal(path, durable=True) as journal:
        dispatcher = make_dispatcher(journal)
        if is_async:
            outcome = asyncio.run(dispatcher.adispatch("dim to 40"))
        else:
            outcome = dispatcher.dispatch("dim to 40")
        assert [record.id for record in read_records(path)] == [outcome.record] == ["1-1"]


def test_an_event_loop_does_not_wait_for_the_disk(path: Path, monkeypatch):
    used = []
    with Journal(path, durable=True) as journal:
        record = journal.record

        def remember(entry):
            used.append(threading.current_thread())
            return record(entry)

        monkeypatch.setattr(journal, "record", remember)
        asyncio.run(make_dispatcher(journal).adispatch("dim to 40"))
    assert used != [threading.main_thread()]


def test_a_dispatch_goes_on_where_the_journal_is_closed(path: Path):
    journal = Journal(path)
    journal.close()
    assert make_dispatcher(journal).dispatch("dim to 40").text == "Dimmed."
    assert read_records(path) == []


def test_without_a_journal_there_is_no_id_and_sqlite_is_not_loaded():
    outcome = make_dispatcher(None).dispatch("dim to 40")
    assert outcome.record is None
    code = (
        "import sys; from edge_router import Dispatcher, Router\n"
        "Dispatcher(Router.base(), tools=[]).dispatch('dim')\n"
        "assert not {'sqlite3', 'edge_router.journal'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def run_nothing(tools: list[Tool]) -> list[RunnableTool]:
    return [RunnableTool(tool=tool, call=lambda: None, timeout_s=None) for tool in tools]


def test_what_an_exploring_router_decides_is_run_and_recorded_with_its_propensity(
    path: Path, assistant: Router
):
    texts = [example.text for example in read_examples(ASKED)]
    with Journal(path) as journal:
        router = assistant.explore(0.2, key=bytes(range(32)))
        tools = run_nothing([Tool(tool.name) for tool in assistant.tools])
        dispatcher = Dispatcher(router, tools=tools, journal=journal)
        outcomes = [dispatcher.dispatch(text) for text in texts]
    entries = [record.entry for record in read_records(path, last=1000)]
    assert [entry.propensity for entry in entries] == [o.decision.propensity for o in outcomes]
    explored = [entry for entry in entries if entry.is_explored]
    assert explored
    for entry in explored:
        assert (entry.status, entry.reason, entry.propensity) == ("done", "explored", 0.2)
        assert entry.tool == entry.decided == entry.taken != entry.candidate
    others = {entry.propensity for entry in entries if not entry.is_explored}
    assert others == {0.8, 1.0}


def test_a_tool_that_only_the_program_calls_risky_is_not_run_unasked_to_explore():
    candidates = (Candidate("dim", 0.75), Candidate("door.unlock", 0.25))
    explored = Decision("door.unlock", 0.75, Reason.EXPLORED, candidates, 0.5, propensity=0.02)

    class Exploring:
        def route(self, text: str) -> Decision:
            return explored

    tools = run_nothing([Tool("door.unlock", "", None, "confirm")])
    assert Dispatcher(Exploring(), tools=tools).dispatch("go").status == "needs_confirmation"
