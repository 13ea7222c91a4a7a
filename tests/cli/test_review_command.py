"""``review`` through a pipe and before a terminal."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_router import Journal, Router
from edge_router.cli.keys import LineKeys
from edge_router.cli.main import main
from edge_router.journal import Entry, read_records
from edge_router.taught import read_taught

RAIN = ["will it rain tomorrow", "does it rain tomorrow", "is it raining tomorrow"]


def record(journal: Journal, text: str, **fields) -> None:
    known = {"decided": None, "confidence": 0.1, "reason": "low_confidence", "threshold": 0.5}
    journal.record(Entry(text=text, **known | {"candidate": "lights.dim"} | fields))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a journal and what was taught: a cluster of three, and a choice of a model."""
    router = Router.base().teach("lights.dim", ["dim the lights", "turn the lights down"])
    router.teach("coffee.start", ["make me a coffee", "an espresso please"]).save_taught(
        tmp_path / "mine.jsonl"
    )
    with Journal(tmp_path / "home.db", keep_texts=True) as journal:
        for text in RAIN:
            record(journal, text)
        record(journal, "set\x1b the mood", tool="lights.scene", status="done")
    return tmp_path


@pytest.fixture
def review(home: Path, run_cli):
    """What it prints for lines of keys, in lines."""

    def review(keys: str, *options: str) -> list[str]:
        files = (str(home / "home.db"), "--taught", str(home / "mine.jsonl"))
        done = run_cli("review", *files, *options, stdin=keys.encode())
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode().splitlines()

    return review


def read_new(home: Path) -> dict[str, str | None]:
    return {e.text: e.tool for e in read_taught(home / "mine.jsonl").examples if e.is_correction}


def test_each_text_is_shown_with_its_reason_and_the_keys(review):
    lines = review("s\ns\n")
    assert lines[0] == (
        "[1/2] 3 texts without a tool lie nearer to one another than to any tool: is one missing?"
    )
    assert sorted(lines[1:4]) == sorted(f"    {text}" for text in RAIN)
    assert lines[4] == (
        "  enter name a new tool   1 coffee.start   2 lights.dim   n no tool fits   t type a "
        "tool's name   e one by one   s skip   u undo   q quit"
    )
    assert re.fullmatch(
        r"\[2/2\] the language model chose lights\.scene; the router: .*%.*", lines[5]
    )
    assert lines[6] == r"    set\x1b the mood"
    assert lines[7].startswith("  enter lights.scene   1 ")
    assert "3 lights.scene" in lines[7]
    assert lines[8].startswith("0 texts answered, in ")


def test_one_answer_names_a_new_tool_for_a_cluster(review, home: Path):
    lines = review("\nweather.show\ny\ny\n")
    assert "weather.show is a new tool; y makes it, other keys do not" in lines
    assert "    3 texts -> weather.show" in lines
    assert lines[-1].startswith("4 texts answered, in ")
    assert read_new(home) == {
        **dict.fromkeys(RAIN, "weather.show"),
        "set\x1b the mood": "lights.scene",
    }
    said = [record.feedback for record in read_records(home / "home.db")]
    assert [(each.is_right, each.tool) for each in said] == [(False, "weather.show")] * 3 + [
        (True, None)
    ]
    assert review("") == ["there is nothing to look at again"]


def test_digits_no_tool_and_typed_names_are_answers_too(review, home: Path):
    review("n\nt\ncoffee.start\n")
    assert read_new(home) == {**dict.fromkeys(RAIN), "set\x1b the mood": "coffee.start"}
    assert review("") == ["there is nothing to look at again"]


def test_undo_asks_again_and_forgets_the_answer(review, home: Path):
    lines = review("2\nu\n1\nq\n")
    assert [line[:5] for line in lines if line.startswith("[")] == [
        "[1/2]",
        "[2/2]",
        "[1/2]",
        "[2/2]",
    ]
    assert read_new(home) == dict.fromkeys(RAIN, "coffee.start")
    assert "there is no answer to take back; give one first" in review("u\n")


def test_texts_of_a_cluster_are_asked_about_one_by_one_where_they_are_not_of_one_tool(
    review, home: Path
):
    lines = review("e\n1\nn\n2\nu\ns\nq\n")
    numbers = [line[:5] for line in lines if line.startswith("[")]
    assert numbers == ["[1/2]", "[1/4]", "[2/4]", "[3/4]", "[4/4]", "[3/4]", "[4/4]"]
    assert sorted(map(str, read_new(home).values())) == ["None", "coffee.start"]
    assert set(read_new(home)) < set(RAIN)


def test_a_slip_changes_nothing(review, home: Path):
    before = (home / "mine.jsonl").read_bytes()
    lines = review("9\nx\nt\ncofee.start\nn\nt\na b\x1b\n")
    assert "the key '9' stands for nothing here; the line above lists those" in lines
    assert (
        "cofee.start is a new tool; did you mean coffee.start? y makes it, other keys do not"
    ) in lines
    assert any(r"'a b\x1b' can be no tool's name here" in line for line in lines)
    assert (home / "mine.jsonl").read_bytes() == before
    assert all(record.feedback is None for record in read_records(home / "home.db"))


def test_json_lists_and_asks_nothing(home: Path, capsys):
    files = [str(home / "home.db"), "--taught", str(home / "mine.jsonl")]
    assert main(["review", *files, "--json", "--most", "1"]) == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["why"], row["size"], sorted(row["texts"])) == ("cluster", 3, sorted(RAIN))
    assert row["explained"].endswith("is one missing?")
    assert sorted(row["ids"]) == ["1-1", "1-2", "1-3"]
    assert main(["review", *files, "--json", "--last", "1"]) == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["why"], row["language_model"]) == ("language_model", "lights.scene")
    assert main(["review", *files, "--json", "--since", "2100-01-01"]) == 0
    assert capsys.readouterr().out == ""


def test_a_bundle_that_cannot_be_taught_is_asked_too(tiny: str, tmp_path: Path, run_cli):
    with Journal(tmp_path / "home.db", keep_texts=True) as journal:
        record(journal, "lights coffee dim")
        record(journal, "dim the lights", decided="coffee.start", tool="coffee.start")
    files = (str(tmp_path / "home.db"), tiny, "--taught", str(tmp_path / "mine.jsonl"))
    done = run_cli("review", *files, stdin=b"\n\n")
    assert b"recorded was coffee.start; the router now: lights.dim " in done.stdout
    assert b"the router is not sure: lights.dim 76.0 %, it would decide from 80.0 %" in done.stdout
    assert read_new(tmp_path) == {"lights coffee dim": "lights.dim", "dim the lights": "lights.dim"}


def test_without_texts_or_a_file_it_says_what_to_do(tmp_path: Path, capsys):
    path = str(tmp_path / "home.db")
    with Journal(path) as journal:
        record(journal, "dim it")
    assert main(["review", path, "--taught", "mine.jsonl"]) == 2
    assert "keeps no texts" in (said := capsys.readouterr().err)
    assert "keep_texts=True" in said
    assert main(["review", path]) == 2
    assert "name a .jsonl file with --taught" in capsys.readouterr().err
    Journal(tmp_path / "new.db").close()
    assert main(["review", str(tmp_path / "new.db"), "--taught", "mine.jsonl"]) == 0
    assert capsys.readouterr().out == "there is nothing to look at again\n"


def test_killed_after_an_answer_it_is_kept(home: Path):
    files = [str(home / "home.db"), "--taught", str(home / "mine.jsonl")]
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_router", "review", *files],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"2\n")
    process.stdin.flush()
    assert any(b"-> lights.dim" in line for line in process.stdout)
    process.kill()
    process.communicate()
    assert read_new(home) == dict.fromkeys(RAIN, "lights.dim")
    assert [r.feedback is None for r in read_records(home / "home.db")] == [
        False,
        False,
        False,
        True,
    ]


def test_a_line_is_a_key_without_the_white_space_around_it():
    keys = LineKeys(iter([" y ", "", "lights.dim\r"]))
    assert [keys.read_key(), keys.read_key(), keys.read_name("tool: ", [])] == [
        "y",
        "",
        "lights.dim",
    ]
    assert keys.read_key() is None


class Seat:
    """Someone before a terminal."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        self.screen = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edge_router", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "dumb"},
            preexec_fn=lambda: (os.setsid(), os.close(os.open(os.ttyname(theirs), os.O_RDWR))),
        )  # fmt: skip
        os.close(theirs)

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def wait_for(self, said: str) -> None:
        ends = time.monotonic() + 60
        while said.encode() not in self.screen:
            assert time.monotonic() < ends, f"no {said!r} in {self.screen!r}"
            if select.select([self.ours], [], [], 0.2)[0]:
                try:
                    self.screen += os.read(self.ours, 65_536)
                except OSError:
                    assert said.encode() in self.screen, self.screen
        self.screen = self.screen.partition(said.encode())[2]


@pytest.fixture
def seat(home: Path) -> Iterator[Seat]:
    seat = Seat("review", str(home / "home.db"), "--taught", str(home / "mine.jsonl"))
    yield seat
    seat.process.kill()
    seat.process.wait()
    os.close(seat.ours)


def test_before_a_terminal_a_key_is_enough_and_tab_completes_a_name(seat: Seat, home: Path):
    pytest.importorskip("readline", reason="this Python has no readline")
    seat.wait_for("q quit")
    seat.press("\x1b[A")  # an arrow is no key
    seat.press("t")
    seat.wait_for("tool: ")
    seat.press("cof\t\r")
    seat.wait_for("3 texts -> coffee.start")
    seat.wait_for("q quit")
    seat.press("u")
    seat.wait_for("[1/2]")
    seat.press("2")
    seat.wait_for("3 texts -> lights.dim")
    seat.wait_for("q quit")
    seat.press("\r")
    seat.wait_for("it -> lights.scene")
    assert seat.process.wait(20) == 0
    assert read_new(home) == {
        **dict.fromkeys(RAIN, "lights.dim"),
        "set\x1b the mood": "lights.scene",
    }


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x04", 0), ("\x03", 130)])
def test_before_a_terminal_it_ends_at_once(seat: Seat, key: str, code: int):
    seat.wait_for("q quit")
    seat.press(key)
    assert seat.process.wait(20) == code
