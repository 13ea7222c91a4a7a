"""What was taught: what holds of it, and a file of it that survives kills, crowds and full disks."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router import Router
from edge_router.errors import DataError
from edge_router.examples import read_examples
from edge_router.taught import Taught, read_taught, update_taught
from edge_router.tool import Tool

COFFEE = ["make me a coffee", "espresso please"]


def said(taught: Taught) -> dict[str, str | None]:
    return {example.text: example.tool for example in taught.examples}


def save(path: Path, taught: Taught) -> Taught:
    return update_taught(path, lambda held: held.with_all_of(taught))


def test_a_tool_is_its_texts_and_its_description():
    taught = Taught().teach("coffee.start", COFFEE, description="Starts the coffee machine")
    assert taught.tools == (Tool("coffee.start", "Starts the coffee machine"),)
    assert said(taught) == {"make me a coffee": "coffee.start", "espresso please": "coffee.start"}
    more = taught.teach("coffee.start", ["a flat white"])
    assert more.tools == taught.tools
    assert list(said(more)) == [*COFFEE, "a flat white"]
    assert list(said(taught)) == COFFEE  # a value: what was taught before is as it was


def test_a_tool_may_be_taught_by_its_description_or_name_alone():
    taught = Taught().teach("tea", description="Makes tea").teach("milk")
    assert taught.tools == (Tool("milk"), Tool("tea", "Makes tea"))
    assert taught.examples == ()


def test_what_is_known_already_adds_no_row():
    taught = Taught().teach("coffee.start", COFFEE, description="Starts the coffee machine")
    again = taught.teach(
        "coffee.start", ["Make me  a coffee"], description=taught.tools[0].description
    )
    assert again.rows == taught.rows
    assert taught.teach("coffee.start").rows == taught.rows


def test_the_tools_stand_by_name_in_whatever_order_they_were_taught():
    one = Taught().teach("b", ["bee"]).teach("a", ["ay"])
    assert [tool.name for tool in one.tools] == ["a", "b"]


def test_forgetting_takes_texts_and_description_and_leaves_the_others():
    taught = Taught().teach("coffee.start", COFFEE, description="Starts it").teach("tea", ["tea"])
    left = taught.forget("coffee.start")
    assert left.tools == (Tool("tea"),)
    assert said(left) == {"tea": "tea"}
    assert said(left.teach("coffee.start", ["mocha"])) == {"tea": "tea", "mocha": "coffee.start"}


def test_only_what_was_taught_can_be_forgotten():
    with pytest.raises(DataError, match="'milk' was not taught; taught are: tea"):
        Taught().teach("tea", ["tea"]).forget("milk")


def test_a_text_of_two_tools_is_reported_with_the_earlier_text():
    taught = Taught().teach("alarm.set", ["Wake me at six"])
    with pytest.raises(DataError) as caught:
        taught.teach("coffee.start", ["wake  me at SIX"])
    assert str(caught.value) == (
        "the text 'wake  me at SIX' is taught to 'coffee.start', and as 'Wake me at six' to "
        "'alarm.set'; keep one, or correct it"
    )


def test_a_correction_wins_and_can_be_corrected():
    taught = Taught().teach("coffee.start", ["wake me at six"])
    taught = taught.correct("Wake me at six", tool="alarm.set")
    assert said(taught) == {"Wake me at six": "alarm.set"}
    assert [tool.name for tool in taught.tools] == ["alarm.set"]
    taught = taught.correct("wake me at six", tool=None)
    assert said(taught) == {"wake me at six": None}
    assert taught.tools == ()


@pytest.mark.parametrize(
    ("teach", "problem"),
    [
        (lambda t: t.teach("", ["x"]), "give a name of 1 to 200 characters"),
        (lambda t: t.teach("a", "one text"), "put the one text in a list"),
        (lambda t: t.teach("a", [" "]), "give a str that is not blank"),
        (lambda t: t.teach("a", [7]), "give a str that is not blank"),
        (lambda t: t.teach("a", ["\ud83d"]), "give a str that is not blank"),
        (lambda t: t.teach("a", description="\ud83d"), "cannot be written as JSON"),
        (lambda t: t.teach("a", parameters={"x": float("nan")}), "cannot be written as JSON"),
        (lambda t: t.teach("a", description="x" * 20_001), "shorten it"),
        (lambda t: t.correct("x", tool=" a"), "give a name of 1 to 200 characters"),
    ],
)
def test_what_cannot_be_taught_is_named(teach, problem: str):
    with pytest.raises(DataError, match=problem):
        teach(Taught())


def test_a_file_holds_one_thing_said_a_line(tmp_path: Path):
    taught = Taught().teach("coffee.start", COFFEE[:1], description="Starts ☕")
    taught = taught.correct("wake me at six", tool="alarm.set").forget("coffee.start")
    save(tmp_path / "home.jsonl", taught)
    assert (tmp_path / "home.jsonl").read_text("utf-8") == (
        '{"tool": "coffee.start", "description": "Starts ☕"}\n'
        '{"text": "make me a coffee", "tool": "coffee.start"}\n'
        '{"text": "wake me at six", "tool": "alarm.set", "corrects": true}\n'
        '{"tool": "coffee.start", "forgotten": true}\n'
    )


def test_a_text_is_restored_to_what_was_said_of_it_before(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    before = save(path, Taught().teach("a", ["one"]))
    corrected = before.correct("One", tool="b").correct("two", tool="b").correct("3", tool=None)
    restored = corrected
    for text in ("ONE", "two", "3"):
        restored = restored.restore(text, before=before)
    assert said(restored) == said(before) == {"one": "a"}
    assert [tool.name for tool in restored.tools] == ["a"]
    save(path, restored)
    assert path.read_text("utf-8").splitlines()[-3:] == [
        '{"text": "one", "tool": "a", "corrects": true}',
        '{"text": "two", "forgotten": true}',
        '{"text": "3", "forgotten": true}',
    ]
    assert said(read_taught(path)) == {"one": "a"}


def test_a_file_is_the_next_trainings_input_as_it_stands(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    taught = Taught().teach("a", ["one", "two"]).teach("b", ["three"]).teach("c", description="C")
    save(path, taught.correct("two", tool="b").forget("a"))
    assert [(e.text, e.tool, e.line) for e in read_examples(path)] == [
        ("three", "b", 3),
        ("two", "b", 5),
    ]


def test_saving_again_adds_only_what_is_new(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    taught = save(path, Taught().teach("a", ["one"]))
    before = path.read_bytes()
    save(path, taught)
    assert path.read_bytes() == before
    save(path, taught.teach("a", ["two"]))
    assert path.read_bytes() == before + b'{"text": "two", "tool": "a"}\n'


def test_two_routers_that_save_to_one_file_keep_each_others_tools(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    common = save(path, Taught().teach("a", ["one"]))
    first, second = common.teach("b", ["two"]), common.forget("a").teach("c", ["three"])
    save(path, first)
    save(path, second)
    save(path, first)
    assert said(read_taught(path)) == {"two": "b", "three": "c"}


def test_a_conflict_with_the_file_is_reported_and_leaves_it_as_it_was(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    save(path, Taught().teach("a", ["one"]))
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"home.jsonl:1\) to 'a'; keep one, or correct it"):
        update_taught(path, lambda held: held.teach("b", ["one"]))
    assert path.read_bytes() == before


ROWS = [
    {"text": "čaj, prosím 🍵", "tool": "tea"},
    {"tool": "tea", "description": "Makes tea", "parameters": {"type": "object", "x": {"y": {}}}},
    {"text": "wake me", "tool": None, "corrects": True},
    {"text": "wake me", "forgotten": True},
    {"tool": "tea", "forgotten": True},
]


@pytest.mark.parametrize("row", ROWS)
def test_a_line_cut_at_any_byte_is_left_out_and_gone_after_the_next_append(tmp_path: Path, row):
    path, line = tmp_path / "home.jsonl", json.dumps(row, ensure_ascii=False).encode()
    first = b'{"text": "one", "tool": "a"}\n'
    for cut in range(len(line)):
        path.write_bytes(first + line[:cut])
        assert said(read_taught(path)) == {"one": "a"}
        assert [e.text for e in read_examples(path)] == ["one"]
        update_taught(path, lambda held: held.teach("a", ["two"]))
        assert path.read_bytes() == first + b'{"text": "two", "tool": "a"}\n'


def test_a_last_line_that_lacks_only_its_end_is_kept(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    path.write_bytes(b'{"text": "one", "tool": "a"}')
    update_taught(path, lambda held: held.teach("a", ["two"]))
    assert said(read_taught(path)) == {"one": "a", "two": "a"}


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    path.write_bytes(b'{"text": "one", "tool": "a"}\n{"text": \n{"text": "two", "tool": "a"}\n')
    with pytest.raises(DataError, match=r"home.jsonl:2: is not JSON"):
        read_taught(path)


WRITER = """
import sys
from edge_router.taught import update_taught
path, name = sys.argv[1:3]
print("ready", flush=True)
for i in range(int(sys.argv[3])):
    update_taught(path, lambda held: held.teach(name, [f"{name} says {i} " + "x" * 300]))
    print(i, flush=True)
"""


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_at_once_lose_nothing(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    writers = [start_writer(path, name, 40) for name in ("a", "b")]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    found = [example.text.split(" x")[0] for example in read_taught(path).examples]
    for name in ("a", "b"):
        assert [t for t in found if t.startswith(name)] == [f"{name} says {i}" for i in range(40)]


def test_a_killed_process_loses_at_most_the_line_it_was_writing(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    for number in range(12):
        name = f"tool{number}"
        writer = start_writer(path, name, 100_000)
        time.sleep(0.005 * (number + 1))
        writer.send_signal(signal.SIGKILL)
        told, _ = writer.communicate()
        found = [example.text for example in read_taught(path).examples if example.tool == name]
        acknowledged = told.count("\n")
        assert acknowledged <= len(found) <= acknowledged + 1
        assert [t.split()[2] for t in found] == [str(i) for i in range(len(found))]


FILLER = """
import resource, sys
from edge_router.errors import DataError
from edge_router.taught import update_taught
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    update_taught(sys.argv[1], lambda held: held.teach("b", ["text %d" % i for i in range(200)]))
except DataError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a file's size are POSIX's")
def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path):
    path = tmp_path / "home.jsonl"
    save(path, Taught().teach("a", ["one"]))
    before = path.read_bytes()
    command = [sys.executable, "-c", FILLER, str(path), "4096"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "cannot be written (File too large); nothing was added" in told
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be written"):
        save(tmp_path / "none" / "home.jsonl", Taught().teach("a", ["one"]))
    with pytest.raises(DataError, match="cannot be read"):
        read_taught(tmp_path / "none.jsonl")


names = st.sampled_from(["a", "b", "c"])
texts = st.sampled_from(["one", "two", "three", "four"])
steps = st.one_of(
    st.tuples(st.just("teach"), names, texts),
    st.tuples(st.just("correct"), st.one_of(names, st.none()), texts),
    st.tuples(st.just("forget"), names, st.none()),
)


@given(st.lists(steps, max_size=12))
def test_a_file_gives_back_what_was_said(tmp_path_factory, said_steps):
    taught, last = Taught(), {}
    for what, tool, text in said_steps:
        try:
            if what == "teach":
                taught = taught.teach(tool, [text])
            elif what == "correct":
                taught = taught.correct(text, tool=tool)
            else:
                taught = taught.forget(tool)
        except DataError:
            continue
        if what == "forget":
            last = {t: n for t, n in last.items() if n != tool}
        else:
            last[text] = tool
    path = tmp_path_factory.mktemp("taught") / "home.jsonl"
    save(path, taught)
    again = read_taught(path)
    assert said(again) == said(taught) == last
    assert again.tools == taught.tools
    assert {e.text: e.tool for e in read_examples(path)} == last


def test_a_taught_tool_keeps_its_risk_in_the_file_and_under_more_lessons(tmp_path):
    taught = Taught().teach_many([(Tool("door", "Opens it", risk="confirm", domain="house"), [])])
    taught = taught.teach("door", ["open the door"]).teach("door", [], description="Opens the door")
    save(tmp_path / "home.jsonl", taught)
    assert read_taught(tmp_path / "home.jsonl").tools == (
        Tool("door", "Opens the door", risk="confirm", domain="house"),
    )
    with pytest.raises(DataError, match="has the risk 'high'"):
        Taught().teach_many([(Tool("door", risk="high"), [])])
    (tmp_path / "odd.jsonl").write_text('{"tool": "door", "risk": "high"}\n', "utf-8")
    with pytest.raises(DataError, match=r"odd.jsonl:1: has a wrong 'risk'"):
        read_taught(tmp_path / "odd.jsonl")


def test_a_taught_tool_of_some_risk_is_proposed_only():
    router = Router.base().teach_tools(
        [Tool("door", risk="confirm")], examples={"door": ["open the front door"]}
    )
    decision = router.route("open the front door")
    assert (decision.tool, decision.proposed) == (None, "door")
