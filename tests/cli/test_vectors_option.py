"""Every command that takes --vectors keeps them."""

import io
from pathlib import Path

import pytest

from edge_router import Router
from edge_router.cli.main import main

HOME = Path(__file__).parents[2] / "examples" / "assistant" / "home.py"


@pytest.mark.parametrize(
    "arguments",
    [
        ["route", "an espresso"],
        ["explain", "an espresso"],
        ["why-not", "an espresso", "coffee"],
        ["chat", "--tools", str(HOME)],
    ],
)
def test_vectors_are_kept(arguments: list[str], tmp_path: Path, capsys, monkeypatch):
    taught, kept = tmp_path / "home.jsonl", tmp_path / "home.vectors"
    Router.base().teach("coffee", ["make me an espresso"]).save_taught(taught)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    main([arguments[0], "--taught", str(taught), "--vectors", str(kept), *arguments[1:]])
    assert kept.stat().st_size > 0
