"""``log``, ``stats``, ``feedback``, ``export``, and ``route`` and ``chat`` with ``--journal``."""

import argparse
import json
import re
import time
from pathlib import Path

import pytest

from edge_router import Journal
from edge_router.cli.journal import moment
from edge_router.cli.main import main
from edge_router.cli.stats import price
from edge_router.examples import read_examples
from edge_router.journal import Entry, read_records
from edge_router.taught import read_taught

ASSISTANT = Path(__file__).parents[2] / "examples" / "assistant"


def make_entry(text: str, decided: str | None = "dim", **fields) -> Entry:
    known = {
        "confidence": 0.9,
        "reason": "confident" if decided else "low_confidence",
        "threshold": 0.5,
        "status": "done" if decided else "abstained",
        "tool": decided,
        "routing_us": 100,
        "tool_us": 20 if decided else 0,
        "total_us": 150,
        "estimated_tokens_all_tools": 1000 if decided else 0,
    }
    return Entry(text=text, decided=decided, **known | fields)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three records: two for dim, one abstained."""
    path = tmp_path / "home.db"
    with Journal(path, keep_texts=True) as journal:
        for entry in (make_entry("dim it"), make_entry("a\x1bcup"), make_entry("sing", None)):
            journal.record(entry)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def complain(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err


def test_log_shows_a_line_a_decision(path: Path, capsys):
    lines = run(capsys, "log", path).splitlines()
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(rf"1-1 +{when}  dim +90\.0 %  done +150 us  dim it", lines[0])
    assert lines[1].endswith(r"a\x1bcup")
    assert re.fullmatch(rf"1-3 +{when}  \(no tool\) +90\.0 %  abstained +150 us  sing", lines[2])


def test_log_chooses_by_tool_abstention_time_and_number(path: Path, capsys):
    assert [line[:3] for line in run(capsys, "log", path, "--tool", "dim").splitlines()] == [
        "1-1",
        "1-2",
    ]
    assert run(capsys, "log", path, "--abstained").startswith("1-3")
    assert run(capsys, "log", path, "--last", "1").startswith("1-3")
    assert run(capsys, "log", path, "--since", "1h").count("\n") == 3
    assert run(capsys, "log", path, "--since", "2100-01-01") == ""


def test_log_in_json_has_every_field(path: Path, capsys):
    row = json.loads(run(capsys, "log", path, "--json").splitlines()[0])
    assert (row["id"], row["text"], row["decided"], row["status"]) == (
        "1-1",
        "dim it",
        "dim",
        "done",
    )
    assert row["feedback"] is None
    assert row["at"].endswith("+00:00")


def test_a_text_that_was_not_kept_is_shown_by_its_hash(tmp_path: Path, capsys):
    with Journal(tmp_path / "home.db") as journal:
        journal.record(make_entry("dim it"))
    assert re.search(r"#[0-9a-f]{8}\n", run(capsys, "log", tmp_path / "home.db"))


def test_stats_tell_what_was_answered_saved_and_how_fast(path: Path, capsys):
    run(capsys, "feedback", path, "1-1", "right")
    assert run(capsys, "stats", path, "--price", "500") == (
        "texts              3, 3 of them distinct\n"
        "abstained          1 (33.33 %)\n"
        "answered locally   2 (66.67 %) of those dispatched\n"
        "asked a remote     0: 0 tokens sent, 0 back\n"
        "saved              about 2000 tokens, 1.00 in money\n"
        "said to be         right 1, wrong 0\n"
        "routing            p50 100 us, p90 100 us, p99 100 us\n"
        "whole              p50 150 us, p90 150 us, p99 150 us\n"
        "dim                      2 texts, done 2, failed 0, right 1, wrong 0; runs p50 20 us, "
        "p90 20 us, p99 20 us\n"
    )


def test_stats_in_json_have_every_number(path: Path, capsys):
    found = json.loads(run(capsys, "stats", path, "--json", "--price", "0.15"))
    assert (found["texts"], found["answered_locally"], found["tokens_saved"]) == (3, 2, 2000)
    assert found["money_saved"] == pytest.approx(0.0003)
    assert found["tools"][0]["running"] == {"p50_us": 20, "p90_us": 20, "p99_us": 20}
    assert json.loads(run(capsys, "stats", path, "--json"))["money_saved"] is None


def test_stats_of_nothing_are_no_error(tmp_path: Path, capsys):
    Journal(tmp_path / "home.db").close()
    assert "abstained          0 (-)" in run(capsys, "stats", tmp_path / "home.db")


def test_feedback_is_shown_by_the_log(path: Path, capsys):
    assert run(capsys, "feedback", path, "1-1", "right") == "1-1 right\n"
    assert run(capsys, "feedback", path, "1-2", "wrong", "--tool", "tea") == "1-2 wrong: tea\n"
    assert json.loads(run(capsys, "feedback", path, "1-3", "wrong", "--no-tool", "--json")) == {
        "id": "1-3",
        "said": "wrong",
        "tool": None,
    }
    ends = [line.partition("  [")[2] for line in run(capsys, "log", path).splitlines()]
    assert ends == ["right]", "wrong: tea]", "wrong: (no tool)]"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1-1", "right", "--tool", "tea"], "needs no correction"),
        (["1-1", "wrong", "--tool", "tea", "--no-tool"], "not both"),
        (["1-9", "right"], "has no record 1-9"),
        (["first", "right"], "is no record's id"),
        (["1-1", "good"], "invalid choice"),
    ],
)
def test_feedback_that_cannot_be_is_refused(path: Path, capsys, arguments: list[str], said: str):
    assert said in complain(capsys, "feedback", path, *arguments)


def test_export_writes_examples_once_and_counts_what_it_cannot(path: Path, tmp_path, capsys):
    output = tmp_path / "examples.jsonl"
    run(capsys, "feedback", path, "1-1", "right")
    run(capsys, "feedback", path, "1-2", "wrong")
    run(capsys, "feedback", path, "1-3", "wrong", "--tool", "sing")
    assert run(capsys, "export", path, "-o", output) == (
        f"2 examples written to {output}\n"
        "1 were wrong, and what is right was not said: edge-router feedback FILE ID wrong --tool "
        "NAME\n"
    )
    assert [(e.text, e.tool) for e in read_examples(output)] == [
        ("dim it", "dim"),
        ("sing", "sing"),
    ]
    assert json.loads(run(capsys, "export", path, "-o", output, "--json")) == {
        "output": str(output),
        "written": 0,
        "already_there": 2,
        "without_text": 0,
        "without_tool": 1,
    }


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    """A language model chose a tool for two texts; a third time, the user agreed to a proposal."""
    with Journal(tmp_path / "chosen.db", keep_texts=True) as journal:
        journal.record(make_entry("cuppa", None, tool="tea"))
        journal.record(make_entry("too bright", None, tool="dim"))
        journal.record(make_entry("unlock", None, tool="door", reason="needs_confirmation"))
    return tmp_path / "chosen.db"


def test_log_marks_what_a_language_model_chose_as_weak(chosen: Path, capsys):
    ends = [line.split(" us  ")[1] for line in run(capsys, "log", chosen).splitlines()]
    assert ends == ["cuppa  [weak]", "too bright  [weak]", "unlock"]
    rows = map(json.loads, run(capsys, "log", chosen, "--json").splitlines())
    assert [row["weak_tool"] for row in rows] == ["tea", "dim", None]


def test_export_writes_what_a_language_model_chose_only_when_asked_and_marked(
    chosen: Path, tmp_path, capsys
):
    output = tmp_path / "mine.jsonl"
    run(capsys, "feedback", chosen, "1-2", "wrong", "--tool", "blinds")
    assert run(capsys, "export", chosen, "-o", output).startswith("1 examples written")
    assert run(capsys, "export", chosen, "-o", output, "--weak").startswith("1 examples written")
    assert json.loads(output.read_text().splitlines()[-1]) == {
        "text": "cuppa",
        "tool": "tea",
        "weak": True,
    }
    assert run(capsys, "export", chosen, "-o", output, "--weak").endswith("2 were there already\n")
    # a router that is taught the file takes the person's word alone
    assert [(e.text, e.tool) for e in read_taught(output).examples] == [("too bright", "blinds")]
    run(capsys, "feedback", chosen, "1-1", "wrong", "--no-tool")
    run(capsys, "export", chosen, "-o", output, "--weak")
    said = {e.text: e.tool for e in read_examples(output, takes_weak=True)}
    assert said == {"too bright": "blinds", "cuppa": None}


def test_export_says_that_texts_were_not_kept(tmp_path: Path, capsys):
    path = tmp_path / "home.db"
    with Journal(path) as journal:
        journal.record(make_entry("dim it"))
    run(capsys, "feedback", path, "1-1", "right")
    said = run(capsys, "export", path, "-o", tmp_path / "out.jsonl")
    assert "1 cannot be written: the journal keeps no texts" in said


def test_what_was_exported_is_taught(tmp_path: Path, capsys):
    path, taught = tmp_path / "home.db", tmp_path / "taught.jsonl"
    text = "turn the lights down"
    main(["route", text, "--journal", str(path), "--keep-texts"])
    run(capsys, "feedback", path, "1-1", "wrong", "--tool", "blinds.close")
    run(capsys, "export", path, "-o", taught)
    assert run(capsys, "route", text, "--taught", taught).startswith("blinds.close")


def test_route_records_what_it_decided(tiny: str, tmp_path: Path, run_cli):
    path = tmp_path / "home.db"
    done = run_cli("route", tiny, "-", "--journal", str(path), stdin=b"dim the lights\n\nsing\n")
    assert done.returncode == 0, done.stderr
    records = [record.entry for record in read_records(path)]
    assert [entry.decided for entry in records] == ["lights.dim", None, None]
    assert [entry.reason for entry in records][1] == "empty_input"
    assert {entry.text for entry in records} == {None}
    assert all(entry.status is None and entry.routing_us > 0 for entry in records)
    assert [entry.unknown_share is None for entry in records] == [False, True, False]


def test_chat_records_its_turns(tmp_path: Path, run_cli):
    path = tmp_path / "home.db"
    done = run_cli(
        "chat", "--tools", str(ASSISTANT / "home.py"),
        "--taught", str(ASSISTANT / "examples.jsonl"),
        "--journal", str(path), "--keep-texts", "--json",
        stdin=b"time the eggs, six minutes\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [record] = read_records(path)
    assert (record.entry.text, record.entry.status) == ("time the eggs, six minutes", "done")
    assert json.loads(done.stdout)["record"] == record.id
    assert record.entry.bundle is not None
    assert record.entry.unknown_share == 0.0
    assert record.entry.estimated_tokens_all_tools > 0


def test_keeping_texts_needs_a_journal(tiny: str, capsys):
    assert "belongs to a --journal" in complain(capsys, "route", tiny, "hello", "--keep-texts")


@pytest.mark.parametrize("command", ["log", "stats", "export"])
def test_a_file_that_is_no_journal_is_one_line(command: str, tmp_path: Path, capsys):
    path = tmp_path / "home.db"
    path.write_text("no journal, but quite some words " * 40)
    more = ["-o", tmp_path / "out.jsonl"] if command == "export" else []
    said = complain(capsys, command, path, *more)
    assert said.count("\n") == 1
    assert "is no journal, or is damaged" in said


def test_moments_are_told_from_now_or_by_the_calendar():
    assert moment("2h") == pytest.approx(time.time() - 7200, abs=60)
    assert moment("1w") == pytest.approx(time.time() - 7 * 86_400, abs=60)
    assert moment("2026-11-25T08:30+00:00") == 1795595400.0
    for wrong in ("yesterday", "2x", "", "-1h"):
        with pytest.raises(argparse.ArgumentTypeError, match="is no time; write 2h"):
            moment(wrong)


def test_a_price_is_an_amount():
    assert price("0.15") == 0.15
    for wrong in ("cheap", "-1", "nan", "inf"):
        with pytest.raises(argparse.ArgumentTypeError, match="is no price"):
            price(wrong)
