"""Recording: what is kept, what never is, and what happens where it cannot be written."""

import errno
import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import DataError, InputError, Journal
from edge_router.journal import read_records, writer
from edge_router.journal.database import APPLICATION_ID


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def list_texts(path: Path) -> list[str | None]:
    return [record.entry.text for record in read_records(path, last=100_000)]


def test_a_record_is_read_again_as_it_was_made(path: Path):
    entry = make_entry("dim the lights", bundle="ab" * 32, tokens_in=7, estimated_tokens_in=6)
    before = time.time()
    with Journal(path, keep_texts=True) as journal:
        assert journal.record(entry) == "1-1"
        assert journal.record(lambda: make_entry("maybe", None)) == "1-2"
    first, second = read_records(path)
    assert (first.id, first.entry, first.feedback) == ("1-1", entry, None)
    assert (second.id, second.entry) == ("1-2", make_entry("maybe", None))
    assert before <= first.at <= second.at <= time.time()


def test_no_text_is_in_the_file_unless_it_is_asked_for(path: Path):
    with Journal(path) as journal:
        for text in ("call aunt Mathilda", "Call  aunt mathilda", "call uncle Otto"):
            journal.record(make_entry(text))
    assert list_texts(path) == [None, None, None]
    hashes = [record.text_hash for record in read_records(path)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert b"athilda" not in path.read_bytes()


def test_the_hash_of_a_text_is_another_in_another_journal(tmp_path: Path):
    hashes = set()
    for name in ("a.db", "b.db"):
        with Journal(tmp_path / name) as journal:
            journal.record(make_entry("dim the lights"))
        hashes.add(read_records(tmp_path / name)[0].text_hash)
    assert len(hashes) == 2


def test_the_file_is_for_its_owner_alone(path: Path):
    Journal(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_texts_that_no_utf_8_can_hold_are_recorded_all_the_same(path: Path):
    with Journal(path, keep_texts=True) as journal:
        journal.record(make_entry("half \ud800 a pair"))
        journal.record(make_entry("with\0zero"))
    assert list_texts(path) == ["half ? a pair", "with\0zero"]


def test_ids_go_on_after_a_restart_and_are_never_given_twice(path: Path):
    for run in (1, 2):
        with Journal(path) as journal:
            assert journal.record(make_entry()) == f"{run}-1"
    with Journal(path) as one, Journal(path) as other:
        assert {one.record(make_entry()), other.record(make_entry())} == {"3-1", "4-1"}
    assert [record.id for record in read_records(path)] == ["1-1", "2-1", "3-1", "4-1"]


def test_a_thread_runs_only_from_the_first_record_to_the_closing(path: Path):
    def names() -> list[str]:
        return [t.name for t in threading.enumerate() if t.name == "edge-router journal"]

    journal = Journal(path)
    assert names() == []
    journal.record(make_entry())
    assert names() == ["edge-router journal"]
    journal.close()
    assert names() == []
    journal.close()


def test_a_durable_record_is_in_the_file_at_once_and_needs_no_thread(path: Path):
    threads = threading.active_count()
    with Journal(path, durable=True) as journal:
        journal.record(make_entry())
        assert len(read_records(path)) == 1
        assert threading.active_count() == threads


def test_records_are_written_within_a_second_without_flushing(path: Path):
    with Journal(path) as journal:
        journal.record(make_entry())
        deadline = time.monotonic() + 20
        while not read_records(path):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_many_records_do_not_wait_for_the_half_second(path: Path, monkeypatch):
    monkeypatch.setattr(writer, "WRITE_AFTER_S", 3600)
    with Journal(path) as journal:
        for _ in range(2 * writer.WRITE_FROM):
            journal.record(make_entry())
        deadline = time.monotonic() + 20
        while not read_records(path):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_flushing_writes_what_was_recorded_by_any_thread(path: Path):
    with Journal(path) as journal:
        threads = [
            threading.Thread(target=lambda: [journal.record(make_entry()) for _ in range(200)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        journal.flush()
        assert (len(read_records(path, last=1000)), journal.lost) == (800, 0)


def test_a_program_that_ends_without_closing_loses_nothing(path: Path):
    run_program(path, "for _ in range(50): journal.record(make_entry())")
    assert len(read_records(path, last=100)) == 50


def test_a_journal_that_nobody_holds_is_closed(path: Path):
    journal = Journal(path)
    journal.record(make_entry())
    del journal
    assert len(read_records(path)) == 1
    assert [t for t in threading.enumerate() if t.name == "edge-router journal"] == []


def test_a_journal_may_be_held_last_by_what_it_is_to_write(path: Path):
    journal = Journal(path)

    def make_one(held: Journal = journal):
        assert held.path == path
        return make_entry()

    journal.record(make_one)
    thread = next(t for t in threading.enumerate() if t.name == "edge-router journal")
    del journal, make_one
    thread.join(20)
    assert not thread.is_alive()
    assert len(read_records(path)) == 1


def test_recording_after_the_closing_is_counted_and_harmless(path: Path):
    journal = Journal(path)
    journal.close()
    journal.record(make_entry())
    journal.flush()
    assert journal.lost == 1


def test_an_entry_that_cannot_be_made_costs_itself_alone(path: Path, caplog):
    def fail():
        raise ZeroDivisionError

    with Journal(path) as journal:
        journal.record(make_entry())
        journal.record(fail)
        journal.record(make_entry())
    assert (len(read_records(path)), journal.lost) == (2, 1)
    assert "please report this" in caplog.text


# ---- kills


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from journal_fakes import make_entry
from edge_router import Journal
journal = Journal({path!r}, durable={durable})
{body}
"""


def start_program(
    path: Path, body: str, *, durable: bool = False, stderr: int | None = None
) -> subprocess.Popen[str]:
    folder = str(Path(__file__).parent)
    code = PROGRAM.format(folder=folder, path=str(path), durable=durable, body=body)
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def run_program(path: Path, body: str) -> None:
    with start_program(path, body) as program:
        assert program.wait(60) == 0


@pytest.mark.parametrize("after_records", [1, 7, 40])
def test_no_durable_record_is_lost_when_the_process_is_killed(path: Path, after_records: int):
    body = "while True: print(journal.record(make_entry()))"
    with start_program(path, body, durable=True) as program:
        assert program.stdout is not None
        told = [program.stdout.readline().strip() for _ in range(after_records)]
        program.send_signal(signal.SIGKILL)
        told += [line.strip() for line in program.stdout if line.endswith("\n")]
    kept = [record.id for record in read_records(path, last=1_000_000)]
    assert kept[: len(told)] == told
    with Journal(path) as journal:
        assert journal.record(make_entry()) == "2-1"


def test_what_a_killed_process_loses_is_bounded(path: Path):
    body = "while True: print(journal.record(make_entry()))"
    with start_program(path, body) as program:
        assert program.stdout is not None
        told = [program.stdout.readline().strip() for _ in range(3000)]
        program.send_signal(signal.SIGKILL)
        told += [line.strip() for line in program.stdout if line.endswith("\n")]
    kept = {record.id for record in read_records(path, last=1_000_000)}
    assert len(set(told) - kept) <= writer.MAX_PENDING


# ---- files that cannot be written or read


@pytest.fixture
def full_disk(path: Path):
    """Makes the open journal's file unable to grow, and able again."""

    def set_room(journal: Journal, *, is_full: bool) -> None:
        pages = 1 if is_full else 1 << 30  # SQLite takes no fewer than the file has
        journal._writer._database.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    return set_room


def test_on_a_full_disk_recording_goes_on_with_one_warning(path, full_disk, caplog, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_AFTER_S", 0.0)
    with Journal(path, durable=True, keep_texts=True) as journal:
        full_disk(journal, is_full=True)
        for number in range(1500):
            journal.record(make_entry(f"{number}" * 50))
        warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
        assert len(warnings) == 1
        assert re.search(r"home.db: cannot be used .*full.*; free space", warnings[0])
        assert 0 < journal.lost < 1500
        full_disk(journal, is_full=False)
        journal.flush()
        assert "written again" in caplog.text
    assert len(read_records(path, last=10_000)) == 1500 - journal.lost


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"cannot be opened.*folder that may be written"):
        Journal(tmp_path / "nowhere" / "home.db")


def test_writes_that_the_system_refuses_cost_records_and_nothing_else(path: Path):
    body = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))  # of any file
for number in range(3000):
    journal.record(make_entry("text " * 50))
    if number % 300 == 0:
        journal.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
journal.close()  # tries once more
print(journal.lost)
"""
    with start_program(path, body, stderr=subprocess.PIPE) as program:
        out, warnings = program.communicate(timeout=60)
    lost = int(out)
    assert 1000 <= lost < 3000
    first, last = warnings.splitlines()
    assert re.search("home.db: cannot be used .*free space there", first)
    assert f"written again; {lost} decisions were lost" in last
    assert len(read_records(path, last=10_000)) == 3000 - lost


def test_a_lock_that_another_process_holds_costs_the_wait_and_no_record(path, monkeypatch, caplog):
    monkeypatch.setattr(writer, "RETRY_AFTER_S", 0.0)
    with Journal(path, durable=True) as journal:
        journal._writer._database.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        journal.record(make_entry())
        assert "held by another process" in caplog.text
        other.execute("ROLLBACK")
        other.close()
        journal.record(make_entry())
    assert [record.id for record in read_records(path)] == ["1-1", "1-2"]


def test_two_processes_may_record_into_one_file(path: Path):
    body = "for _ in range(300): journal.record(make_entry())\njournal.close()\nprint(journal.lost)"
    programs = [start_program(path, body) for _ in range(2)]
    assert [program.communicate(timeout=60)[0] for program in programs] == ["0\n", "0\n"]
    assert len(read_records(path, last=10_000)) == 600


@pytest.mark.parametrize(
    "data",
    [b"no database at all, but some text" * 40, b"SQLite format 3\0" + bytes(range(256)) * 20],
    ids=["text", "only the beginning"],
)
def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(path: Path, data: bytes):
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"home.db: .*damaged.*move the file away"):
        Journal(path)
    with pytest.raises(DataError, match="damaged"):
        read_records(path)
    assert path.read_bytes() == data


def test_a_journal_with_a_page_overwritten_is_refused_and_left_as_it_is(path: Path):
    with Journal(path, keep_texts=True) as journal:
        for number in range(900):
            journal.record(make_entry(f"text {number}"))
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 6 * 4096] = os.urandom(4096)
    path.write_bytes(data)
    with pytest.raises(DataError, match="damaged"):
        Journal(path)
    assert path.read_bytes() == data


def test_damage_under_way_stops_the_journal_and_nothing_else(path: Path, caplog):
    with Journal(path, durable=True) as journal:
        journal.record(make_entry())
        path.write_bytes(b"x" * path.stat().st_size)
        journal.record(make_entry())
        journal.record(make_entry())
    assert len([r for r in caplog.records if "move the file away" in r.getMessage()]) == 1
    assert journal.lost == 2


def test_a_database_of_another_program_is_refused(path: Path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE records (id)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(DataError, match="another program"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_journal_of_a_newer_edge_router_is_refused(path: Path):
    Journal(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(DataError, match="newer edge-router; upgrade"):
        Journal(path)


def test_no_file_is_made_by_looking_at_one(path: Path):
    with pytest.raises(DataError, match="no such journal"):
        read_records(path)
    assert not path.exists()


def test_a_folder_is_no_journal(tmp_path: Path):
    with pytest.raises(DataError, match=f"cannot be opened .{os.strerror(errno.EISDIR)}"):
        Journal(tmp_path)


def test_a_journal_is_known_from_outside(path: Path):
    Journal(path).close()
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID


# ---- retention


def test_old_records_are_deleted_and_cannot_be_read_any_more(path: Path, monkeypatch):
    with Journal(path, keep_texts=True, durable=True, max_days=7) as journal:
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now - 8 * 86_400)
        journal.record(make_entry("where is my rosebud"))
        assert b"rosebud" in path.read_bytes()
        monkeypatch.setattr(time, "time", lambda: now)
        journal.record(make_entry("dim the lights"))
    assert list_texts(path) == ["dim the lights"]
    assert b"rosebud" not in path.read_bytes()


def test_a_file_that_grows_too_large_loses_its_oldest_records(path: Path):
    with Journal(path, keep_texts=True, max_bytes=1 << 20) as journal:
        for number in range(3000):
            journal.record(make_entry(f"{number:04d}" * 250))
            if number % 500 == 499:
                journal.flush()
    kept = list_texts(path)
    assert path.stat().st_size <= 1 << 20
    assert 500 < len(kept) < 1100
    assert kept[-1] == "2999" * 250
    assert kept == sorted(kept)


@pytest.mark.parametrize("bound", [{"max_days": 0}, {"max_days": float("nan")}, {"max_bytes": 0}])
def test_a_journal_that_keeps_nothing_is_refused(path: Path, bound: dict):
    with pytest.raises(InputError, match="give it more"):
        Journal(path, **bound)
    assert not path.exists()


def test_who_may_not_wait_waits_for_nothing_and_loses_what_finds_no_room(path: Path):
    with Journal(path) as journal:
        lock = journal._writer._lock  # as it is held while a batch is written
        is_held, is_over = threading.Event(), threading.Event()

        def hold():
            with lock:
                is_held.set()
                is_over.wait(20)

        journal.record(make_entry())  # starts the thread
        thread = threading.Thread(target=hold)
        thread.start()
        is_held.wait(20)
        began = time.monotonic()
        for _ in range(writer.MAX_PENDING + 50):
            journal.record(make_entry(), may_wait=False)
        assert time.monotonic() - began < 5
        is_over.set()
        thread.join()
        journal.flush()
        assert 50 <= journal.lost <= 51
    assert len(read_records(path, last=10_000)) == writer.MAX_PENDING + 51 - journal.lost
