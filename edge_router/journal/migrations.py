"""How a journal's tables came to be: one small function a version, and none is ever changed.

``PRAGMA user_version`` counts those that a file has seen.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from sqlite3 import Connection


def _create_records(database: Connection) -> None:
    database.execute("CREATE TABLE settings (run INTEGER NOT NULL, key BLOB NOT NULL)")
    database.execute("INSERT INTO settings VALUES (0, ?)", (secrets.token_bytes(32),))
    database.execute(
        """
        CREATE TABLE records (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, text TEXT, text_hash BLOB NOT NULL,
            decided TEXT, confidence REAL, reason TEXT, threshold REAL, candidate TEXT,
            bundle TEXT, status TEXT, tool TEXT, is_reply INTEGER,
            routing_us INTEGER, tool_us INTEGER, total_us INTEGER,
            tokens_in INTEGER, tokens_out INTEGER,
            estimated_tokens_in INTEGER, estimated_tokens_all_tools INTEGER
        )
        """
    )
    database.execute("CREATE INDEX records_at ON records (at)")


def _add_feedback(database: Connection) -> None:
    for column in ("is_right", "is_corrected"):
        database.execute(f"ALTER TABLE records ADD COLUMN {column} INTEGER")
    database.execute("ALTER TABLE records ADD COLUMN right_tool TEXT")


def _add_propensity(database: Connection) -> None:
    database.execute("ALTER TABLE records ADD COLUMN propensity REAL")


def _add_unknown_share(database: Connection) -> None:
    database.execute("ALTER TABLE records ADD COLUMN unknown_share REAL")


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _create_records,
    _add_feedback,
    _add_propensity,
    _add_unknown_share,
)
"""In the order of the versions: the first makes version 1."""
