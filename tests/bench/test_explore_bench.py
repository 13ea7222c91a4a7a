"""The bench of exploring: what it counts, and what fails it."""

import json

import pytest

from bench.__main__ import main
from bench.commands import explore
from bench.commands.arm64 import run_probe

LESSONS = {
    "alarm": ["wake me at six"],
    "dim": ["dim the light", "lower the lamp"],
    "off": ["turn off the light", "switch the lamp off"],
    "on": ["turn on the light", "switch the lamp on"],
}
TEXTS = [
    said % lamp
    for lamp in ("light", "lamp", "lights", "lamps", "ceiling light", "bedside lamp")
    for said in ("turn on the %s", "turn off the %s now", "make the %s darker", "switch %s off")
]


@pytest.fixture
def written(write_sets, monkeypatch) -> dict:
    """What the command would have written; its set asks for four tools, the first a risky one."""
    asked = [(text, "on") for text in TEXTS]
    taught = [(text, tool) for tool, texts in LESSONS.items() for text in texts]
    write_sets({"toys/test": asked, "toys/fewshot_5/train": taught})
    found: dict = {}
    monkeypatch.setattr(explore, "write_result", lambda name, rows, bundles: found.update(rows))
    return found


COMMAND = ["explore", "--dataset=toys", "--devices=30", "--shares", "0.2", "--texts=4"]


def test_the_command_counts_answers_shares_and_risks(written: dict):
    assert main([*COMMAND, "--repeats=3"]) == 0
    assert (written["tools"], written["risky_tools"], written["texts"]) == (4, 1, 24)
    (row,) = written["rows"]
    assert 0 < row["explored"] < row["explorable"]
    low, high = row["explored_share_95"]
    assert low < row["explored_share"] < high
    assert row["risky_explored"] == 0
    assert [(kind["others"], kind["differing"]) for kind in written["kinds"]] == [(0, 0)] * 2
    assert written["kinds"][1]["kind"] == "this machine, started again"


@pytest.mark.parametrize(
    "answer",
    [{"decisions": ['{"reason": "explored"}'], "others": 1},
     {"decisions": ['{"reason": "confident"}'], "others": 0}],
    ids=["another answer later", "another answer in another process"],
)  # fmt: skip
def test_one_other_answer_is_a_failed_check(written: dict, monkeypatch, answer: dict):
    same = {"decisions": ['{"reason": "explored"}'], "others": 0}
    answers = iter([same, answer])
    monkeypatch.setattr(explore, "_explore", lambda *_: next(answers))
    assert main([*COMMAND, "--repeats=3"]) == 1


def test_the_probe_counts_answers_that_are_not_the_first(tmp_path):
    device = {
        "lessons": LESSONS,
        "risks": dict.fromkeys(LESSONS, "free"),
        "share": 0.2,
        "key": explore.make_key(0).hex(),
        "texts": TEXTS,
        "repeats": 2,
    }
    file = tmp_path / "device.json"
    file.write_text(json.dumps(device), "utf-8")
    done = run_probe(explore.NATIVE, tmp_path, ["explore", str(explore.BASE), str(file)])
    found = json.loads(done.stdout)
    assert (len(found["decisions"]), found["others"]) == (24, 0)
    assert {json.loads(said).get("propensity") for said in found["decisions"]} >= {0.8}
