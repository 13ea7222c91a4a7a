"""The figure of ``stats``."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from edge_router import Journal
from edge_router.cli.main import main
from edge_router.journal import Entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two texts decided on the device, one that a model was asked about, one abstained from."""
    known = {"confidence": 0.8, "reason": "confident", "threshold": 0.5, "routing_us": 90}
    with Journal(tmp_path / "home.db") as journal:
        for decided, tool, sent in (
            ("lights.dim", "lights.dim", 0),
            ("$x^2$.名前", "$x^2$.名前", 0),
            (None, "tea", 40),
            (None, None, 0),
        ):
            entry = Entry(
                text="", decided=decided, tool=tool, tokens_in=sent, total_us=1500, status="done",
                estimated_tokens_all_tools=700, **known,
            )  # fmt: skip
            journal.record(entry)
    return tmp_path / "home.db"


def read_words(figure: Path) -> list[str]:
    return ["".join(e.itertext()) for e in ET.parse(figure).iter() if e.tag.endswith("}text")]


def test_an_svg_says_what_the_numbers_say(path: Path, tmp_path: Path, capsys):
    pytest.importorskip("matplotlib", reason="needs the extra [export]")
    figure = tmp_path / "week.svg"
    assert main(["stats", str(path), "--figure", str(figure)]) == 0
    assert capsys.readouterr().out.startswith("texts              4, ")
    words = read_words(figure)
    for said in (
        *("Texts by the hour", "decided here: 2", "asked a model: 1", "abstained: 1"),
        *("Tokens saved, about 2,800 in all", "Texts by tool", "lights.dim", "tea", "$x^2$.名前"),
        *("routing", "90 us / 90 us / 90 us", "whole", "1.5 ms / 1.5 ms / 1.5 ms"),
    ):
        assert said in words, said
    again = tmp_path / "again.svg"
    assert main(["stats", str(path), "--figure", str(again), "--json"]) == 0
    assert again.read_bytes() == figure.read_bytes()


def test_a_png_is_one(path: Path, tmp_path: Path):
    pytest.importorskip("matplotlib", reason="needs the extra [export]")
    assert main(["stats", str(path), "--figure", str(tmp_path / "week.PNG")]) == 0
    assert (tmp_path / "week.PNG").read_bytes().startswith(b"\x89PNG")


def test_a_journal_without_records_has_a_figure_too(tmp_path: Path):
    pytest.importorskip("matplotlib", reason="needs the extra [export]")
    Journal(tmp_path / "home.db").close()
    figure = tmp_path / "none.svg"
    assert main(["stats", str(tmp_path / "home.db"), "--figure", str(figure)]) == 0
    assert "Tokens saved, about 0 in all" in read_words(figure)


def test_a_file_of_another_kind_is_refused(path: Path, tmp_path: Path, capsys):
    assert main(["stats", str(path), "--figure", str(tmp_path / "week.txt")]) == 2
    assert "end it with .svg or .png" in capsys.readouterr().err
    assert not (tmp_path / "week.txt").exists()


def test_without_matplotlib_it_says_what_to_install(path: Path, tmp_path: Path):
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nfrom edge_router.cli.main import main\n"
        f"sys.exit(main(['stats', {str(path)!r}, '--figure', {str(tmp_path / 'a.svg')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.returncode == 2
    assert b'pip install "edge-router[export]"' in done.stderr
