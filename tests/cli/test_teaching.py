"""``teach``, ``correct``, ``forget``, ``tools``, ``import-tools``, and ``route --taught``."""

import json
from pathlib import Path

import pytest

from edge_router.cli.main import main
from edge_router.cli.teaching import take_bundle
from edge_router.errors import InputError
from edge_router.examples import read_examples

COFFEE = ["make me a coffee", "espresso please", "a cup of coffee, please"]
ALARM = ["wake me at six", "set an alarm for seven", "alarm at half past five tomorrow"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home.jsonl"


@pytest.fixture
def taught(home: Path) -> Path:
    assert main(["teach", str(home), "coffee.start", *COFFEE]) == 0
    assert main(["teach", str(home), "alarm.set", *ALARM, "--description", "Sets an alarm"]) == 0
    return home


def read_json(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_teach_says_what_is_known_of_the_tool(home: Path, capsys):
    assert main(["teach", str(home), "coffee.start", *COFFEE[:2]]) == 0
    assert capsys.readouterr().out == f"coffee.start: 2 texts in {home}\n"
    assert main(["teach", str(home), "coffee.start", COFFEE[2], "--json"]) == 0
    assert read_json(capsys) == [{"tool": "coffee.start", "texts": COFFEE, "description": ""}]


def test_teach_reads_texts_from_stdin(home: Path, run_cli):
    done = run_cli("teach", str(home), "coffee.start", "-", stdin=b"espresso\n\n  \nlatt\xc3\xa9\n")
    assert done.returncode == 0, done.stderr
    assert [example.text for example in read_examples(home)] == ["espresso", "latté"]


def test_a_text_of_two_tools_is_refused_with_the_earlier_one_and_nothing_is_written(
    taught: Path, capsys
):
    before = taught.read_bytes()
    capsys.readouterr()
    assert main(["teach", str(taught), "tea.start", "Make me a  coffee"]) == 2
    assert f"'make me a coffee' ({taught}:1) to 'coffee.start'" in capsys.readouterr().err
    assert taught.read_bytes() == before


def test_tools_lists_what_was_taught_by_name(taught: Path, capsys):
    assert main(["correct", str(taught), "who are you", "--no-tool"]) == 0
    capsys.readouterr()
    assert main(["tools", str(taught)]) == 0
    assert capsys.readouterr().out == (
        "alarm.set                    3 texts  Sets an alarm\n"
        "coffee.start                 3 texts\n"
        "(no tool)                    1 texts\n"
    )
    assert main(["tools", str(taught), "--json"]) == 0
    assert [row["tool"] for row in read_json(capsys)] == ["alarm.set", "coffee.start"]


def test_correct_moves_a_text_to_the_tool_that_answers_it(taught: Path, capsys):
    assert main(["correct", str(taught), COFFEE[0], "alarm.set"]) == 0
    assert f"{COFFEE[0]} -> alarm.set\n" in capsys.readouterr().out
    assert {e.text: e.tool for e in read_examples(taught)}[COFFEE[0]] == "alarm.set"


@pytest.mark.parametrize("words", [["hello"], ["hello", "alarm.set", "--no-tool"]])
def test_correct_wants_one_tool_or_none(home: Path, capsys, words: list[str]):
    assert main(["correct", str(home), *words]) == 2
    assert "give its name, or --no-tool" in capsys.readouterr().err
    assert not home.exists()


def test_forget_leaves_the_other_tools(taught: Path, capsys):
    assert main(["forget", str(taught), "coffee.start"]) == 0
    assert capsys.readouterr().out.endswith("coffee.start is forgotten; 1 tools are left\n")
    assert main(["forget", str(taught), "coffee.start"]) == 2
    assert "was not taught; taught are: alarm.set" in capsys.readouterr().err


def test_import_tools_reads_lists_and_openapi_documents(home: Path, tmp_path: Path, capsys):
    functions = tmp_path / "functions.json"
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    function = {"name": "weather", "description": "The weather of a city", "parameters": schema}
    functions.write_text(json.dumps([{"type": "function", "function": function}]), "utf-8")
    service = tmp_path / "service.json"
    operation = {"operationId": "listBikes", "summary": "Lists the bikes", "responses": {}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/bikes": {"get": operation}},
    }
    service.write_text(json.dumps(document), "utf-8")
    assert main(["import-tools", str(home), str(functions), str(service)]) == 0
    out = capsys.readouterr().out
    assert out == f"weather\nlistBikes\n2 tools imported; {home} has 2\n"
    assert main(["import-tools", str(home), str(functions), "--json"]) == 0
    assert read_json(capsys) == [{"imported": ["weather"], "tools": 2}]


def test_route_without_a_bundle_knows_what_was_taught(taught: Path, capsys):
    capsys.readouterr()
    assert main(["route", "--json", "--taught", str(taught), "could I get an espresso"]) == 0
    [row] = read_json(capsys)
    assert (row["tool"], row["candidates"][0]["source"]) == ("coffee.start", "taught")
    assert main(["route", "--json", "make me a coffee"]) == 3
    assert read_json(capsys)[0]["reason"] == "no_tools"


def test_a_bundle_stands_before_the_texts():
    assert take_bundle(["home.router", "hello"]) == ("home.router", ["hello"])
    assert take_bundle([__file__, "-"]) == (__file__, ["-"])
    assert take_bundle(["hello"]) == (None, ["hello"])
    assert take_bundle(["hello", "world"]) == (None, ["hello", "world"])
    assert take_bundle(["x" * 5000, "a\0b"]) == (None, ["x" * 5000, "a\0b"])
    with pytest.raises(InputError, match=r"no text after the bundle 'home\.router'"):
        take_bundle(["home.router"])
