"""Tools that are taught in one line: with the router that is in the package."""

import json
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router import DataError, InputError, Reason, Router
from edge_router.tool import Tool

COFFEE = ["make me a coffee", "espresso please"]
LESSONS = [
    ("coffee.start", COFFEE, "Starts the coffee machine"),
    ("lights.dim", ["turn the lights down a bit", "dim the lamp"], ""),
    ("alarm.set", ["wake me at seven", "set an alarm for six"], ""),
    ("weather.get", [], "Tells the weather forecast for a place and day"),
]
ASKED = [
    "could i have an espresso",
    "make the lights dimmer",
    "wake me up at half past five",
    "will it rain in paris tomorrow",
    "who won the world cup in 1966",
    "make me a coffee",
]


@pytest.fixture(scope="session")
def base() -> Router:
    return Router.base()


@pytest.fixture(scope="session")
def home(base: Router) -> Router:
    for tool, texts, description in LESSONS:
        base = base.teach(tool, texts, description=description)
    return base


def test_a_tool_is_taught_in_one_line(base: Router):
    router = base.teach("coffee.start", COFFEE)
    decision = router.route("i would like an espresso")
    assert (decision.tool, decision.reason) == ("coffee.start", Reason.CONFIDENT)
    assert decision.candidates[0].source == "taught"
    assert router.route("who won the world cup in 1966").reason == Reason.OUT_OF_SCOPE


def test_tools_are_found_by_examples_and_by_descriptions(home: Router):
    assert [home.route(text).tool for text in ASKED] == [
        *["coffee.start", "lights.dim", "alarm.set", "weather.get", None, "coffee.start"]
    ]


def test_teaching_leaves_the_router_as_it_was(base: Router):
    router = base.teach("coffee.start", COFFEE)
    router.teach("tea.start", ["make me a tea"])
    assert [tool.name for tool in router.tools] == ["coffee.start"]
    assert base.tools == ()
    assert base.route("make me a coffee").reason == Reason.NO_TOOLS


def test_forgetting_undoes_teaching(base: Router, home: Router):
    left = home.forget("coffee.start")
    assert [tool.name for tool in left.tools] == ["alarm.set", "lights.dim", "weather.get"]
    assert left.route("make me a coffee").tool is None
    only = base.teach("coffee.start", COFFEE).forget("coffee.start")
    assert only.route("make me a coffee").reason == Reason.NO_TOOLS
    with pytest.raises(DataError, match="'tea' was not taught"):
        home.forget("tea")


def test_a_correction_takes_effect_at_once(home: Router):
    assert home.route("make me a coffee").tool == "coffee.start"
    router = home.correct("make me a coffee", tool="alarm.set")
    decision = router.route("Make me a coffee")
    assert decision.tool == "alarm.set"
    assert decision.confidence > 0.99
    nothing = router.correct("make me a coffee", tool=None).route("make me a coffee")
    assert (nothing.tool, nothing.reason) == (None, Reason.OUT_OF_SCOPE)


def test_a_text_of_another_tool_is_reported(home: Router):
    with pytest.raises(DataError, match="keep one, or correct it"):
        home.teach("alarm.set", ["Espresso  please"])


def test_functions_schemas_and_tools_are_taught_together(base: Router):
    def dim_lights(room: str, level: int = 50) -> None:
        """Turns the lights of a room down.

        Args:
            room: which room
        """

    alarm = {
        "type": "function",
        "function": {
            "name": "alarm.set",
            "description": "Sets an alarm",
            "parameters": {"type": "object", "properties": {"time": {"type": "string"}}},
        },
    }
    router = base.teach_tools(
        [dim_lights, alarm, Tool("coffee.start", "Makes coffee")],
        examples={"coffee.start": COFFEE, "tea.start": ["a cup of tea"]},
    )
    assert [tool.name for tool in router.tools] == [
        *["alarm.set", "coffee.start", "dim_lights", "tea.start"]
    ]
    assert router.route("set an alarm for the morning").tool == "alarm.set"
    assert router.route("please dim the lights in the kitchen").tool == "dim_lights"
    assert router.route("i want an espresso").tool == "coffee.start"
    with pytest.raises(DataError, match="describes no tool"):
        base.teach_tools([7])


def test_what_was_taught_is_kept_as_texts(home: Router, base: Router, tmp_path: Path):
    path = tmp_path / "home.jsonl"
    home.save_taught(path)
    again = base.load_taught(path)
    assert [again.route(text) for text in ASKED] == [home.route(text) for text in ASKED]
    more = again.teach("tea.start", ["make me a tea"])
    more.save_taught(path)
    last = json.loads(path.read_text("utf-8").splitlines()[-1])
    assert last == {"text": "make me a tea", "tool": "tea.start"}
    assert base.load_taught(path).tools == more.tools


@settings(max_examples=15, deadline=None)
@given(st.permutations(LESSONS), st.randoms(use_true_random=False))
def test_no_order_of_tools_or_texts_changes_a_decision(home: Router, lessons, source):
    router = _blank(home)
    for tool, texts, description in lessons:
        texts = list(texts)
        source.shuffle(texts)
        router = router.teach(tool, texts, description=description)
    assert [router.route(text) for text in ASKED] == [home.route(text) for text in ASKED]


def _blank(home: Router) -> Router:
    for tool in home.tools:
        home = home.forget(tool.name)
    return home


def test_the_same_bits_in_another_process_and_after_a_pickle(home: Router, tmp_path: Path):
    path = tmp_path / "home.jsonl"
    home.save_taught(path)
    code = (
        "import sys; from edge_router import Router\n"
        "router = Router.base().load_taught(sys.argv[1])\n"
        "print([router.route(text) for text in sys.argv[2:]])"
    )
    command = [sys.executable, "-c", code, str(path), *ASKED]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    expected = [home.route(text) for text in ASKED]
    assert told.strip() == repr(expected)
    copied = pickle.loads(pickle.dumps(home))
    assert [copied.route(text) for text in ASKED] == expected
    assert repr(copied) == repr(home)


def test_threads_may_teach_and_route_the_same_router(base: Router):
    found: dict[int, list[str | None]] = {}

    def work(number: int) -> None:
        router = base.teach(f"tool{number}", COFFEE).teach("alarm.set", ["wake me at seven"])
        found[number] = [router.route(text).tool for text in ("espresso please", "wake me at 7")]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [f"tool{number}", "alarm.set"] for number in range(8)}


def test_a_bundle_without_numbers_for_teaching_says_so(assistant: Router):
    with pytest.raises(InputError, match="this bundle cannot be taught"):
        assistant.teach("tea", ["tea"])


def test_a_text_without_a_word_is_not_taught(base: Router):
    with pytest.raises(DataError, match="holds nothing to read"):
        base.teach("tea", ["\u200b"])


def test_ten_tools_of_ten_examples_change_nothing_for_a_router_beside_them(base: Router):
    texts = {f"tool {i}": [f"number {i} of kind {k}" for k in range(10)] for i in range(10)}
    router = base.teach_tools([], examples=texts)
    assert all(router.route(text).tool == tool for tool, ts in texts.items() for text in ts)


def test_thousands_of_tools_are_taught_and_found(base: Router):
    words = ["red", "green", "blue", "soup", "lamp", "door", "cat", "dog", "tree", "car"]
    names = [f"{a} {b} {c} {d}" for a in words for b in words for c in words for d in words[:2]]
    router = base.teach_tools([Tool(f"t{i}", f"Brings the {n}") for i, n in enumerate(names)])
    decision = router.route("bring me the red green blue soup", threshold=0.0)
    assert decision.candidates[0].tool in {f"t{i}" for i, n in enumerate(names) if "red" in n}
    assert len(router.tools) == 2000
