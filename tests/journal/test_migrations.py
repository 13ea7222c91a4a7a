"""A journal of any version becomes one of the newest, with all that it holds."""

import sqlite3
import threading
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import DataError, Journal
from edge_router.journal import Feedback, give_feedback, read_records
from edge_router.journal.database import APPLICATION_ID, open_database, writing
from edge_router.journal.migrations import MIGRATIONS

INSERT = (
    "INSERT INTO records (id, at, text, text_hash, decided, confidence, reason, threshold, is_reply)"
    " VALUES (4294967297, 1e9, 'dim the lights', x'00', 'dim', 0.9, 'confident', 0.5, 0)"
)


def write_version(path: Path, version: int) -> None:
    """The file as the edge-router of that version left it, with one record."""
    database = sqlite3.connect(path, isolation_level=None)
    for migrate in MIGRATIONS[:version]:
        migrate(database)
    if version:
        database.execute(INSERT)
        database.execute("UPDATE settings SET run = 1")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {version}")
    database.close()


def read_version(path: Path) -> int:
    database = sqlite3.connect(path)
    [[version]] = database.execute("PRAGMA user_version")
    database.close()
    return version


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_a_file_of_every_version_is_brought_to_the_newest(tmp_path: Path, version: int):
    path = tmp_path / "home.db"
    write_version(path, version)
    with Journal(path, keep_texts=True, max_days=1e6) as journal:
        journal.record(make_entry("make tea", "tea", unknown_share=0.5))
    texts = ["dim the lights", "make tea"] if version else ["make tea"]
    assert read_version(path) == len(MIGRATIONS) == 4
    assert [record.entry.text for record in read_records(path)] == texts
    entries = [record.entry for record in read_records(path)]
    assert [entry.text for entry in entries] == texts
    assert entries[-1].unknown_share == 0.5


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_what_an_old_file_holds_is_read(tmp_path: Path, version: int):
    path = tmp_path / "home.db"
    write_version(path, version)
    [record] = read_records(path)
    assert (record.id, record.at, record.entry.text) == ("1-1", 1e9, "dim the lights")
    assert record.entry.unknown_share is None
    give_feedback(path, "1-1", Feedback(is_right=True))
    assert read_records(path)[0].feedback == Feedback(is_right=True)


def test_a_migration_that_fails_leaves_the_file_at_its_version(tmp_path: Path, monkeypatch):
    path = tmp_path / "home.db"
    write_version(path, 1)

    def fail(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE halfway (id)")
        database.execute("SELECT * FROM nowhere")

    monkeypatch.setattr("edge_router.journal.database.MIGRATIONS", (MIGRATIONS[0], fail))
    with pytest.raises(DataError, match="no such table: nowhere"):
        open_database(path)
    assert read_version(path) == 1
    monkeypatch.undo()
    assert [record.id for record in read_records(path)] == ["1-1"]


@pytest.mark.parametrize("attempt", range(8))
def test_many_may_find_the_file_new_at_once(tmp_path: Path, attempt: int):
    path, errors = tmp_path / "home.db", []

    def make() -> None:
        try:
            Journal(path).close()
        except DataError as error:
            errors.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Journal(path, durable=True) as journal:
        assert journal.record(make_entry()) == "5-1"


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path):
    database = open_database(tmp_path / "home.db", is_made=True)

    def insert_twice() -> None:
        with writing(database):
            database.execute(INSERT)
            database.execute(INSERT)

    with pytest.raises(sqlite3.IntegrityError):
        insert_twice()
    assert database.execute("SELECT count(*) FROM records").fetchone() == (0,)
    database.close()
