"""What taught routers are measured on, and that the three commands measure what they say."""

import json
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra [export]")

from bench import taught
from bench.__main__ import main
from bench.commands import curve, scale, teach
from edge_router import Router
from edge_router.cli.main import main as edge_router
from edge_router.examples import read_examples
from edge_router.tools.file import read_tools

BIKES = Path(__file__).parents[1] / "export" / "data" / "bikes.jsonl"
SHOTS = [
    ("make me a coffee", "coffee"),
    ("an espresso please", "coffee"),
    ("will it rain tomorrow", "weather"),
    ("what is the forecast", "weather"),
]
TEST = [
    ("could I get a coffee", "coffee"),
    ("is there rain tomorrow", "weather"),
    ("the forecast for rain, please", "coffee"),  # wrong on purpose
]
OTHERS = [("who wrote the iliad", "oos"), ("colourless green ideas", "oos")]
METATOOL = [
    {"text": "a cup of coffee", "label": "brew"},
    {"text": "how is the weather", "label": "brew"},  # wrong on purpose
]
SCHEMAS = [
    {"id": "brew", "name": "brew", "description": "Brews a cup of coffee.", "parameters": None},
    {"id": "sky", "name": "sky", "description": "Tells the weather.", "parameters": None},
    {"id": "sky_2", "name": "sky", "description": "Names the stars.", "parameters": None},
]


@pytest.fixture
def sets(write_sets) -> Path:
    """Toy splits under the names of the official ones, and descriptions."""
    splits = {
        f"{dataset}/fewshot_{shots}/train": SHOTS
        for dataset in ("clinc150", "banking77")
        for shots in (5, 10)
    }
    splits |= {"clinc150/test": TEST, "banking77/test": TEST, "clinc150/oos_test": OTHERS}
    folder = write_sets({**splits, "clinc150/train": SHOTS})
    write(folder / "metatool/tools.jsonl", SCHEMAS[:2])
    write(folder / "metatool/test.jsonl", METATOOL)
    write(folder / "bfcl/tools.jsonl", SCHEMAS)
    for file, text in (("simple_python", "the weather"), ("multiple", "which stars")):
        row = {"text": text, "candidate_ids": ["sky"], "labels": ["sky"]}
        write(folder / f"bfcl/{file}.jsonl", [row])
    return folder


@pytest.fixture(scope="session")
def trained_path(tmp_path_factory) -> Path:
    """A bundle that is trained a little and can be taught."""
    path = tmp_path_factory.mktemp("trained") / "bikes.router"
    arguments = ["train", str(BIKES), "--recipe", "tiny", "--set", "updates=5", "--set", "epochs=1"]
    assert edge_router([*arguments, "--set", "folds=2", "-o", str(path)]) == 0
    return path


def write(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def written(monkeypatch) -> dict:
    found: dict = {}
    for command in (teach, scale, curve):
        monkeypatch.setattr(command, "write_result", lambda _, rows, **__: found.update(rows))
    return found


def test_a_pool_has_the_texts_own_tools_and_others_of_other_names(sets, monkeypatch):
    monkeypatch.setattr(taught, "POOL", 2)
    for question in taught.read_bfcl():
        assert [tool.name for tool in question.tools] == ["sky", "brew"]
        assert question.right == {"sky"}


def test_teach_counts_best_tools_and_what_is_answered(sets, written, monkeypatch):
    monkeypatch.setattr(teach, "OWN", ())
    monkeypatch.setattr(taught, "POOL", 2)
    pytest.importorskip("bm25s", reason="needs bench/requirements-peers.txt")
    assert main(["teach", "--peer=tfidf_svm"]) == 0
    ours = [row for row in written["few_shot"] if "tools" in row]
    assert [(row["dataset"], row["shots"]) for row in ours] == [
        ("clinc150", 5),
        ("clinc150", 10),
        ("banking77", 5),
        ("banking77", 10),
    ]
    for row in ours:
        assert (row["tools"], row["texts"], row["right"]) == (2, 3, 2)
    assert ours[0]["auroc"] == 1.0
    assert "auroc" not in ours[2]
    assert written["described"][0]["taught"]["top_1"] == 0.5
    assert written["described"][0]["bm25"]["top_5"] == 1.0
    assert written["beside"] is None


def test_a_bundle_is_taught_the_tools_that_it_lacks(sets, write_sets, trained_path: Path):
    trained = Router.load(trained_path)
    known = trained.tools[0].name
    texts = [(f"{word} the frobnicator", "frobnicate") for word in ("start", "stop", "oil")]
    asked = [("start a frobnicator", "frobnicate"), ("oil this frobnicator", "frobnicate")]
    others = [("do something else", known), ("do another thing", known)]
    few = {"clinc150/fewshot_10/train": [*texts, ("not taught, since trained", known)]}
    write_sets({**few, "clinc150/test": asked + others})
    row = teach._measure_beside("mine", trained_path)
    assert (row["trained_tools"], row["taught_tools"]) == (len(trained.tools), 1)
    assert row["sha256"] == trained.bundle.sha256
    assert (row["taught_beside"]["texts"], row["taught_beside"]["right"]) == (2, 2)
    assert row["trained_alone"]["texts"] == row["trained_beside"]["texts"] == 2


def test_scale_times_every_number_of_tools_beside_the_trained_bundle(
    sets, written, trained_path, monkeypatch
):
    monkeypatch.setattr(scale, "COUNTS", (1, 2))
    monkeypatch.setattr(scale, "FEW", 2)
    monkeypatch.setattr(scale, "read_shots", lambda *_: {"coffee": ["a coffee"], "tea": ["tea"]})
    monkeypatch.setattr(scale, "pin", lambda _: 0)
    assert main(["scale", f"--bundle=mine={trained_path}", "--texts=2", "--rounds=2"]) == 0
    assert [row["router"] for row in written["rows"]] == [
        "mine",
        "mine and 2 taught",
        "1 taught by an example",
        "1 taught by a description",
        "2 taught by an example",
        "2 taught by a description",
    ]
    first, beside, *_, last = written["rows"]
    assert (beside["tools"], last["tools"]) == (first["tools"] + 2, 2)
    assert first["p50_ratio"] == 1.0
    assert written["teaching"]["median_ms"] > 0


def test_a_smaller_subset_is_part_of_a_larger_one_and_has_the_same_number_of_each_tool(sets):
    one, two = curve.draw(1), curve.draw(2)
    assert [e.tool for e in one] == ["coffee", "weather"]
    assert [e.tool for e in two] == ["coffee", "coffee", "weather", "weather"]
    assert set(one) < set(two)


def test_curve_trains_once_on_these_examples_alone(
    sets, written, assistant_path, monkeypatch, tmp_path
):
    pytest.importorskip("sklearn", reason="needs bench/requirements-peers.txt")
    commands: list[list[str]] = []

    def train(command, check):
        commands.append(command)
        Path(command[command.index("-o") + 1]).write_bytes(assistant_path.read_bytes())

    monkeypatch.setattr(subprocess, "run", train)
    monkeypatch.setattr(curve, "TRAINED_FROM", 2)
    arguments = ["curve", f"--runs={tmp_path / 'runs'}", "--shots=1", "--shots=2"]
    for _ in range(2):
        assert main([*arguments, "--peer=tfidf_svm"]) == 0
    assert len(commands) == 1
    assert "--valid" not in commands[0]
    trained_on = read_examples(Path(commands[0][4]))
    assert {e.text for e in trained_on} == {e.text for e in curve.draw(2)}
    floor = "char n-gram TF-IDF + linear SVM"
    assert [(row["system"], row["shots"]) for row in written["rows"]] == [
        ("taught", 1),
        (floor, 1),
        ("taught", 2),
        ("trained, small", 2),
        (floor, 2),
    ]
    assert written["rows"][2]["accuracy"] == pytest.approx(2 / 3)


def test_data_leaves_out_the_same_tools_of_every_split(write_sets, tmp_path: Path, capsys):
    rows = [(f"text {number}", f"tool {number % 5}") for number in range(20)]
    write_sets({"toys/train": rows, "toys/test": [(f"more {text}", tool) for text, tool in rows]})
    kept = []
    for split in ("train", "test"):
        path = tmp_path / f"{split}.jsonl"
        assert main(["data", "toys", split, "--without=2", "-o", str(path)]) == 0
        kept.append({example.tool for example in read_examples(path)})
    assert kept[0] == kept[1]
    assert len(kept[0]) == 3
    assert "without tool" in capsys.readouterr().err


def test_data_writes_tools_with_descriptions_where_the_set_has_them(sets, write_sets, tmp_path):
    write_sets({"metatool/train": [("a cup of coffee", "brew"), ("brew one", "brew")]})
    path = tmp_path / "metatool.json"
    assert main(["data", "metatool", "train", "-o", str(path)]) == 0
    tools, examples = read_tools(path)
    assert [(tool.name, tool.description) for tool in tools] == [("brew", "Brews a cup of coffee.")]
    assert [example.text for example in examples] == ["a cup of coffee", "brew one"]
