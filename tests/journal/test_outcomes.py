"""A journal's records as what learning from outcomes and ``judge`` read."""

import sqlite3
import time
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import Journal
from edge_router.examples import LoggedOutcome
from edge_router.journal import Entry, Feedback, Rewards, give_feedback, read_logged_outcomes

RIGHT, WRONG = Feedback(is_right=True), Feedback(is_right=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def fill(path: Path, *entries: Entry, keep_texts: bool = True) -> None:
    with Journal(path, keep_texts=keep_texts) as journal:
        for entry in entries:
            journal.record(entry)


def row(text: str, tool: str | None, propensity: float, reward: float, **more) -> LoggedOutcome:
    return LoggedOutcome(text=text, tool=tool, propensity=propensity, reward=reward, **more)


def test_what_was_said_is_the_reward_of_what_was_taken(path: Path):
    fill(
        path,
        make_entry("dim it", propensity=0.98),
        make_entry("a cup", "tea", propensity=0.02, reason="explored", candidate="dim"),
        make_entry("sing", None, propensity=1.0),
        make_entry("nobody said anything", propensity=1.0),
        make_entry("open up", None, propensity=1.0, reason="needs_confirmation", candidate="door",
                   status="done", tool="door"),
    )  # fmt: skip
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-2", WRONG)
    give_feedback(path, "1-3", Feedback(False, True, "radio"))
    give_feedback(path, "1-5", RIGHT)
    found = read_logged_outcomes(path)
    assert found.rows == (
        row("dim it", "dim", 0.98, 1.0),
        row("a cup", "tea", 0.02, 0.0),
        row("sing", None, 1.0, 0.0),
        row("open up", "door", 1.0, 1.0),
    )
    assert (found.without_reward, found.without_text, found.without_propensity) == (1, 0, 0)


def test_where_the_router_abstained_nothing_was_taken_at_the_price_of_the_model(path: Path):
    asked = {"propensity": 1.0, "tokens_in": 900, "tokens_out": 100, "estimated_tokens_in": 800}
    fill(
        path,
        make_entry("cosy", None, status="done", tool="dim", **asked),
        make_entry("who are you", None, status="answered", **asked | {"tokens_in": 0}),
    )
    give_feedback(path, "1-1", RIGHT)
    give_feedback(path, "1-2", WRONG)
    assert read_logged_outcomes(path, rewards=Rewards(price=2.0)).rows == (
        row("cosy", None, 1.0, 1.0, cost=0.002),
        row("who are you", None, 1.0, 0.0, cost=0.0018),
    )
    assert [found.cost for found in read_logged_outcomes(path).rows] == [0.0, 0.0]


def test_a_failure_is_wrong_only_where_that_is_asked_for(path: Path):
    failed = {"status": "failed", "propensity": 1.0}
    fill(path, make_entry("dim it", **failed), make_entry("dim that", **failed))
    give_feedback(path, "1-2", RIGHT)
    said = row("dim that", "dim", 1.0, 1.0)
    assert read_logged_outcomes(path).rows == (said,)
    found = read_logged_outcomes(path, rewards=Rewards(is_failure_wrong=True))
    assert found.rows == (row("dim it", "dim", 1.0, 0.0), said)
    assert found.without_reward == 0


def test_what_a_model_chose_is_a_weak_row_only_where_that_is_asked_for(path: Path):
    chosen = {"propensity": 1.0, "tool": "dim", "tokens_in": 900}
    fill(
        path,
        make_entry("cosy", None, status="done", **chosen),
        make_entry("warm", None, status="failed", **chosen),
        make_entry("more", None, status="needs_argument", **chosen),
        make_entry("soft", None, status="done", **chosen),
        make_entry("who are you", None, status="answered", propensity=1.0),
        make_entry("open up", None, propensity=1.0, reason="needs_confirmation", candidate="door",
                   status="done", tool="door"),
    )  # fmt: skip
    give_feedback(path, "1-4", WRONG)
    said = row("soft", None, 1.0, 0.0, cost=0.0009)
    found = read_logged_outcomes(path, rewards=Rewards(price=1.0, takes_weak=True))
    assert found.rows == (row("cosy", "dim", 1.0, 1.0, is_weak=True), said)
    assert found.without_reward == 4
    assert read_logged_outcomes(path, rewards=Rewards(price=1.0)).rows == (said,)


def test_what_cannot_be_a_row_is_counted(path: Path):
    fill(path, make_entry("dim it", propensity=1.0), keep_texts=False)
    fill(path, make_entry("dim that"), make_entry("dim all", propensity=1.0))
    for record in ("1-1", "2-1", "2-2"):
        give_feedback(path, record, RIGHT)
    found = read_logged_outcomes(path)
    assert found.rows == (row("dim all", "dim", 1.0, 1.0),)
    assert (found.without_reward, found.without_text, found.without_propensity) == (0, 1, 1)


def test_only_from_a_moment_on(path: Path):
    fill(path, make_entry("dim it", propensity=1.0))
    give_feedback(path, "1-1", RIGHT)
    assert len(read_logged_outcomes(path, since=time.time() - 60).rows) == 1
    assert read_logged_outcomes(path, since=time.time() + 60).rows == ()


def test_the_key_to_explore_by_is_the_files_own_and_not_that_of_the_hashes(tmp_path: Path):
    keys = []
    for name in ("a.db", "a.db", "b.db"):
        with Journal(tmp_path / name) as journal:
            keys.append(journal.exploration_key)
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) == 32
    database = sqlite3.connect(tmp_path / "a.db")
    [[of_hashes]] = database.execute("SELECT key FROM settings")
    database.close()
    assert keys[0] != of_hashes
