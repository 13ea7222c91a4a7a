"""Each distinct text that a journal keeps, once."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from edge_router.decision import Reason
from edge_router.journal import Record


@dataclass(frozen=True, slots=True)
class Heard:
    """A text, with all that was recorded of it."""

    text: str
    """As it was said the last time."""
    record: Record
    """The newest of its records."""
    times: int
    """How often it was said; replies to questions are none."""
    model_tool: str | None
    """What a language model chose for it the last time that it was asked; ``None``: never."""

    @property
    def decided(self) -> str | None:
        """The tool decided for, asked about or not; ``None`` where the router abstained."""
        entry = self.record.entry
        is_proposed = entry.reason == Reason.NEEDS_CONFIRMATION
        return entry.candidate if is_proposed else entry.decided


def group_heard(records: Iterable[Record], *, judged: Container[str] = ()) -> list[Heard]:
    """The texts of ``records`` (oldest first), the newest first: those that were kept, and whose
    hash is none of the ``judged``.
    """
    found: dict[str, Heard] = {}
    for record in records:
        text = record.entry.text
        if text is None or not text.strip() or record.text_hash in judged:
            continue
        before = found.pop(record.text_hash, None)  # the newest stands last
        found[record.text_hash] = Heard(
            text=text,
            record=record,
            times=(before.times if before else 0) + (not record.entry.is_reply),
            model_tool=record.weak_tool or (before.model_tool if before else None),
        )
    return list(reversed(found.values()))
