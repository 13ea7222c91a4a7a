import json
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from edge_router import DataError
from edge_router_export.load_data import Files, load_data
from edge_router_export.recipe import TrainRecipe, read_recipe

RECIPE = read_recipe(TrainRecipe, "tiny")
TEA = [{"text": f"tea {i}", "tool": "tea"} for i in range(10)]
LIGHT = [{"text": f"light {i}", "tool": "light"} for i in range(10)]


def write(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_tools_stand_in_the_order_of_their_names_and_no_tool_last(tmp_path: Path):
    rows = [{"text": "sing", "tool": None}, *TEA, *LIGHT]
    data = load_data(Files(examples=(write(tmp_path / "a.jsonl", rows),)), RECIPE)
    assert data.labels == {"light": 0, "tea": 1, None: 2}
    assert data.answers_no_tool
    assert (len(data.train), data.valid, data.test) == (21, (), ())


def test_held_out_texts_that_fit_no_tool_are_kept_also_where_training_has_none(tmp_path: Path):
    examples = write(tmp_path / "a.jsonl", TEA + LIGHT)
    held = [{"text": "a pot of tea", "tool": "tea"}, {"text": "sing to me", "tool": None}]
    data = load_data(
        Files(examples=(examples,), valid=(write(tmp_path / "held.jsonl", held),)), RECIPE
    )
    assert [(e.text, e.tool) for e in data.valid] == [("a pot of tea", "tea"), ("sing to me", None)]
    assert not data.answers_no_tool


def test_held_out_files_need_a_text_of_a_tool(tmp_path: Path):
    examples = write(tmp_path / "a.jsonl", TEA + LIGHT)
    held = write(tmp_path / "held.jsonl", [{"text": "sing", "tool": None}])
    with pytest.raises(
        DataError, match=r"held\.jsonl: holds texts that fit no tool only; add some"
    ):
        load_data(Files(examples=(examples,), valid=(held,)), RECIPE)


@pytest.mark.parametrize("kind", ["valid", "test"])
def test_a_held_back_row_of_an_unknown_tool_is_named(tmp_path: Path, kind: str):
    examples = write(tmp_path / "a.jsonl", TEA + LIGHT)
    held = write(tmp_path / "b.jsonl", [{"text": "x", "tool": "tea"}, {"text": "y", "tool": "tae"}])
    with pytest.raises(DataError, match=r"b\.jsonl:2: the tool 'tae' has no training examples"):
        load_data(Files(examples=(examples,), **{kind: (held,)}), RECIPE)


def test_of_many_examples_a_share_of_every_tool_is_held_out_and_never_its_last_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router_export.load_data.ENOUGH_TO_HOLD_OUT", 22)
    pot = [{"text": "a pot", "tool": "pot"}, {"text": "two pots", "tool": "pot"}]
    examples = write(tmp_path / "a.jsonl", TEA + LIGHT + pot)
    recipe = read_recipe(TrainRecipe, "tiny", {"valid_share": "0.3"})
    data = load_data(Files(examples=(examples,)), recipe)
    assert Counter(e.tool for e in data.valid) == {"tea": 3, "light": 3}
    assert Counter(e.tool for e in data.train) == {"tea": 7, "light": 7, "pot": 2}
    assert not {e.text for e in data.train} & {e.text for e in data.valid}
    assert load_data(Files(examples=(examples,)), recipe) == data
    other = read_recipe(TrainRecipe, "tiny", {"valid_share": "0.3", "seed": "2"})
    assert load_data(Files(examples=(examples,)), other).valid != data.valid


def test_where_a_held_out_file_is_given_nothing_else_is_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router_export.load_data.ENOUGH_TO_HOLD_OUT", 20)
    held = write(tmp_path / "held.jsonl", [{"text": "a pot of tea", "tool": "tea"}])
    files = Files(examples=(write(tmp_path / "a.jsonl", TEA + LIGHT),), valid=(held,))
    data = load_data(files, RECIPE)
    assert (len(data.train), len(data.valid)) == (20, 1)


def test_of_a_document_only_what_the_router_reads_is_trained_on(tmp_path: Path):
    rows = [*TEA, *LIGHT, {"text": "  " + "light " * 200_000, "tool": "light"}]
    data = load_data(Files(examples=(write(tmp_path / "a.jsonl", rows),)), RECIPE)
    assert data.train[-1].text == ("light " * 400)[: 64 * 32]
    assert data.warnings == (
        f"{tmp_path}/a.jsonl:21: the text has 1200000 characters, of which the router reads 2048; "
        "write it shorter",
    )


def test_files_of_one_name_are_told_apart_and_no_other_folder_is_named(tmp_path: Path):
    one = write(tmp_path / "x" / "one" / "a.jsonl", TEA)
    two = write(tmp_path / "x" / "two" / "a.jsonl", LIGHT)
    test = write(tmp_path / "x" / "test.jsonl", [{"text": "warm tea", "tool": "tea"}])
    data = load_data(Files(examples=(one, two), test=(test,)), RECIPE)
    assert data.files == {
        "one/a.jsonl": sha256(one.read_bytes()).hexdigest(),
        "two/a.jsonl": sha256(two.read_bytes()).hexdigest(),
        "test.jsonl": sha256(test.read_bytes()).hexdigest(),
    }


def test_weak_examples_are_learned_where_asked_for_never_held_out_and_give_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router_export.load_data.ENOUGH_TO_HOLD_OUT", 22)
    weak = [{"text": f"weak {i}", "tool": "tea", "weak": True} for i in range(10)]
    contrary = {"text": "light 1", "tool": "tea", "weak": True}
    paths = (
        write(tmp_path / "weak.jsonl", [contrary, *weak]),
        write(tmp_path / "a.jsonl", TEA + LIGHT),
    )
    recipe = read_recipe(TrainRecipe, "tiny", {"valid_share": "0.3"})
    assert len(load_data(Files(examples=paths), recipe).train) == 20
    data = load_data(Files(examples=paths, takes_weak=True), recipe)
    assert Counter((e.tool, e.is_weak) for e in data.train) == {
        ("tea", False): 7,
        ("tea", True): 10,
        ("light", False): 7,
    }
    assert Counter((e.tool, e.is_weak) for e in data.valid) == {
        ("tea", False): 3,
        ("light", False): 3,
    }


def test_a_person_must_have_said_something(tmp_path: Path):
    rows = [{**row, "weak": True} for row in TEA + LIGHT]
    files = Files(examples=(write(tmp_path / "a.jsonl", rows),), takes_weak=True)
    with pytest.raises(DataError, match="all examples are weak"):
        load_data(files, RECIPE)
