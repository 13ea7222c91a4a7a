"""What docs/journal.md says is so."""

import inspect
import re
import shlex
from pathlib import Path

import pytest

from edge_router import Journal
from edge_router.bundle.reference import CONFIDENCE_BINS, UNKNOWN_EDGES
from edge_router.cli import review, stats_figure
from edge_router.cli.exit_codes import ABSTAINED, DONE, DRIFTED
from edge_router.cli.main import COMMANDS
from edge_router.journal import read_records, writer
from edge_router.journal.database import BUSY_S
from edge_router.journal.drift import LEAST_TEXTS, LEVEL
from edge_router.review import clusters, selection
from edge_router.routing import exploration

TEXT = (Path(__file__).parents[2] / "docs" / "journal.md").read_text("utf-8")
WORDS = " ".join(TEXT.split())


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    first, exploring = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(first, {})
    assert capsys.readouterr().out == "1-1\n"
    exec(exploring, {})
    assert capsys.readouterr().out in ("lights.on 0.98\n", "lights.off 0.02\n")
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
        f"that share, up to {exploration.MOST_SHARE}, to the second candidate",
        f"less than 1 in {1 / exploration.LEAST_CONFIDENCE:.0f}",
        f"{exploration.LEAST_KEY_BYTES} to {exploration.MOST_KEY_BYTES} secret bytes",
    ):
        assert said in WORDS, said


def test_its_commands_exist():
    lines = re.findall(r"^edge-router (.*?)(?:  #.*)?$", TEXT, re.MULTILINE)
    assert len(lines) == 15
    assert {shlex.split(line)[0] for line in lines} <= set(COMMANDS)


def test_what_it_says_of_drift_is_so():
    daily, once = (
        f"7 x {100 * LEVEL:.2f} % = {700 * LEVEL:.2f} %",
        f"once a week, {100 * LEVEL:.2f} %",
    )
    codes = f"{DONE} no drift, {DRIFTED} drift, {ABSTAINED} too few texts to tell (fewer than"
    bins = f"over {CONFIDENCE_BINS} bins", f"over {len(UNKNOWN_EDGES) + 1} bins"
    for said in (daily, once, *bins, f"{codes} {LEAST_TEXTS} on either side)"):
        assert said in WORDS, said


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
