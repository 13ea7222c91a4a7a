"""``route --explore``, ``chat --explore`` and ``export --outcomes``."""

import json
from pathlib import Path

import pytest

from edge_router import Journal
from edge_router.cli.main import main
from edge_router.examples import LoggedOutcome, read_examples, read_outcomes
from edge_router.journal import Entry, read_records

ASSISTANT = Path(__file__).parents[2] / "examples" / "assistant"
TEXTS = "".join(f"{example.text}\n" for example in read_examples(ASSISTANT / "test.jsonl"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A right one, an explored one, a failed one, and one that a remote model chose."""
    path = tmp_path / "home.db"
    known = {"confidence": 0.9, "threshold": 0.5, "status": "done", "propensity": 1.0}
    with Journal(path, keep_texts=True) as journal:
        for text, decided, more in (
            ("dim it", "dim", {"propensity": 0.98}),
            ("a cup", "tea", {"reason": "explored", "propensity": 0.02}),
            ("brew", "tea", {"status": "failed"}),
            ("cosy", None, {"reason": "low_confidence", "tool": "dim", "tokens_in": 500_000}),
            ("sing", None, {"reason": "low_confidence", "status": "abstained"}),
        ):
            fields = {"reason": "confident", "tool": decided, **known, **more}
            journal.record(Entry(text=text, decided=decided, **fields))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def complain(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err


def test_route_explores_by_the_secret_of_its_journal(assistant_path, tmp_path: Path, run_cli):
    answers = []
    for name in ("a.db", "a.db", "b.db"):
        done = run_cli(
            "route", str(assistant_path), "-", "--json", "--explore", "20%",
            "--journal", str(tmp_path / name), stdin=TEXTS.encode(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        answers.append([json.loads(line)["tool"] for line in done.stdout.splitlines()])
    assert answers[0] == answers[1] != answers[2]
    entries = [record.entry for record in read_records(tmp_path / "a.db", last=1000)]
    assert {entry.propensity for entry in entries if entry.is_explored} == {0.2}
    assert {entry.propensity for entry in entries if not entry.is_explored} == {0.8, 1.0}


def test_what_was_explored_is_shown_with_the_best(assistant_path, tmp_path: Path, capsys):
    texts = TEXTS.splitlines()
    out = run(
        capsys, "route", assistant_path, *texts, "--explore", "0.2", "--journal", tmp_path / "a.db"
    )
    lines = out.splitlines()
    shown = [n for n, line in enumerate(lines) if " explored " in line]
    assert shown
    for n in shown:
        second = lines[n + 1].partition(" %, ")[2].split()[0]
        assert lines[n].split()[0] == second


def test_the_log_says_what_was_explored(path: Path, capsys):
    lines = run(capsys, "log", path).splitlines()
    assert [", explored" in line for line in lines] == [False, True, False, False, False]


def test_exploring_without_a_record_of_it_is_refused(assistant_path, tmp_path: Path, capsys):
    said = complain(capsys, "route", assistant_path, "dim it", "--explore", "0.02")
    assert "--explore needs a --journal" in said
    recorded = ("--journal", tmp_path / "home.db")
    said = complain(capsys, "route", assistant_path, "dim it", "--explore", "0.3", *recorded)
    assert "a share from 0 to 0.2, not 0.3" in said
    command = ("route", assistant_path, "dim it", "--split", "--explore", "0.1", *recorded)
    assert "leave --explore out" in complain(capsys, *command)


def test_chat_explores_too(tmp_path: Path, run_cli):
    path = tmp_path / "home.db"
    done = run_cli(
        "chat", "--tools", str(ASSISTANT / "home.py"),
        "--taught", str(ASSISTANT / "examples.jsonl"),
        "--journal", str(path), "--explore", "0.2", "--json",
        stdin=TEXTS.encode(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    entries = [record.entry for record in read_records(path, last=1000)]
    assert {entry.propensity for entry in entries} >= {0.8, 1.0}


def test_outcomes_are_written_with_their_propensities(path: Path, tmp_path: Path, capsys):
    output = tmp_path / "log.jsonl"
    run(capsys, "feedback", path, "1-1", "right")
    run(capsys, "feedback", path, "1-2", "wrong", "--tool", "dim")
    assert run(capsys, "export", path, "--outcomes", "-o", output) == (
        f"2 outcomes written to {output}\n"
        "3 were left out: nobody said whether they were right: edge-router feedback FILE ID right\n"
    )
    assert output.read_text("utf-8") == (
        '{"text": "dim it", "tool": "dim", "propensity": 0.98, "reward": 1.0, "cost": 0.0, '
        '"weak": false}\n'
        '{"text": "a cup", "tool": "tea", "propensity": 0.02, "reward": 0.0, "cost": 0.0, '
        '"weak": false}\n'
    )


def test_outcomes_of_failures_and_of_a_model_are_written_where_that_is_asked_for(
    path: Path, tmp_path: Path, capsys
):
    output = tmp_path / "log.jsonl"
    output.write_text('{"text": "old", "tool": null, "propensity": 1, "reward": 0}\n', "utf-8")
    run(capsys, "feedback", path, "1-5", "right")
    command = ("export", path, "--outcomes", "--failed-is-wrong", "--weak", "--price", "0.5")
    assert json.loads(run(capsys, *command, "-o", output, "--json")) == {
        "output": str(output),
        "written": 3,
        "weak": 1,
        "without_reward": 2,
        "without_text": 0,
        "without_propensity": 0,
    }
    known = {"propensity": 1.0, "file": str(output)}
    assert read_outcomes(output) == [
        LoggedOutcome(text="brew", tool="tea", reward=0.0, line=1, **known),
        LoggedOutcome(text="cosy", tool="dim", reward=1.0, is_weak=True, line=2, **known),
        LoggedOutcome(text="sing", tool=None, reward=1.0, line=3, **known),
    ]
    run(capsys, "feedback", path, "1-4", "right")
    run(capsys, *command, "-o", output)
    assert [(o.tool, o.cost, o.is_weak) for o in read_outcomes(output)][1] == (None, 0.25, False)


def test_outcomes_take_the_place_of_nothing_else(path: Path, tmp_path: Path, capsys):
    taught = tmp_path / "mine.jsonl"
    taught.write_text('{"text": "a cup", "tool": "tea"}\n', "utf-8")
    for output in (taught, path):
        said = complain(capsys, "export", path, "--outcomes", "-o", output)
        assert "is there already, with something else than outcomes" in said
    assert taught.read_text("utf-8") == '{"text": "a cup", "tool": "tea"}\n'
    assert len(read_records(path)) == 5
    said = complain(capsys, "export", path, "--outcomes", "-o", tmp_path / "no" / "log.jsonl")
    assert "cannot be written" in said


@pytest.mark.parametrize("option", [["--failed-is-wrong"], ["--price", "0.1"], ["--since", "2h"]])
def test_what_belongs_to_outcomes_is_refused_without_them(path, tmp_path, capsys, option):
    said = complain(capsys, "export", path, "-o", tmp_path / "out.jsonl", *option)
    assert "belong to --outcomes; add it" in said
