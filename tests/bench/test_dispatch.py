"""The bench of dispatches: what it reads, what its servers say, what it counts."""

import json
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="the extra [llm] is not installed")

from bench.__main__ import main
from bench.calls import Call, read_calls
from bench.chat_server import FAULTS, SLOW, ChatServer, make_faulty, make_oracle
from bench.commands import dispatch
from edge_router.errors import RemoteError
from edge_router.remote import Remote
from edge_router.tool import Tool

SCHEMAS = [
    ("lamp.dim", "Dims the lamp.", {"level": {"type": "float"}}),
    ("brew", "Makes coffee.", {"cups": {"type": "integer"}, "beans": {"type": "any"}}),
    ("play", "Plays music.", {"what": {"type": "dict", "properties": {"x": {"type": "tuple"}}}}),
]
QUERIES = [
    ("dim the lamp to 5", "lamp.dim", {"level": [5.0], "unit": ["", "percent"]}),
    ("make coffee, 2 cups", "brew", {"cups": [2], "beans": ["arabica"]}),
    ("play some music", "play", {"what": [{"x": [1]}]}),
]


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tools and a query for each, as BFCL has them."""
    (tmp_path / "bfcl").mkdir()
    tools = [
        {
            "id": f"{name}#2",
            "name": name,
            "description": said,
            "parameters": {"type": "dict", "properties": properties, "required": []},
        }
        for name, said, properties in SCHEMAS
    ]
    rows = [
        {
            "text": text,
            "candidates": ["other", name],
            "candidate_ids": ["other", f"{name}#2"],
            "label": name,
            "answer": [{name: values}],
        }
        for text, name, values in QUERIES
    ]
    for file, lines in (("tools", tools), ("simple_python", rows[:2]), ("multiple", rows[2:])):
        written = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / "bfcl" / f"{file}.jsonl").write_text(written, "utf-8")
    monkeypatch.setenv("EDGE_ROUTER_DATA", str(tmp_path))
    return tmp_path


def test_calls_have_their_tools_schemas_and_the_arguments_that_must_be_there(sets: Path):
    tools, calls = read_calls(3, seed=1)
    assert {tool.name: tool.parameters["properties"] for tool in tools} == {
        "lamp.dim": {"level": {"type": "number"}},
        "brew": {"cups": {"type": "integer"}, "beans": {}},
        "play": {"what": {"type": "object", "properties": {"x": {"type": "array"}}}},
    }
    assert {call.tool: call.arguments for call in calls}["lamp.dim"] == {"level": 5.0}


def test_a_seed_draws_the_same_tools_and_the_queries_for_them(sets: Path):
    tools, calls = read_calls(2, seed=3)
    assert read_calls(2, seed=3) == (tools, calls)
    assert {tool.name for tool in tools} == {call.tool for call in calls}
    assert len({read_calls(1, seed=seed)[0][0].name for seed in range(20)}) > 1


MANY = [Tool("lamp.dim"), *(Tool(f"t{i}") for i in range(20))]


def test_the_oracle_calls_what_it_sees_asks_for_all_else_and_tells_results():
    call = Call("dim it", "lamp.dim", {"level": 5})
    elsewhere = Call("sing", "karaoke", {})
    with (
        ChatServer(make_oracle({"dim it": call, "sing": elsewhere})) as server,
        Remote(base_url=server.url, model="m") as remote,
    ):
        shown = remote.choose("dim it", MANY, ["t1", "lamp.dim"])
        asked = remote.choose("dim it", MANY, ["t1", "t2"])
        assert remote.choose("sing", MANY, ["t1"]).tool is None
        assert remote.final_words("dim it", "lamp.dim", {}).text == "Here is what came of it."
        assert "Here " in remote.stream_final_words("dim it", "lamp.dim", {})
    assert [(c.tool, c.arguments, c.is_from_all) for c in (shown, asked)] == [
        ("lamp.dim", {"level": 5}, False),
        ("lamp.dim", {"level": 5}, True),
    ]


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(SLOW) - {"wrong usage figures"}))
def test_each_fault_is_one(name: str):
    with (
        ChatServer(FAULTS[name]) as server,
        Remote(base_url=server.url, model="m", retries=0, timeout_s=30) as remote,
    ):
        with pytest.raises(RemoteError):
            list(remote.stream_final_words("q", "t", {}))
        with pytest.raises(RemoteError):
            remote.choose("q", MANY, ["t1"])


@pytest.mark.parametrize("name", SLOW)
def test_each_slow_fault_takes_the_whole_time_or_is_too_large(name: str):
    with (
        ChatServer(FAULTS[name]) as server,
        Remote(base_url=server.url, model="m", retries=0, timeout_s=0.5) as remote,
        pytest.raises(RemoteError, match=r"in time|too large|MB"),
    ):
        remote.final_words("q", "t", {})


def test_every_fault_comes_up():
    chosen: set[str] = set()
    act = make_faulty(7)
    marked = {name: (lambda _c, _r, name=name: chosen.add(name)) for name in FAULTS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.chat_server.FAULTS", marked)
        act = make_faulty(7)
    for _ in range(500):
        act(None, {})  # type: ignore[arg-type]
    assert chosen == set(FAULTS)


def test_the_command_measures_all_three(sets: Path):
    arguments = ["--rounds=2", "--dispatches=24", "--tools", "3", "2", "--seed=3"]
    assert main(["dispatch", *arguments, "--name", str(sets / "result")]) == 0
    result = json.loads((sets / "result.json").read_text("utf-8"))
    assert [(row["tools"], row["timeout_s"]) for row in result["overhead"]] == [
        ("without arguments", None),
        ("without arguments", 10.0),
        ("with arguments", None),
        ("with arguments", 10.0),
    ]
    assert all(0 < row["p50_us"] <= row["p99_us"] for row in result["overhead"])
    assert all(row["dispatches"] == 2 * row["texts"] for row in result["overhead"])
    assert [part["tools"] for part in result["tokens"]] == [3, 2]
    assert result["tokens"][0]["rows"][-1]["times_fewer"] > 1
    faults = result["faults"]
    assert [faults[what] for what in ("dispatches", "lost", "hung", "crashed")] == [24, 0, 0, 0]
    assert sum(faults["ends"].values()) == 24
    assert faults["requests"] > 0


def test_what_the_tool_takes_is_no_overhead(sets: Path, monkeypatch: pytest.MonkeyPatch):
    class SlowTool(dispatch.TimedTool):
        def __call__(self, **arguments):
            start_ns = time.perf_counter_ns()
            time.sleep(0.1)
            self.took_ns = time.perf_counter_ns() - start_ns

    monkeypatch.setattr(dispatch, "TimedTool", SlowTool)
    monkeypatch.setattr(dispatch, "WARM_UP", 0)
    rows = dispatch.measure_overhead(*read_calls(3, seed=3), rounds=2)
    assert all(0 < row["p50_us"] < 90_000 for row in rows)


class Ending:
    """A dispatcher whose every third dispatch raises."""

    def __init__(self) -> None:
        self.lock, self.count = threading.Lock(), 0

    def dispatch(self, text: str):
        with self.lock:
            self.count += 1
            if self.count % 3 == 0:
                raise ValueError("broken")
        return type("Outcome", (), {"status": dispatch.Status.DONE, "remote_error": None})()

    stream = None


def test_what_crashes_hangs_or_never_ends_is_counted(monkeypatch: pytest.MonkeyPatch):
    ends = dispatch._Ends()
    monkeypatch.setattr(dispatch, "_stream", lambda dispatcher: dispatcher.dispatch)
    ends.collect(Ending(), ["a"], range(9))
    ends.outcomes[0] = (ends.outcomes[0][0], 7.0)
    found = ends.summarize(10)
    assert (found["lost"], found["hung"], found["crashed"]) == (1, 1, 3)
    assert found["crashes"] == ["ValueError: broken"]
