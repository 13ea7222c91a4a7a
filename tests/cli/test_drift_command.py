"""``edge-router drift``: what it prints, and the exit codes that cron goes by."""

import dataclasses
import json
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge_router import Journal, Router
from edge_router.bundle import Histogram, Reference, write_bundle
from edge_router.bundle.reference import STEPS, UNKNOWN_EDGES
from edge_router.cli.main import main
from edge_router.journal import Entry

DAY_S = 86_400


def make_entries(count: int, tool: str, bundle: str | None = None) -> list[Entry]:
    entry = Entry(
        text="dim it",
        decided=tool,
        candidate=tool,
        confidence=0.9,
        reason="confident",
        threshold=0.5,
        unknown_share=0.0,
        bundle=bundle,
    )
    return [entry] * count


def fill(path: Path, days_ago: float, *entries: Entry) -> None:
    """Records of one moment, without their texts."""
    with Journal(path) as journal:
        for entry in entries:
            journal.record(entry)
    database = sqlite3.connect(path)
    database.execute(
        "UPDATE records SET at = ? WHERE id >> 32 = (SELECT run FROM settings)",
        (time.time() - days_ago * DAY_S,),
    )
    database.commit()
    database.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with what was said two weeks ago."""
    path = tmp_path / "home.db"
    fill(path, 14, *make_entries(300, "dim"), *make_entries(300, "tea"))
    return path


@pytest.fixture
def bundle(tiny: str, tmp_path: Path) -> Path:
    """The tiny one, with a reference."""
    read = Router.load(tiny).bundle
    reference = Reference(
        texts=400,
        best=(200, 200, 0),
        abstained=0,
        confidence=Histogram((STEPS // 2,), (0, 400)),
        unknown=Histogram(UNKNOWN_EDGES, (400, 0, 0, 0, 0)),
        is_cross_validated=True,
    )
    parts = dataclasses.replace(read.manifest.parts, reference=reference)
    output = tmp_path / "with.router"
    write_bundle(
        output,
        manifest=dataclasses.replace(read.manifest, parts=parts),
        model=read.model,
        tokenizer=read.tokenizer,
        goldens=read.goldens,
    )
    return output


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[str]]:
    code = main(["drift", *map(str, arguments)])
    return code, capsys.readouterr().out.splitlines()


def test_without_a_drift_the_exit_code_is_0(path: Path, capsys):
    fill(path, 1, *make_entries(100, "dim"), *make_entries(100, "tea"))
    code, lines = run(capsys, path)
    assert code == 0
    assert re.fullmatch(
        r"no drift: 200 texts since [-\d: ]{16}, compared with 600 texts from [-\d: ]{16} to then",
        lines[0],
    )
    assert [line.split()[:3] for line in lines[1:5]] == [
        ["as", "before", "mix"],
        ["as", "before", "confidence"],
        ["as", "before", "abstained"],
        ["as", "before", "unknown"],
    ]
    assert re.search(r"is noticed by such a look with probability: \d\.\d\d % from 1 %, ", lines[5])
    assert len(lines) == 6


def test_a_drift_has_an_exit_code_of_its_own_and_names_what_moved(path: Path, capsys):
    fill(path, 1, *make_entries(30, "dim"), *make_entries(170, "tea"))
    code, lines = run(capsys, path)
    assert code == 4
    assert lines[0].startswith("DRIFT: 200 texts since ")
    moved = [line for line in lines if line.startswith("MOVED")]
    assert [line.split()[1] for line in moved] == ["tea", "dim", "mix"]
    assert re.fullmatch(
        r"MOVED     tea {22}50\.00 % -> 85\.00 % \(79\.39 to 89\.29 %\), chance \de-\d\d", moved[0]
    )


def test_too_few_texts_are_said_to_be_and_are_neither_a_drift_nor_none(path: Path, capsys):
    fill(path, 1, *make_entries(20, "song"))
    code, lines = run(capsys, path)
    assert code == 3
    assert re.fullmatch(r"too few texts to tell: 20 texts .*; either side needs 100", lines[0])
    assert len(lines) == 1
    assert run(capsys, path, "--since", "1h")[0] == 3


def test_the_windows_are_told_on_the_command_line(path: Path, capsys):
    fill(path, 1, *make_entries(200, "song"))
    fill(path, 0, *make_entries(200, "song"))
    assert run(capsys, path)[0] == 4
    code, lines = run(capsys, path, "--since", "12h", "--against", "2d")
    assert code == 0
    assert lines[0].startswith("no drift: 200 texts")
    assert "compared with 200 texts from" in lines[0]
    assert main(["drift", str(path), "--since", "2d", "--against", "12h"]) == 2
    assert "give an earlier --against" in capsys.readouterr().err


def test_a_bundles_held_out_texts_are_compared_with(path: Path, bundle: Path, capsys):
    sha256 = Router.load(bundle).bundle.sha256
    fill(path, 1, *make_entries(150, "lights.dim", sha256), *make_entries(5, "dim"))
    code, lines = run(capsys, path, bundle)
    assert code == 4
    assert lines[0].endswith("compared with 400 held-out texts of the bundle (cross-validated)")
    assert lines[1] == "5 texts that another bundle decided on are left out"
    code, lines = run(capsys, path, bundle, "--against", "28d")
    assert code == 3
    assert "compared with 0 texts from" in lines[0]


def test_a_bundle_without_held_out_texts_leaves_the_journals_own(path: Path, tiny: str, capsys):
    sha256 = Router.load(tiny).bundle.sha256
    fill(path, 14, *make_entries(150, "lights.dim", sha256))
    fill(path, 1, *make_entries(150, "lights.dim", sha256))
    code, lines = run(capsys, path, tiny)
    assert code == 0
    assert "compared with 150 texts from" in lines[0]


def test_in_json_every_number_is_there(path: Path, capsys):
    fill(path, 1, *make_entries(30, "dim"), *make_entries(170, "tea"))
    code, [line] = run(capsys, path, "--json")
    found = json.loads(line)
    assert (code, found["has_drifted"], found["texts"], found["before"]) == (4, True, 200, 600)
    assert found["tools"][0]["tool"] in ("dim", "tea")
    assert found["tools"][0]["has_moved"]
    assert [row["share"] for row in found["power"]] == [0.01, 0.02, 0.05, 0.1, 0.2]


def test_it_works_while_a_program_records(path: Path, capsys):
    with Journal(path) as journal:
        for entry in make_entries(150, "dim") + make_entries(150, "tea"):
            journal.record(entry)
        journal.flush()
        code, lines = run(capsys, path)
        assert code == 0
        assert lines[0].startswith("no drift: 300 texts")
        journal.record(make_entries(1, "dim")[0])
        assert journal.lost == 0


def test_a_tools_name_cannot_steer_the_terminal(path: Path, capsys):
    fill(path, 1, *make_entries(150, "a\x1b[31mcup"))
    assert any(r"a\x1b[31mcup" in line for line in run(capsys, path)[1])


def test_it_needs_no_more_than_the_runtime(path: Path):
    fill(path, 1, *make_entries(200, "dim"))
    code = (
        "import sys\n"
        "for name in ('scipy', 'sklearn', 'torch', 'edge_router_export'): sys.modules[name] = None\n"
        "from edge_router.cli.main import main\n"
        f"sys.exit(main(['drift', {str(path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], timeout=60, check=False)
    assert done.returncode == 4
