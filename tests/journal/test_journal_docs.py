"""What docs/journal.md says is so."""

import inspect
import re
import shlex
from pathlib import Path

import pytest

from edge_router import Journal
from edge_router.cli import review, stats_figure
from edge_router.cli.main import COMMANDS
from edge_router.journal import read_records, writer
from edge_router.journal.database import BUSY_S
from edge_router.review import clusters, selection

TEXT = (Path(__file__).parents[2] / "docs" / "journal.md").read_text("utf-8")
WORDS = " ".join(TEXT.split())


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert capsys.readouterr().out == "1-1\n"
    assert read_records("home.db")[0].entry.status == "done"


def test_its_numbers_are_the_programs():
    bounds = inspect.signature(Journal).parameters
    assert (bounds["max_days"].default, bounds["max_bytes"].default) == (365, 64 << 20)
    assert writer.WRITE_AFTER_S == 0.5
    for said in (
        f"never more than {writer.MAX_PENDING:,} records",
        f"{writer.MAX_PENDING:,} records wait",
        f"every {writer.RETRY_AFTER_S:.0f} s it is tried again",
        f"waits up to {BUSY_S:.0f} s",
        "older than a year",
        "beyond 64 MB the oldest tenth",
    ):
        assert said in WORDS, said


def test_its_commands_exist():
    lines = re.findall(r"^edge-router (.*?)(?:  #.*)?$", TEXT, re.MULTILINE)
    assert len(lines) == 10
    assert {shlex.split(line)[0] for line in lines} <= set(COMMANDS)


def test_what_is_zeroed_and_locked_is_what_it_says(tmp_path: Path):
    with Journal(tmp_path / "home.db") as journal:
        pragmas = {
            name: journal._writer._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("secure_delete", "journal_mode", "synchronous", "auto_vacuum")
        }
    full, incremental = 2, 2
    assert pragmas == {
        "secure_delete": 1,
        "journal_mode": "truncate",
        "synchronous": full,
        "auto_vacuum": incremental,
    }


def test_what_is_reviewed_is_what_it_says():
    lines = [line for line in TEXT.splitlines() if line.startswith("|")]
    for said in (
        f"at most {review.MOST} (`--most`)",
        f"last {review.LAST:,} records (`--last`)",
        f"at least {clusters.FEWEST} that lie nearer to one another (a cosine of {clusters.LINK})",
        f"At most {selection.SHOWN_OF_CLUSTER} are shown",
        f"newest {selection.CLUSTERED:,} texts",
        f"within {selection.NEAR} of the threshold",
        "the twelve most frequent tools",
    ):
        assert said in WORDS, said
    assert stats_figure.TOOLS == 12
    keys = (
        review.RIGHT,
        review.NONE,
        review.TYPE,
        review.EACH,
        review.SKIP,
        review.UNDO,
        review.QUIT,
    )
    described = " ".join(line.split("|")[1] for line in lines)
    assert [key for key in keys if f"`{key}`" not in described] == []
