import json
from pathlib import Path

import pytest

from bench import datasets
from bench.__main__ import main
from edge_router.examples import read_examples

TRAIN = [("wake me at 7", "alarm"), ("Play  Jazz", "music")]
TEST = [("play jazz", "music")]
TEST_LINE = '{"text": "play jazz", "label": "music"}\n'


@pytest.fixture
def data(write_sets):
    outside = [("how old is the moon", "oos")]
    return write_sets({"toys/train": TRAIN, "toys/test": TEST, "toys/oos_test": outside})


def test_label_becomes_the_tool_and_oos_becomes_none(data):
    assert [e.tool for e in datasets.read_split("toys", "train")] == ["alarm", "music"]
    assert [e.tool for e in datasets.read_split("toys", "oos_test")] == [None]


def test_refuses_a_split_with_more_rows_than_the_official_one(data):
    (data / "toys/test.jsonl").write_text(TEST_LINE * 2, "utf-8")
    with pytest.raises(
        datasets.DatasetError,
        match=r"toys/test\.jsonl is not the official split: 2 rows, 1 expected",
    ):
        datasets.read_split("toys", "test")


def test_refuses_a_split_with_another_label(data):
    (data / "toys/test.jsonl").write_text(TEST_LINE.replace("music", "radio"), "utf-8")
    with pytest.raises(datasets.DatasetError, match="texts or labels differ"):
        datasets.read_split("toys", "test")


def test_refuses_rows_in_another_order(data):
    first, second = (data / "toys/train.jsonl").read_text("utf-8").splitlines(keepends=True)
    (data / "toys/train.jsonl").write_text(second + first, "utf-8")
    with pytest.raises(datasets.DatasetError, match="texts or labels differ"):
        datasets.read_split("toys", "train")


def test_further_keys_of_a_row_do_not_matter(data):
    (data / "toys/test.jsonl").write_text(
        '{"label": "music", "slots": [], "text": "play jazz"}\n', "utf-8"
    )
    assert [e.tool for e in datasets.read_split("toys", "test")] == ["music"]


def test_refuses_a_split_that_is_not_listed(data):
    (data / "toys/valid.jsonl").write_text(TEST_LINE, "utf-8")
    with pytest.raises(datasets.DatasetError, match="not listed"):
        datasets.read_split("toys", "valid")


def test_refuses_a_file_that_is_not_json_lines(data):
    (data / "toys/test.jsonl").write_text("text,label\n", "utf-8")
    with pytest.raises(datasets.DatasetError, match="is not JSON lines"):
        datasets.read_split("toys", "test")


def test_says_which_variable_is_not_set(data, monkeypatch):
    monkeypatch.delenv("EDGE_ROUTER_DATA")
    with pytest.raises(datasets.DatasetError, match="EDGE_ROUTER_DATA"):
        datasets.read_split("toys", "test")


def test_training_examples_hold_no_test_text(data):
    assert [e.text for e in datasets.read_unshared("toys", "train")] == ["wake me at 7"]
    assert [e.text for e in datasets.read_unshared("toys", "test")] == ["play jazz"]


@pytest.mark.parametrize(
    ("split", "later", "kept"),
    [
        ("train", "valid", False),
        ("train", "oos_test", False),
        ("oos_train", "test", False),
        ("valid", "test", False),
        ("oos_valid", "oos_test", False),
        ("valid", "train", True),
        ("test", "valid", True),
    ],
)
def test_a_text_stands_in_the_last_of_its_splits_alone(write_sets, split, later, kept):
    write_sets({f"toys/{split}": TEST, f"toys/{later}": TEST})
    assert [e.text for e in datasets.read_unshared("toys", split)] == ["play jazz"] * kept


def test_data_command_writes_what_edge_router_reads(data, tmp_path: Path, capsys):
    assert main(["data", "toys", "oos_test", "-o", str(tmp_path / "out.jsonl")]) == 0
    assert main(["data", "toys", "train", "-o", str(tmp_path / "train.jsonl")]) == 0
    assert [(e.text, e.tool) for e in read_examples(tmp_path / "out.jsonl")] == [
        ("how old is the moon", None)
    ]
    assert [(e.text, e.tool) for e in read_examples(tmp_path / "train.jsonl")] == [
        ("wake me at 7", "alarm")
    ]
    assert "1 examples, 1 left out that stand in a later split" in capsys.readouterr().err


def test_a_missing_set_ends_with_2_and_a_message(data, tmp_path, capsys):
    assert main(["data", "nowhere", "test", "-o", str(tmp_path / "out.jsonl")]) == 2
    assert "nowhere/test.jsonl cannot be read" in capsys.readouterr().err


def test_every_listed_split_has_its_rows_and_a_sha256():
    listed = json.loads((Path(datasets.__file__).with_name("datasets.json")).read_text("utf-8"))
    assert {name.split("/")[0] for name in listed} == {"clinc150", "banking77", "snips", "metatool"}
    assert all(
        len(split["sha256"]) == 64 and int(split["sha256"], 16) >= 0 for split in listed.values()
    )
    assert listed["clinc150/test.jsonl"]["rows"] == 4500
    assert listed["banking77/test.jsonl"]["rows"] == 3080
    assert listed["snips/test.jsonl"]["rows"] == 700
