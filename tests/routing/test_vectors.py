"""A file of vectors is a cache: it changes how soon a router is there, never what it says."""

from pathlib import Path

import numpy as np
import pytest

from edge_router import BundleError, DataError, Router
from edge_router.cli.main import main
from edge_router.routing.vectors import key_of, read_vectors, write_vectors

SHA256 = "ab" * 32
VECTORS = {key_of(text): np.arange(4, dtype=np.float32) - n for n, text in enumerate("abc")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "home.vectors"
    write_vectors(path, SHA256, VECTORS)
    return path


def test_what_was_kept_is_read_again(path: Path):
    found = read_vectors(path, SHA256, 4)
    assert found.keys() == VECTORS.keys()
    for key, direction in found.items():
        assert direction.dtype == np.float32
        assert direction.tolist() == VECTORS[key].tolist()


def test_another_bundles_vectors_are_not_taken(path: Path):
    assert read_vectors(path, "cd" * 32, 4) == {}


@pytest.mark.parametrize("length", [0, 5, 22, 86, 87, 100, -33, -1])
def test_a_file_that_was_cut_is_made_anew(path: Path, length: int):
    path.write_bytes(path.read_bytes()[:length])
    assert read_vectors(path, SHA256, 4) == {}


def test_a_file_with_a_changed_byte_is_made_anew(path: Path):
    data = bytearray(path.read_bytes())
    data[130] ^= 1
    path.write_bytes(data)
    assert read_vectors(path, SHA256, 4) == {}


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "diary.txt"
    path.write_text("dear diary", "utf-8")
    with pytest.raises(DataError, match="is no file of vectors"):
        read_vectors(path, SHA256, 4)
    assert path.read_text("utf-8") == "dear diary"


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be read"):
        read_vectors(tmp_path, SHA256, 4)


def test_the_second_time_no_text_is_embedded_and_the_decisions_are_the_same(tmp_path: Path):
    taught, kept = tmp_path / "home.jsonl", tmp_path / "home.vectors"
    router = Router.base().teach("coffee", ["make me a coffee", "espresso"], description="Brews.")
    router.teach("lights", ["dim the lights"]).save_taught(taught)
    first = Router.base().load_taught(taught, vectors=kept)
    before = kept.read_bytes()
    base = Router.base()
    base._reader._embed = None  # would be called for each text
    again = base.load_taught(taught, vectors=kept)
    assert kept.read_bytes() == before
    for text in ("an espresso please", "dim the lamps", "who is it"):
        assert again.route(text) == first.route(text)


def test_what_is_taught_later_is_added(tmp_path: Path):
    taught, kept = tmp_path / "home.jsonl", tmp_path / "home.vectors"
    Router.base().teach("coffee", ["an espresso"]).save_taught(taught)
    Router.base().load_taught(taught, vectors=kept)
    Router.base().load_taught(taught).teach("tea", ["a cup of tea"]).save_taught(taught)
    Router.base().load_taught(taught, vectors=kept)
    base = Router.base()
    known = read_vectors(kept, base.bundle.sha256, base._widths["embedding"])
    assert {key_of("an espresso"), key_of("a cup of tea")} <= known.keys()


def test_a_disk_that_refuses_costs_nothing_but_the_cache(tmp_path: Path, caplog, monkeypatch):
    def refuse(_target, _data):
        raise BundleError("no space left")

    monkeypatch.setattr("edge_router.routing.vectors.write_whole", refuse)
    taught, kept = tmp_path / "home.jsonl", tmp_path / "home.vectors"
    Router.base().teach("coffee", ["an espresso"]).save_taught(taught)
    router = Router.base().load_taught(taught, vectors=kept)
    assert router.route("an espresso").tool == "coffee"
    assert "vectors are not kept: no space left" in caplog.text
    assert not kept.exists()


def test_the_command_keeps_them_where_it_is_told_to(tmp_path: Path, capsys):
    taught, kept = tmp_path / "home.jsonl", tmp_path / "home.vectors"
    Router.base().teach("coffee", ["an espresso"]).save_taught(taught)
    arguments = ["route", "--taught", str(taught), "--vectors", str(kept), "an espresso"]
    assert main(arguments) == 0
    assert "coffee" in capsys.readouterr().out
    assert kept.stat().st_size > 0
