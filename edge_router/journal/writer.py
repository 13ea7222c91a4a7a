"""What stands between a journal's callers and its disk: a bounded queue, and batches."""

from __future__ import annotations

import hmac
import logging
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

from edge_router.examples import normalize
from edge_router.journal.database import describe, is_damage, writing
from edge_router.journal.entry import Entry

LOG = logging.getLogger(__name__)
MAX_PENDING = 1000
"""Records that wait for the disk: the next one waits with them, or is dropped while the disk
fails."""
WRITE_AFTER_S = 0.5
"""The oldest of them waits so long, or ..."""
WRITE_FROM = 500
"""... until so many have gathered."""
RETRY_AFTER_S = 5.0
"""Between two attempts to write where the first failed."""
_HASH_BYTES = 16
_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "text")
_read_columns = attrgetter(*_COLUMNS)
_WIDTH = len(_COLUMNS) + 4
_INSERT = f"INSERT INTO records (id, at, text, text_hash, {', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - names of our own fields
# One statement for many rows: each one gives the interpreter away, and between two of them this
# thread would compete for it with the threads that decide. 999 values suit every SQLite.
_ROWS_OF_STATEMENT = 999 // _WIDTH
Pending = tuple[int, float, Entry | Callable[[], Entry]]
"""A record's number, when it was made, and the entry, or what makes it."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept."""

    max_days: float
    """Older records are deleted."""
    max_bytes: int
    """Where the file holds more, the oldest tenth is deleted."""


class Writer:
    """Writes what is put into it, from a thread of its own or when it is flushed."""

    def __init__(
        self,
        database: sqlite3.Connection,
        *,
        path: Path,
        key: bytes,
        keep_texts: bool,
        retention: Retention,
    ) -> None:
        """``path`` is for messages; ``key`` is the one of the texts' hashes."""
        self.lost = 0
        """Records that were dropped."""
        self._database = database
        self._path = path
        self._key = key
        self._keep_texts = keep_texts
        self._retention = retention
        self._pending: deque[Pending] = deque()
        self._writing = 0  # taken from the queue and not yet on the disk
        self._failed_at_s: float | None = None
        self._lock = threading.RLock()  # of the connection, and of the thread's start
        self._thread: threading.Thread | None = None
        self._has_some = threading.Event()
        self._has_many = threading.Event()
        self._is_closed = threading.Event()

    def put(self, pending: Pending, *, may_wait: bool = True) -> None:
        """Takes a record, to be written by the thread or by ``flush``. Where too many wait, writes
        them first, or drops it where that fails or the caller ``may_wait`` for nothing.
        """
        waiting = len(self._pending) + self._writing
        if waiting >= MAX_PENDING and may_wait:
            self.flush()
            waiting = len(self._pending)
        if self._is_closed.is_set() or waiting >= MAX_PENDING:
            self.lost += 1
            return
        self._pending.append(pending)
        if waiting >= WRITE_FROM and not self._has_many.is_set():
            self._has_many.set()

    def wake(self) -> None:
        """Has the thread write soon what was put."""
        if not self._has_some.is_set():
            self._has_some.set()
            if self._thread is None:
                self._start()

    def flush(self) -> None:
        """Writes what was put so far, in the caller's thread."""
        with self._lock:
            if not self._is_closed.is_set():
                self._write()

    def close(self) -> None:
        """Writes what was put, ends the thread and closes the file."""
        with self._lock:
            if self._is_closed.is_set():
                return
            if self._failed_at_s is not None:
                self._failed_at_s = -math.inf  # one last attempt
            self._write()
            self._stop(f"{len(self._pending)} decisions were not recorded")
        # the thread itself closes where an entry that it wrote was the last to hold the journal
        if self._thread not in (None, threading.current_thread()):
            self._thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._is_closed.is_set():
                self._thread = threading.Thread(
                    target=self._run, name="edge-router journal", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while not self._is_closed.is_set():
            self._has_some.wait()
            self._has_many.wait(WRITE_AFTER_S)
            # cleared before the queue is read: what comes meanwhile sets them again
            self._has_some.clear()
            self._has_many.clear()
            self.flush()
            if self._failed_at_s is not None:
                self._is_closed.wait(RETRY_AFTER_S)
                self._has_some.set()

    def _write(self) -> None:
        """Empties the queue, or leaves in it what could not be written."""
        while self._pending and not self._is_resting():
            batch = [self._pending.popleft() for _ in range(len(self._pending))]
            self._writing = len(batch)
            try:
                self._write_batch(batch)
            except sqlite3.OperationalError as error:  # may pass: a full disk, a lock
                self._pending.extendleft(reversed(batch))
                self._rest(error)
                return
            except sqlite3.Error as error:
                self._drop(batch, error)
            else:
                self._recover()
            finally:
                self._writing = 0

    def _write_batch(self, batch: list[Pending]) -> None:
        rows = self._make_rows(batch)
        with writing(self._database):
            for start in range(0, len(rows), _ROWS_OF_STATEMENT):
                _insert(self._database, rows[start : start + _ROWS_OF_STATEMENT])
            prune(self._database, self._retention)

    def _drop(self, batch: list[Pending], error: sqlite3.Error) -> None:
        """Waiting does not help: neither the file, nor these records."""
        self.lost += len(batch)
        if is_damage(error):
            self._stop(describe(error))
        else:
            said = "%s: %d decisions were not recorded (%s); please report this"
            LOG.warning(said, self._path, len(batch), error)

    def _is_resting(self) -> bool:
        failed_at_s = self._failed_at_s
        return failed_at_s is not None and time.monotonic() - failed_at_s < RETRY_AFTER_S

    def _rest(self, error: sqlite3.Error) -> None:
        """The file is left alone for a while; that is told once."""
        if self._failed_at_s is None:
            LOG.warning(
                "%s: %s. Decisions go on; up to %d wait to be recorded",
                self._path,
                describe(error),
                MAX_PENDING,
            )
        self._failed_at_s = time.monotonic()

    def _recover(self) -> None:
        if self._failed_at_s is not None:
            self._failed_at_s = None
            LOG.warning("%s: written again; %d decisions were lost", self._path, self.lost)

    def _stop(self, why: str) -> None:
        """Nothing is recorded from here on; ``why`` is told where that loses something."""
        self._is_closed.set()
        if self._pending or self._writing:
            LOG.warning("%s: %s", self._path, why)
        self.lost += len(self._pending)
        self._pending.clear()
        self._database.close()
        self._has_some.set()
        self._has_many.set()

    def _make_rows(self, batch: list[Pending]) -> list[tuple[Any, ...]]:
        rows = []
        for number, at, made in batch:
            try:
                entry = made if isinstance(made, Entry) else made()
            except Exception:  # one entry's mistake must not cost the others, nor the thread
                LOG.exception("%s: a decision was not recorded; please report this", self._path)
                self.lost += 1
                continue
            text = entry.text or ""
            hashed = hash_text(text, self._key)
            kept = text.encode("utf-8", "replace").decode() if self._keep_texts else None
            rows.append((number, at, kept, hashed, *_read_columns(entry)))
        return rows


def _insert(database: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    places = f"({', '.join('?' * _WIDTH)})"
    database.execute(_INSERT + ", ".join([places] * len(rows)), [*chain.from_iterable(rows)])


def hash_text(text: str, key: bytes) -> bytes:
    """16 bytes that are the same for texts which differ in case and white space alone."""
    said = normalize(text).encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, "sha256")[:_HASH_BYTES]


def prune(database: sqlite3.Connection, retention: Retention) -> None:
    """Deletes what is too old, and the oldest tenths of what is too much."""
    oldest = time.time() - retention.max_days * 86_400
    database.execute("DELETE FROM records WHERE at < ?", (oldest,))
    [[page_bytes]] = database.execute("PRAGMA page_size")
    while _count(database, "page_count") - _count(database, "freelist_count") > (
        retention.max_bytes // page_bytes
    ):
        [[records]] = database.execute("SELECT count(*) FROM records")
        if not records:
            break
        database.execute(
            "DELETE FROM records WHERE id IN (SELECT id FROM records ORDER BY at LIMIT ?)",
            (-(-records // 10),),
        )
    # page by page, since Python takes but one step of this statement
    for _ in range(_count(database, "freelist_count")):
        database.execute("PRAGMA incremental_vacuum(1)")


def _count(database: sqlite3.Connection, pages: str) -> int:
    return int(database.execute(f"PRAGMA {pages}").fetchone()[0])
