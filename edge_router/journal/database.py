"""A journal's file: opened, or told what is wrong with it.

SQLite's rollback journal, and no write-ahead log: several processes may write, and the versions of
SQLite up to 3.51.2, which Python still brings, can damage a log that two connections write and
reset (https://sqlite.org/wal.html, "the WAL-reset bug").
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge_router.errors import DataError
from edge_router.journal.migrations import MIGRATIONS

APPLICATION_ID = 0x65724A4C
"""``erJL``: marks a file as ours, where SQLite has room for it."""
BUSY_S = 5.0
"""How long one process waits for another's transaction."""
_PRAGMAS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA auto_vacuum = INCREMENTAL",  # of use in a new file alone
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = FULL",  # with TRUNCATE, what is committed survives a loss of power
    "PRAGMA secure_delete = ON",  # what retention deletes can be read by nobody
)


def open_database(path: Path, *, is_made: bool = False) -> sqlite3.Connection:
    """A connection to the journal ``path``, brought to the newest version.

    ``is_made`` makes the file where there is none, readable by its owner alone. Raises DataError
    and changes nothing for a file that is damaged, another program's, or of a newer edge-router.
    """
    with describes_errors(path):
        if is_made:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not path.is_file():
            raise DataError("there is no such journal; give the path of one", file=str(path))
        database = sqlite3.connect(
            path.absolute(), timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(database, path)
        except BaseException:
            database.close()
            raise
    return database


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one look at the journal ``path``, all of it as it is at one moment; raises
    DataError where that cannot be had.
    """
    with describes_errors(path), closing(open_database(path)) as database:
        database.execute("BEGIN")
        yield database
        database.execute("ROLLBACK")


@contextmanager
def writing(database: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


@contextmanager
def describes_errors(path: Path) -> Iterator[None]:
    """Raises DataError, which names the file and what to do, for errors of SQLite and the disk."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise DataError(describe(error), file=str(path)) from error


def describe(error: sqlite3.Error | OSError) -> str:
    """What is wrong with a journal, and what to do."""
    if isinstance(error, OSError):
        return f"cannot be opened ({error.strerror}); name a file in a folder that may be written"
    if is_damage(error):
        return (
            f"is no journal, or is damaged ({error}); nothing was changed: move the file away and "
            "a new one is made, or put a copy back"
        )
    if "locked" in str(error):
        return f"is held by another process ({error}); try again when that has ended"
    return f"cannot be used ({error}); free space there, or name a file that may be written"


def is_damage(error: sqlite3.Error) -> bool:
    """Whether waiting cannot help: the file itself is wrong."""
    # the class alone does not say it: OperationalError, which may pass, is a DatabaseError, too
    return type(error) is sqlite3.DatabaseError


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Settings and migrations; the checks come before anything is written."""
    version = _check(database, path)
    for pragma in _PRAGMAS:
        database.execute(pragma).fetchall()
    if version == len(MIGRATIONS):
        return
    with writing(database):
        # read again: another process may have done it meanwhile
        version = database.execute("PRAGMA user_version").fetchone()[0]
        for migrate in MIGRATIONS[version:]:
            migrate(database)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _check(database: sqlite3.Connection, path: Path) -> int:
    """The file's version, 0 where it is empty."""
    database.execute("BEGIN")  # all of it as it is at one moment: another may be making the file
    [[version]] = database.execute("PRAGMA user_version")
    [[application]] = database.execute("PRAGMA application_id")
    [[tables]] = database.execute("SELECT count(*) FROM sqlite_master")
    [[found]] = database.execute("PRAGMA quick_check(1)")
    database.execute("ROLLBACK")
    if tables and application != APPLICATION_ID:
        problem = "is a database of another program; nothing was changed: name another file"
        raise DataError(problem, file=str(path))
    if version > len(MIGRATIONS):
        problem = "was written by a newer edge-router; upgrade with: pip install -U edge-router"
        raise DataError(problem, file=str(path))
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    return int(version)
