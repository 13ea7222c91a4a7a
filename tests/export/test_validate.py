import subprocess
import sys

import pytest

from edge_router.errors import DataError, MissingExtraError
from edge_router.examples import Example, normalize
from edge_router.tool import Tool
from edge_router_export import require_extra
from edge_router_export.validate import validate


def rows(tool: str | None, *texts: str, file: str = "a.jsonl", start: int = 1) -> list[Example]:
    return [Example(text, tool, (), file, line) for line, text in enumerate(texts, start)]


def many(tool: str, start: int) -> list[Example]:
    return rows(tool, *[f"{tool} {i}" for i in range(10)], start=start)


GOOD = [*many("tea", 1), *many("light", 11)]


def test_good_examples_pass_without_a_word():
    findings = validate([*GOOD, *rows(None, "tell me a joke")], [])
    assert (findings.errors, findings.warnings) == ((), ())
    assert len(findings.examples) == 21
    findings.raise_errors()


def test_a_doubled_text_is_used_once_with_a_warning():
    findings = validate([*GOOD, *rows("tea", "  TEA\t3 ", start=30)], [])
    assert findings.errors == ()
    assert findings.warnings == ("a.jsonl:30: the same text as a.jsonl:4; used once",)
    assert findings.examples == tuple(GOOD)


def test_a_correction_from_a_device_wins_over_the_examples_of_other_files():
    correction = Example("Tea 3", "light", (), "home.jsonl", 1, is_correction=True)
    for examples in ([*GOOD, correction], [correction, *GOOD]):
        findings = validate(examples, [])
        assert (findings.errors, findings.warnings) == (
            (),
            ("the tool 'tea' has 9 examples; 10 or more make it reliable",),
        )
        assert [e.tool for e in findings.examples if normalize(e.text) == "tea 3"] == ["light"]


def test_one_text_under_two_tools_names_both_lines():
    findings = validate(
        [*GOOD, *rows("light", "tea 3", file="b.csv", start=7), *rows(None, "Tea 4", start=31)], []
    )
    assert findings.errors == (
        "b.csv:7: the text stands under 'light' here and under 'tea' at a.jsonl:4; keep one",
        "a.jsonl:31: the text stands under None here and under 'tea' at a.jsonl:5; keep one",
    )


def test_a_held_back_text_among_the_training_texts_is_an_error():
    findings = validate(GOOD, [], held_back=rows("tea", "new", "Tea  3", file="test.jsonl"))
    assert findings.errors == (
        "a.jsonl:4: the text is also a held-back one (test.jsonl:2); remove it from the training examples",
    )


def test_a_held_back_text_of_an_unknown_tool_is_an_error():
    held_back = rows("tee", "brew some", file="valid.jsonl") + rows(None, "sing", file="b.jsonl")
    findings = validate(GOOD, [], held_back=held_back)
    assert findings.errors == (
        "valid.jsonl:1: the tool 'tee' has no training examples; correct the name here, or give it some",
    )


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u2003"])
def test_an_empty_text_is_an_error(text: str):
    findings = validate([*GOOD, *rows("tea", text, start=99)], [])
    assert findings.errors == ("a.jsonl:99: the text is empty; write one or remove the row",)


def test_few_examples_are_a_warning_and_fewer_an_error():
    findings = validate([*GOOD, *rows("lock", "lock it"), *rows("song", "play", "sing")], [])
    assert findings.errors == (
        "the tool 'lock' has 1 examples; give it 2 at the very least, better 10",
    )
    assert findings.warnings == ("the tool 'song' has 2 examples; 10 or more make it reliable",)


def test_doubled_texts_do_not_count_as_examples():
    findings = validate([*GOOD, *rows("lock", "lock it", "Lock it", "lock  it")], [])
    assert findings.errors == (
        "the tool 'lock' has 1 examples; give it 2 at the very least, better 10",
    )


def test_tools_and_examples_must_agree_where_tools_are_declared():
    tools = [Tool("tea", "", None), Tool("lock", "", None), Tool("light", "", None)]
    findings = validate([*GOOD, *rows("lihgt", "on", start=50)], tools)
    assert findings.errors == (
        "a.jsonl:50: the tool 'lihgt' is not in the tools file; add it there or correct the name",
        "the tool 'lock' has 0 examples; give it 2 at the very least, better 10",
    )


def test_one_tool_is_no_choice():
    assert validate(many("tea", 1), []).errors == (
        "there are examples of 1 tools; a router needs two or more",
    )
    assert validate([], []).errors == ("there are examples of 0 tools; a router needs two or more",)


def test_all_errors_come_at_once_but_a_readable_number_of_them():
    findings = validate([*GOOD, *rows("tea", *[""] * 1000)], [])
    assert len(findings.errors) == 1000
    with pytest.raises(DataError) as caught:
        findings.raise_errors()
    assert str(caught.value).startswith(
        "1000 problems in the examples; correct them and train again:\n  a.jsonl:1: "
    )
    assert str(caught.value).endswith("\n  and 980 more")
    assert str(caught.value).count("\n") == 21


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Dim\tthe\n LAMP ", "dim the lamp"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("\u3000", ""),
    ],
)
def test_case_and_white_space_do_not_tell_texts_apart(text: str, normal: str):
    assert normalize(text) == normal


def test_the_guard_names_the_extra(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        MissingExtraError, match=r"needs the package 'torch'.*edge-router\[export\]"
    ):
        require_extra()


def test_validation_loads_no_torch():
    code = "import sys, edge_router_export.validate; assert not {'torch', 'onnx', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
