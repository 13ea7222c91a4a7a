"""The bench of the journal: what it counts."""

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.commands import journal
from edge_router import Journal
from edge_router.journal import Entry


def test_the_command_writes_costs_and_kills(monkeypatch: pytest.MonkeyPatch):
    written: dict = {}
    monkeypatch.setattr(journal, "write_result", lambda name, found: written.update({name: found}))
    monkeypatch.setattr(journal, "_LONGEST_S", 0.05)
    assert main(["journal", "--rounds", "1", "--texts", "5", "--kills", "2", "--name", "mine"]) == 0
    found = json.loads(json.dumps(written["mine"]))
    assert [row["kind"] for row in found["overhead"]] == [
        "without a journal",
        "with a journal",
        "with a durable journal",
    ]
    assert all(row["dispatches"] == 5 and row["not_recorded"] == 0 for row in found["overhead"])
    durable, batches = found["kills"]
    assert (durable["kills"], durable["lost"], durable["files_damaged"]) == (2, 0, 0)
    assert durable["recorded"] > 2
    assert batches["recorded"] > 2
    assert 0 <= batches["lost"] <= 1000


def test_what_is_told_and_not_in_the_file_is_lost(monkeypatch: pytest.MonkeyPatch):
    entry = Entry(text="", decided=None, confidence=0.0, reason="empty_input", threshold=0.5)

    def pretend(path: Path, *_: object) -> list[str]:
        with Journal(path) as written:
            return [written.record(entry), "9-1", "9-2"]

    monkeypatch.setattr(journal, "_kill_one", pretend)
    found = journal.count_lost(journal.DURABLE, kills=3, pause_s=0, seed=1)
    assert (found["recorded"], found["lost"], found["most_lost"]) == (9, 6, 2)


def test_a_damaged_file_is_counted(monkeypatch: pytest.MonkeyPatch):
    def damage(path: Path, *_: object) -> list[str]:
        path.write_bytes(b"no database " * 100)
        return ["1-1"]

    monkeypatch.setattr(journal, "_kill_one", damage)
    found = journal.count_lost(journal.WITH, kills=2, pause_s=0, seed=1)
    assert (found["files_damaged"], found["lost"]) == (2, 2)


def test_a_program_that_cannot_record_is_no_result(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(journal, "_PROGRAM", "")
    with pytest.raises(OSError, match="ended with 0"):
        journal._kill_one(tmp_path / "killed.db", journal.WITH, 0.0, 0.0)
