"""Answers as they are given: at once in the taught file, and in the journal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from edge_router.errors import InputError
from edge_router.journal import Feedback, Record, give_feedbacks
from edge_router.review.item import Item
from edge_router.taught import Taught, update_taught


@dataclass(frozen=True, slots=True)
class _Answer:
    item: Item
    file_before: Taught


class Session:
    """What one person says of the items, and may take back."""

    def __init__(self, *, journal: str | os.PathLike[str], taught_file: Path) -> None:
        """Rows are appended to ``taught_file``, which is made where there is none."""
        self._journal = journal
        self._taught_file = taught_file
        self._answers: list[_Answer] = []

    def answer(self, item: Item, tool: str | None) -> None:
        """Has the texts of ``item`` belong to ``tool``, or to none. Both files have it when this
        returns; raises DataError where one cannot be written.
        """
        before = Taught()

        def correct(held: Taught) -> Taught:
            nonlocal before
            before = held
            for heard in item.heard:
                held = held.correct(heard.text, tool=tool)
            return held

        # killed between the two: what the taught file speaks of is not asked again
        update_taught(self._taught_file, correct)
        self._answers.append(_Answer(item, before))
        said = {heard.record.id: _judge(heard.record, tool) for heard in item.heard}
        give_feedbacks(self._journal, said)

    def undo(self) -> Item:
        """Takes the last answer back, in both files; raises InputError where there is none."""
        if not self._answers:
            raise InputError("there is no answer to take back; give one first")
        last = self._answers[-1]

        def restore(held: Taught) -> Taught:
            for heard in last.item.heard:
                held = held.restore(heard.text, before=last.file_before)
            return held

        update_taught(self._taught_file, restore)
        give_feedbacks(self._journal, {heard.record.id: None for heard in last.item.heard})
        return self._answers.pop().item

    @property
    def texts(self) -> int:
        """Texts that were answered."""
        return sum(len(answer.item.heard) for answer in self._answers)


def _judge(record: Record, tool: str | None) -> Feedback:
    is_right = record.entry.tool == tool
    return Feedback(is_right) if is_right else Feedback(is_right, True, tool)  # noqa: FBT003 - a field
