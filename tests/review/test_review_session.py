from pathlib import Path

import pytest

from edge_router import DataError, InputError, Journal
from edge_router.examples import read_examples
from edge_router.journal import Entry, Feedback, read_corrections, read_judged_hashes, read_records
from edge_router.review.heard import group_heard
from edge_router.review.item import Item, Why
from edge_router.review.session import Session
from edge_router.taught import read_taught


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Abstained from, decided for dim, and chosen by a language model."""
    with Journal(tmp_path / "home.db", keep_texts=True) as journal:
        for text, decided, tool in (
            ("cup", None, None),
            ("dim it", "dim", "dim"),
            ("x", None, "tea"),
        ):
            entry = Entry(
                text=text, decided=decided, confidence=0.4, reason="low_confidence",
                threshold=0.5, candidate="dim", tool=tool,
            )  # fmt: skip
            journal.record(entry)
    return tmp_path / "home.db"


def make_items(journal: Path) -> dict[str, Item]:
    heard = group_heard(read_records(journal))
    known = {
        "decided": None, "best": "dim", "confidence": 0.4, "threshold": 0.5,
        "proposal": None, "choices": (),
    }  # fmt: skip
    items = {each.text: Item(why=Why.UNSURE, heard=(each,), **known) for each in heard}
    return items | {"all": Item(why=Why.CLUSTER, heard=tuple(heard), **known)}


def read_said(journal: Path) -> list[Feedback | None]:
    return [record.feedback for record in read_records(journal)]


def test_an_answer_stands_in_both_files_at_once(journal: Path, tmp_path: Path):
    items, file = make_items(journal), tmp_path / "mine.jsonl"
    session = Session(journal=journal, taught_file=file)
    session.answer(items["cup"], "tea")
    assert file.read_text() == '{"text": "cup", "tool": "tea", "corrects": true}\n'
    session.answer(items["dim it"], "dim")
    session.answer(items["x"], None)
    assert read_said(journal) == [
        Feedback(is_right=False, is_corrected=True, tool="tea"),
        Feedback(is_right=True),
        Feedback(is_right=False, is_corrected=True),
    ]
    assert session.texts == 3
    taught = [(example.text, example.tool) for example in read_examples(file)]
    assert taught == [("cup", "tea"), ("dim it", "dim"), ("x", None)]
    assert [(e.text, e.tool) for e in read_corrections(journal).examples] == taught
    assert len(read_judged_hashes(journal)) == 3


def test_what_the_model_chose_is_right_where_somebody_says_so(journal: Path, tmp_path: Path):
    Session(journal=journal, taught_file=tmp_path / "m.jsonl").answer(
        make_items(journal)["x"], "tea"
    )
    assert read_said(journal)[2] == Feedback(is_right=True)


def test_undo_takes_the_last_answer_out_of_both_files(journal: Path, tmp_path: Path):
    items, file = make_items(journal), tmp_path / "mine.jsonl"
    file.write_text('{"text": "cup", "tool": "mug"}\n')
    session = Session(journal=journal, taught_file=file)
    session.answer(items["x"], "ring")
    session.answer(items["all"], "tea")
    assert {e.tool for e in read_taught(file).examples} == {"tea"}
    assert session.undo() is items["all"]
    # what was said before the answer holds again
    assert [(e.text, e.tool) for e in read_taught(file).examples] == [("x", "ring"), ("cup", "mug")]
    assert session.undo() is items["x"]
    assert [(e.text, e.tool) for e in read_taught(file).examples] == [("cup", "mug")]
    assert read_said(journal) == [None, None, None]
    with pytest.raises(InputError, match="no answer to take back"):
        session.undo()


def test_a_journal_that_cannot_be_written_is_told_and_the_taught_file_has_the_answer(
    journal: Path, tmp_path: Path
):
    items, file = make_items(journal), tmp_path / "mine.jsonl"
    journal.write_text("no journal " * 100)
    with pytest.raises(DataError, match="is no journal"):
        Session(journal=journal, taught_file=file).answer(items["cup"], "tea")
    assert [example.text for example in read_examples(file)] == ["cup"]
