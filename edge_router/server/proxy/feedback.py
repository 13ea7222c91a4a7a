"""POST /feedback: what somebody says of a record in the journal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from edge_router.errors import DataError, InputError
from edge_router.server.proxy.body import HttpError
from edge_router.server.proxy.posts import Post, read_fields, refuse

if TYPE_CHECKING:  # SQLite is loaded for those alone who want it
    from edge_router.journal.entry import Feedback
    from edge_router.journal.journal import Journal

_SEND = (
    'send {"record": "12-345", "is_right": true}; where it was wrong, "tool" may say which would '
    "have been right, null for none"
)


def make_feedback(journal: Journal | None) -> Post:
    """Keeps what is said, in the ``journal`` that the proxy records into."""

    async def feedback(asked: Any) -> dict[str, Any]:
        record, said = _read(asked, journal)
        assert journal is not None
        await asyncio.to_thread(_keep, journal, record, said)
        return {"record": record, "is_right": said.is_right}

    return feedback


def _read(asked: Any, journal: Journal | None) -> tuple[str, Feedback]:
    fields = read_fields(asked, {"record", "is_right", "tool"}, _SEND)
    record, is_right, tool = fields.get("record"), fields.get("is_right"), fields.get("tool")
    is_tool = tool is None or isinstance(tool, str)
    if not (isinstance(record, str) and isinstance(is_right, bool) and is_tool):
        refuse(_SEND)
    if journal is None:
        said = "nothing is recorded here; start edge-router serve with --journal FILE"
        raise HttpError(409, said, code="no_journal")
    from edge_router.journal.entry import Feedback

    return record, Feedback(is_right, is_corrected="tool" in fields, tool=tool)


def _keep(journal: Journal, record: str, said: Feedback) -> None:
    """Raises HttpError."""
    from edge_router.journal.feedback import give_feedback

    journal.flush()  # it may be about what was recorded a moment ago
    try:
        give_feedback(journal.path, record, said)
    except InputError as error:
        refuse(str(error))
    except DataError as error:
        if error.__cause__ is None:  # the file is well, and does not have it
            said_back = f"there is no record {record}; see the header or the field that named it"
            raise HttpError(404, said_back, code="no_record") from None
        said_back = "the journal cannot be written now; try again"
        raise HttpError(503, said_back, code="journal_busy") from None
