import json
from datetime import datetime

import pytest

from bench.__main__ import main
from bench.gold import find_wrong, is_recognized, is_same
from edge_router.tools.arguments import recognize

NOW = datetime(2016, 11, 7)


def case(text, start, end, **value):
    return {"text": text[start:end], "start": start, "end": end, "type": "x", "value": value}


@pytest.mark.parametrize(
    ("kind", "text", "gold"),
    [
        ("date", "on friday", (3, 9, {"FutureResolution": {"date": "2016-11-11"}})),
        ("time", "at 7pm", (3, 6, {"FutureResolution": {"time": "19:00:00"}})),
        (
            "datetime",
            "7pm today",
            (0, 9, {"FutureResolution": {"dateTime": "2016-11-07 19:00:00"}}),
        ),
        ("duration", "for 3h", (4, 6, {"FutureResolution": {"duration": "10800"}})),
        ("number", "two thirds", (0, 10, {"value": "0.666666666666667"})),
        ("percent", "5%", (0, 2, {"value": "5%"})),
    ],
)
def test_a_sentence_is_right_with_every_place_and_value(kind, text, gold):
    start, end, value = gold
    found = [r for r in recognize(text, now=NOW) if (r.start, r.end) == (start, end)][:1]
    assert is_recognized(kind, [case(text, start, end, **value)], found)
    assert not is_recognized(kind, [], found)
    assert not is_recognized(kind, [case(text, start, end, **value)] * 2, found)
    assert not is_recognized(kind, [case(text, start, end - 1, **value)], found)
    assert not is_recognized(kind, [case(text, start, end)], found)


def test_values_are_compared_as_bfcl_does():
    assert is_same("New York, NY", "new york NY")
    assert is_same(5, 5.0)
    assert is_same([1, "A"], [1.0, "a"])
    assert not is_same([1], [1, 2])
    assert not is_same(True, 1)
    assert not is_same("5", 5)


def test_a_call_is_wrong_by_what_differs_is_missing_or_invented():
    gold = {"a": [1, 2], "b": ["", "x"]}
    assert find_wrong(gold, {"a": 2}) == []
    assert find_wrong(gold, {"a": 2, "b": "X"}) == []
    assert find_wrong(gold, {"a": 3, "b": "y", "c": 1}) == ["a", "b", "c"]
    assert find_wrong(gold, {}) == ["a"]


@pytest.fixture
def sets(tmp_path, monkeypatch):
    """Four calls of BFCL's form, the first of which cannot be right."""
    parameters = {"properties": {"n": {"type": "integer"}}, "required": ["n"]}
    rows = [
        {"text": text, "candidate_ids": ["t"], "answer": [{"t": {"n": [n]}}]}
        for text, n in (("take four", 5), ("take 7", 7), ("take 8", 8), ("take nine", 9))
    ]
    (tmp_path / "bfcl").mkdir()
    tool = json.dumps({"id": "t", "name": "t", "parameters": parameters})
    (tmp_path / "bfcl" / "tools.jsonl").write_text(tool + "\n", "utf-8")
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "bfcl" / "simple_python.jsonl").write_text(lines, "utf-8")
    monkeypatch.setenv("EDGE_ROUTER_DATA", str(tmp_path))
    return tmp_path


def test_the_command_tells_the_kept_rows_from_the_others(sets):
    assert main(["arguments", "--set", "bfcl", "--name", str(sets / "result")]) == 0
    result = json.loads((sets / "result.json").read_text("utf-8"))
    assert [(row["rows"], row["calls"], row["all_right"]) for row in result["bfcl"]] == [
        ("developed on", 2, 1),
        ("kept for the report", 2, 2),
    ]


def test_a_set_that_is_not_there_is_named(sets, capsys):
    assert main(["arguments", "--set", "recognizers"]) == 2
    assert "recognizers/en_time.jsonl cannot be read" in capsys.readouterr().err
