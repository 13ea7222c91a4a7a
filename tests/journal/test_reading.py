"""What a journal tells: its last records, all of them together, and what they teach."""

import time
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import DataError, InputError, Journal
from edge_router.examples import read_examples
from edge_router.journal import (
    Feedback,
    Latency,
    give_feedback,
    read_corrections,
    read_records,
    summarize,
)
from edge_router.journal.stats import find_percentiles
from edge_router.taught import Taught, update_taught

RIGHT, WRONG = Feedback(is_right=True), Feedback(is_right=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def fill(path: Path, *entries, keep_texts: bool = True) -> None:
    with Journal(path, keep_texts=keep_texts) as journal:
        for entry in entries:
            journal.record(entry)


def list_ids(path: Path, **settings) -> list[str]:
    return [record.id for record in read_records(path, **settings)]


def test_the_last_records_end_with_the_newest_and_are_chosen_by_what_they_are(path: Path):
    fill(
        path,
        make_entry(),
        make_entry("tea", "tea"),
        make_entry("maybe", None),
        make_entry("perhaps", None, status="done", tool="tea"),
    )
    assert list_ids(path) == ["1-1", "1-2", "1-3", "1-4"]
    assert list_ids(path, last=2) == ["1-3", "1-4"]
    assert list_ids(path, tool="tea") == ["1-2", "1-4"]
    assert list_ids(path, is_abstained=True) == ["1-3", "1-4"]
    assert list_ids(path, since=time.time() + 60) == []


def test_the_numbers_are_those_of_the_records(path: Path):
    fill(
        path,
        make_entry("dim", estimated_tokens_all_tools=1000),
        make_entry("Dim ", status="failed", tool_us=50),
        make_entry("tea", "tea", status="needs_argument", tool_us=0, estimated_tokens_all_tools=500),
        make_entry("tea", "tea", is_reply=True, routing_us=0, estimated_tokens_all_tools=1000),
        make_entry("maybe", None),
        make_entry("cosy", None, status="done", tool="dim", tokens_in=90, tokens_out=9,
                   estimated_tokens_in=100, estimated_tokens_all_tools=2000),
        make_entry("routed only", "tea", status=None, tool_us=0),
    )  # fmt: skip
    stats = summarize(path)
    assert (stats.texts, stats.distinct_texts, stats.abstained) == (6, 5, 2)
    assert (stats.dispatched, stats.answered_locally, stats.asked_remote) == (5, 2, 1)
    assert (stats.tokens_in, stats.tokens_out, stats.tokens_saved) == (90, 9, 4400)
    assert stats.routing == Latency(100, 100, 100)
    dim, tea = stats.tools
    assert (dim.tool, dim.texts, dim.done, dim.failed) == ("dim", 3, 2, 1)
    assert dim.running == Latency(20, 50, 50)
    assert (tea.tool, tea.texts, tea.done, tea.failed) == ("tea", 2, 1, 0)
    assert summarize(path, since=time.time() + 60).texts == 0


def test_an_empty_journal_has_no_percentiles(path: Path):
    fill(path)
    stats = summarize(path)
    assert (stats.texts, stats.tokens_saved, stats.routing, stats.whole) == (0, 0, None, None)
    assert stats.tools == ()


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([7], (7, 7, 7)),
        ([1, 2], (1, 2, 2)),
        (list(range(1, 101)), (50, 90, 99)),
        (list(range(1, 202)), (101, 181, 199)),
    ],
)
def test_percentiles_are_times_that_were_measured(times: list[int], expected: tuple[int, ...]):
    assert find_percentiles(times) == Latency(*expected)


def test_the_last_feedback_of_a_record_stands(path: Path):
    fill(path, make_entry())
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-1", Feedback(is_right=False, is_corrected=True, tool="tea"))
    assert read_records(path)[0].feedback == Feedback(False, True, "tea")
    stats = summarize(path)
    assert (stats.right, stats.wrong, stats.tools[0].wrong) == (0, 1, 1)


def test_feedback_is_given_while_the_journal_is_open(path: Path):
    with Journal(path, durable=True) as journal:
        first = journal.record(make_entry())
        give_feedback(path, first, RIGHT)
        journal.record(make_entry())
    assert [record.feedback for record in read_records(path)] == [RIGHT, None]


@pytest.mark.parametrize("name", ["7", "1_1", "1-", "-1", "1-1-1", "99999999999-1", "\u0661-1"])
def test_what_is_no_id_is_refused(path: Path, name: str):
    fill(path)
    with pytest.raises(InputError, match="is no record's id"):
        give_feedback(path, name, RIGHT)


def test_an_id_that_is_not_there_is_refused(path: Path):
    fill(path)
    with pytest.raises(DataError, match="has no record 1-7; `edge-router log` shows"):
        give_feedback(path, "1-7", RIGHT)


@pytest.mark.parametrize(
    "said",
    [
        Feedback(is_right=True, is_corrected=True, tool="tea"),
        Feedback(is_right=False, is_corrected=True, tool=" "),
        Feedback(is_right=False, tool="tea"),
    ],
)
def test_feedback_that_contradicts_itself_is_refused(path: Path, said: Feedback):
    fill(path, make_entry())
    with pytest.raises(InputError):
        give_feedback(path, "1-1", said)


def test_feedback_becomes_examples(path: Path):
    fill(
        path,
        make_entry("dim it"),
        make_entry("a cup"),
        make_entry("sing", None),
        make_entry("cosy", None, status="done", tool="dim"),
        make_entry("no idea"),
        make_entry("who are you"),
        make_entry("nobody said anything"),
    )
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-2", Feedback(False, True, "tea"))
    give_feedback(path, "1-3", RIGHT)
    give_feedback(path, "1-4", RIGHT)
    give_feedback(path, "1-5", WRONG)
    give_feedback(path, "1-6", Feedback(False, True, None))
    found = read_corrections(path)
    assert [(example.text, example.tool) for example in found.examples] == [
        ("dim it", "dim"),
        ("a cup", "tea"),
        ("sing", None),
        ("cosy", "dim"),
        ("who are you", None),
    ]
    assert (found.without_text, found.without_tool) == (0, 1)


def test_of_equal_texts_the_last_word_counts(path: Path):
    fill(path, make_entry("dim it"), make_entry("Dim  it"), make_entry("dim it"))
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-2", Feedback(False, True, "tea"))
    [example] = read_corrections(path).examples
    assert (example.text, example.tool) == ("Dim  it", "tea")


def test_texts_that_were_not_kept_are_counted(path: Path):
    fill(path, make_entry("dim it"), make_entry("tea", "tea"), keep_texts=False)
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-2", RIGHT)
    found = read_corrections(path)
    assert (found.examples, found.without_text) == ((), 2)


def test_examples_overrule_what_a_taught_file_says(path: Path, tmp_path: Path):
    taught = tmp_path / "taught.jsonl"
    update_taught(taught, lambda held: held.teach("dim", ["a cup", "dim it"]))
    fill(path, make_entry("a cup"))
    give_feedback(path, "1-1", Feedback(False, True, "tea"))
    rows = Taught().with_rows(read_corrections(path).examples)
    for _ in range(2):
        update_taught(taught, lambda held: held.with_all_of(rows))
    assert [(e.text, e.tool) for e in read_examples(taught)] == [
        ("dim it", "dim"),
        ("a cup", "tea"),
    ]
    assert len(taught.read_text("utf-8").splitlines()) == 3
