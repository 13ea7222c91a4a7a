"""What people say of a decision, and the examples that follow from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge_router.errors import DataError, InputError
from edge_router.examples import Example, normalize
from edge_router.journal.database import describes_errors, open_database, reading, writing
from edge_router.journal.entry import Feedback, parse_id
from edge_router.journal.records import read_judged, read_weak
from edge_router.tool import NAME_RULE, is_name

_UPDATE = "UPDATE records SET is_right = ?, is_corrected = ?, right_tool = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a journal teaches."""

    examples: tuple[Example, ...]
    """Each text once, by the last that was said of it."""
    without_text: int
    """Texts of which the journal kept the hash alone."""
    without_tool: int
    """Texts that were answered wrongly, where nobody said what would have been right."""


def give_feedback(path: str | os.PathLike[str], record_id: str, said: Feedback) -> None:
    """Keeps what was ``said`` of a record in the journal ``path``, in place of what was before.

    Others may record meanwhile. Raises InputError for an id or a name that cannot be, and
    DataError where there is no such record or the file cannot be written.
    """
    give_feedbacks(path, {record_id: said})


def give_feedbacks(path: str | os.PathLike[str], said: Mapping[str, Feedback | None]) -> None:
    """The same of many records by their ids, all or none of it; ``None`` takes back what was said.
    Raises as ``give_feedback`` does.
    """
    rows = [(*_make_columns(each), parse_id(number)) for number, each in said.items()]
    file = Path(path)
    with describes_errors(file), closing(open_database(file)) as database, writing(database):
        for record_id, row in zip(said, rows, strict=True):
            if not database.execute(_UPDATE, row).rowcount:
                problem = f"has no record {record_id}; `edge-router log` shows those that it has"
                raise DataError(problem, file=str(path))


def read_corrections(path: str | os.PathLike[str]) -> Corrections:
    """The examples that follow from what was said of the records of the journal ``path``: of a
    right one what answered, of a wrong one what would have been right. Raises DataError.
    """
    with reading(Path(path)) as database:
        judged = {record.text_hash: record for record in read_judged(database)}
    examples: dict[str, Example] = {}
    without_text = without_tool = 0
    for record in judged.values():
        said, entry = record.feedback, record.entry
        assert said is not None
        if not (said.is_right or said.is_corrected):
            without_tool += 1
        elif entry.text is None or not entry.text.strip():
            without_text += 1
        else:
            tool = entry.tool if said.is_right else said.tool
            # the last word on its text, whatever a file of taught texts says of it
            example = Example(
                entry.text, tool, (), str(path), len(examples) + 1, is_correction=True
            )
            examples[normalize(entry.text)] = example
    return Corrections(tuple(examples.values()), without_text, without_tool)


def read_weak_labels(path: str | os.PathLike[str]) -> tuple[Example, ...]:
    """What a language model chose where the router abstained and nobody said what is right, in the
    journal ``path``: weak examples, each text once, by the last choice. Raises DataError.
    """
    with reading(Path(path)) as database:
        found = read_weak(database)
    last = {r.text_hash: (r.entry.text, r.weak_tool) for r in found if r.entry.text}
    return tuple(
        [
            Example(text, tool, (), str(path), line, is_weak=True)
            for line, (text, tool) in enumerate(last.values(), 1)
            if text.strip()
        ]
    )


def _make_columns(said: Feedback | None) -> tuple[bool | None, bool | None, str | None]:
    if said is None:
        return None, None, None
    if said.is_right and said.is_corrected:
        raise InputError("what was right needs no correction; leave the tool away")
    if said.tool is not None and not (said.is_corrected and is_name(said.tool)):
        raise InputError(f"{said.tool!r} can be no tool's name here; {NAME_RULE}")
    return said.is_right, said.is_corrected, said.tool
