"""Reads a journal's records again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from edge_router.journal.database import reading
from edge_router.journal.entry import Entry, Feedback, Record, format_id

_ENTRY = tuple(field.name for field in fields(Entry))
_SELECT = (
    f"SELECT id, at, text_hash, is_right, is_corrected, right_tool, {', '.join(_ENTRY)} "  # noqa: S608 - names of our own fields
    "FROM records WHERE at >= :since"
)


def read_records(
    path: str | os.PathLike[str],
    *,
    last: int = 20,
    since: float = 0,
    tool: str | None = None,
    is_abstained: bool = False,
) -> list[Record]:
    """The ``last`` records of the journal ``path`` from ``since`` on (seconds since 1970), the
    newest at the end: those that ``tool`` was decided for or answered, or ``is_abstained`` ones.

    Raises DataError for a file that cannot be read.
    """
    query = _SELECT
    if tool is not None:
        query += " AND :tool IN (decided, tool)"
    if is_abstained:
        query += " AND decided IS NULL"
    with reading(Path(path)) as database:
        rows = database.execute(
            f"{query} ORDER BY at DESC, id DESC LIMIT :last",
            {"since": since, "tool": tool, "last": last},
        ).fetchall()
    return [_make_record(row) for row in reversed(rows)]


def read_judged_hashes(path: str | os.PathLike[str]) -> frozenset[str]:
    """The hashes of the texts that somebody said something of, in the journal ``path``; raises
    DataError for a file that cannot be read.
    """
    query = "SELECT DISTINCT text_hash FROM records WHERE is_right IS NOT NULL"
    with reading(Path(path)) as database:
        return frozenset([hashed.hex() for (hashed,) in database.execute(query)])


def read_judged(database: sqlite3.Connection) -> list[Record]:
    """The records that somebody said something of, oldest first."""
    rows = database.execute(f"{_SELECT} AND is_right IS NOT NULL ORDER BY at, id", {"since": 0})
    return [_make_record(row) for row in rows]


def iterate_records(database: sqlite3.Connection, since: float) -> Iterator[Record]:
    """All records from ``since`` on, oldest first, one by one as they are asked for."""
    return map(_make_record, database.execute(f"{_SELECT} ORDER BY at, id", {"since": since}))


def read_weak(database: sqlite3.Connection) -> list[Record]:
    """The records with a weak label whose text nobody judged, oldest first."""
    judged = "SELECT text_hash FROM records WHERE is_right IS NOT NULL"
    rows = database.execute(
        f"{_SELECT} AND decided IS NULL AND text_hash NOT IN ({judged}) ORDER BY at, id",
        {"since": 0},
    )
    return [record for record in map(_make_record, rows) if record.weak_tool is not None]


def _make_record(row: tuple[Any, ...]) -> Record:
    number, at, text_hash, is_right, is_corrected, right_tool, *values = row
    entry = dict(zip(_ENTRY, values, strict=True))
    said = None if is_right is None else Feedback(bool(is_right), bool(is_corrected), right_tool)
    entry["is_reply"] = bool(entry["is_reply"])
    return Record(format_id(number), at, text_hash.hex(), Entry(**entry), said)
