"""The journal of what was decided, for whoever runs a router."""

from __future__ import annotations

import hmac
import os
import time
import weakref
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Self

from edge_router.errors import InputError
from edge_router.journal.database import describes_errors, open_database, writing
from edge_router.journal.entry import RUN_BITS, Entry, format_id
from edge_router.journal.writer import Retention, Writer

MIN_BYTES = 1 << 20
"""Of ``max_bytes``: fewer hold hardly a day."""


class Journal:
    """One SQLite file of decisions and what came of them. Thread-safe; several processes may record
    into one file.

    Recording costs its caller some microseconds: a thread of its own, started by the first record,
    writes what has gathered. Killed, a process loses what it recorded in the last half second, or
    since a write that is under way began, and never more than 1,000 records. With ``durable`` each
    record is on the disk before ``record`` returns. Where the file cannot be written, one warning
    is logged, and whatever recorded goes on without it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        keep_texts: bool = False,
        durable: bool = False,
        max_days: float = 365,
        max_bytes: int = 64 << 20,
    ) -> None:
        """Opens the file ``path``, or makes it. Without ``keep_texts`` a keyed hash stands for each
        text; what is older than ``max_days``, or beyond ``max_bytes``, is deleted.

        Raises DataError where the file cannot be a journal, and leaves it as it is.
        """
        if not max_days > 0 or max_bytes < MIN_BYTES:
            raise InputError(
                f"a journal keeps more than 0 days and at least {MIN_BYTES} bytes, not {max_days} "
                f"days and {max_bytes} bytes; give it more"
            )
        self.path = Path(path)
        """The file."""
        self.is_durable = durable
        """Whether ``record`` waits for the disk."""
        database = open_database(self.path, is_made=True)
        with describes_errors(self.path), writing(database):
            database.execute("UPDATE settings SET run = run + 1")
            [[run, key]] = database.execute("SELECT run, key FROM settings")
        self.exploration_key = hmac.digest(key, b"exploration", "sha256")
        """A secret of this file for ``Router.explore``, the same whenever it is opened; the hashes
        of texts cannot be made with it.
        """
        self._numbers = count((run << RUN_BITS) + 1)
        self._writer = Writer(
            database,
            path=self.path,
            key=key,
            keep_texts=keep_texts,
            retention=Retention(max_days=max_days, max_bytes=max_bytes),
        )
        # also where nobody closes it: at the end of the program, or with the last reference
        self._close = weakref.finalize(self, self._writer.close)

    def record(self, entry: Entry | Callable[[], Entry], *, may_wait: bool = True) -> str:
        """The id under which ``entry`` is recorded; a function is called when it is written. Raises
        nothing where it cannot be. Where so many wait that it would have to, an entry that may not
        ``may_wait`` is lost: an event loop has others to serve.
        """
        number = next(self._numbers)
        self._writer.put((number, time.time(), entry), may_wait=may_wait)
        if self.is_durable:
            self._writer.flush()
        else:
            self._writer.wake()
        return format_id(number)

    @property
    def lost(self) -> int:
        """Records that could not be written."""
        return self._writer.lost

    def flush(self) -> None:
        """Writes what was recorded so far."""
        self._writer.flush()

    def close(self) -> None:
        """Writes what was recorded and closes the file; what is recorded later is dropped."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
