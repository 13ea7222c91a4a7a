import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import accuracy, memory
from edge_router import Router


@pytest.fixture
def written(monkeypatch):
    found: dict = {}
    monkeypatch.setattr(accuracy, "write_result", lambda name, rows, bundles: found.update(rows))
    monkeypatch.setattr(memory, "write_result", lambda name, rows, bundles: found.update(rows))
    return found


def known_texts(assistant: Router, count: int) -> list[tuple[str, str]]:
    """Test texts whose best candidate is a tool, with its name."""
    path = Path(__file__).parents[2] / "examples/assistant/test.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    best = [(text, assistant.route(text).candidates[0].tool) for text in texts]
    return [(text, tool) for text, tool in best if tool is not None][:count]


def test_accuracy_is_that_of_the_test_split_with_the_bundles_own_identity(
    written, write_sets, assistant: Router, assistant_path
):
    rows = known_texts(assistant, 40)
    # the first ten labels are wrong on purpose
    write_sets({"toys/test": [(text, "nothing") for text, _ in rows[:10]] + rows[10:]})
    assert main(["accuracy", f"--bundle=toys/mine={assistant_path}"]) == 0
    (row,) = written["rows"]
    assert (row["dataset"], row["label"], row["texts"]) == ("toys", "mine", 40)
    assert row["accuracy"] == 0.75
    assert row["accuracy_95"][0] < 0.75 < row["accuracy_95"][1]
    assert row["ece_95"][0] <= row["ece_95"][1]
    assert row["auroc"] is None
    assert "auroc_95" not in row
    assert row["sha256"] == assistant.bundle.sha256
    assert row["size_bytes"] == assistant_path.stat().st_size
    assert row["threshold"] == assistant.threshold


def test_out_of_scope_texts_count_for_the_auroc_and_not_for_the_accuracy(
    written, write_sets, assistant: Router, assistant_path
):
    outside = [
        "colourless green ideas sleep furiously",
        "seven is a prime",
        "xyzzy",
        "who wrote it",
    ]
    write_sets(
        {
            "toys/test": known_texts(assistant, 30),
            "toys/oos_test": [(text, "oos") for text in outside],
        }
    )
    main(["accuracy", f"--bundle=toys/mine={assistant_path}"])
    (row,) = written["rows"]
    assert (row["texts"], row["in_scope_texts"]) == (34, 30)
    assert row["accuracy"] == 1.0
    assert row["accuracy_95"] == [1.0, 1.0]
    assert row["auroc_95"][0] <= row["auroc"] <= row["auroc_95"][1]
    assert row["auroc"] > 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_the_peak_of_a_fresh_process_in_megabytes(written, write_sets, assistant_path):
    write_sets({"toys/test": [("dim the lights", "lights"), ("play jazz", "music")]})
    arguments = [f"--bundle=mine={assistant_path}", "--dataset=toys", "--routes=10", "--runs=2"]
    ballast = bytearray(300_000_000)  # this process is larger, and must not count
    assert main(["memory", *arguments]) == 0
    imports, mine = written["rows"]
    assert len(ballast) == 300_000_000
    assert 20 < imports["peak_mb"] < mine["peak_mb"] < 250
    assert mine["peak_mb"] <= mine["highest_mb"] < 250
    assert (mine["label"], mine["routes"], len(mine["sha256"])) == ("mine", 10, 64)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_that_was_given_back_counts():
    script = f"x = bytearray(200_000_000)\ndel x\n{memory._PEAK}"
    assert 200 < memory._measure(script, [], [], 1)["peak_mb"] < 260


def test_every_text_is_routed_in_the_measured_process(assistant_path):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        memory._measure(memory._ROUTES, [str(assistant_path)], ["dim the lights", 7], 1)
    assert "a text to route must be a str" in failed.value.stderr
