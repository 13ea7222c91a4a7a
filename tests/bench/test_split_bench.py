"""What is measured of texts that ask for two things, or say what is not to be done."""

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import split
from bench.commands.split import is_both, measure_negations
from bench.compositions import FITTED, HELD_OUT, Composition, compose
from bench.negations import HARMLESS, KEPT, REQUESTS, TEMPLATES, WRITTEN, make_negations
from edge_router import Router
from edge_router.examples import Example

EXAMPLES = [
    Example(text, tool, (), "x", line)
    for line, (text, tool) in enumerate(
        [("dim the lights.", "lights.dim"), ("make coffee", "coffee.start"), ("rain", None)], 1
    )
]


def test_compositions_are_the_same_each_time_and_of_two_tools():
    found = list(compose(EXAMPLES, FITTED, 6, seed=3))
    assert found == list(compose(EXAMPLES, FITTED, 6, seed=3))
    assert [c.template for c in found] == list(FITTED[:6])
    for composition in found:
        assert set(composition.tools) == {"lights.dim", "coffee.start"}
        assert composition.text == composition.template.format(*composition.texts)


def test_some_compositions_are_of_one_tool_where_that_is_asked_for():
    found = list(compose(EXAMPLES, FITTED, 20, seed=0, same=1.0))
    assert all(first == second for first, second in (c.tools for c in found))


def test_no_template_that_was_fitted_on_is_measured():
    assert not set(FITTED) & set(HELD_OUT)
    assert all("{0}" in template and "{1}" in template for template in (*FITTED, *HELD_OUT))


def test_there_are_more_than_300_negations_of_tools_that_exist_and_none_twice_in_both_halves():
    developed, kept = [list(make_negations(is_kept=is_kept)) for is_kept in (False, True)]
    assert (len(developed), len(kept)) == (314, 40)
    assert {n.tool for n in developed + kept} == set(REQUESTS)
    assert not {n.text for n in developed} & {n.text for n in kept}
    assert len(set(KEPT)) == len(KEPT)
    assert len(set(WRITTEN)) == len(WRITTEN)
    assert len(set(TEMPLATES)) == len(TEMPLATES)
    assert {tool for _, tool in HARMLESS} <= set(REQUESTS)


def test_both_are_right_where_two_parts_are_decided_in_order(assistant: Router):
    text = "turn off the lights and play some jazz"
    tools = ("lights.switch", "music.play")
    composition = Composition(text, tools, "{0} and {1}", ("turn off the lights", "play some jazz"))
    assert is_both(assistant.split(text), composition)
    assert not is_both(assistant.split(text)[::-1], composition)
    assert not is_both(assistant.split("turn off the lights"), composition)


def test_what_a_program_would_run_is_counted(assistant: Router):
    found = measure_negations(assistant)
    assert [row["texts"] for row in found["negations"]] == [314, 40]
    for row in found["negations"]:
        assert row["run_95"][0] <= row["run"] <= row["run_95"][1]
        assert row["run"] < row["run_unsplit"]


def test_a_run_writes_both_routers(monkeypatch, write_sets, request):
    rows = [(f"{text} please", label) for text, label in (("dim", "lights.dim"), ("rain", "rain"))]
    write_sets({"clinc150/test": rows, "clinc150/fewshot_10/train": rows})
    written: dict = {}
    monkeypatch.setattr(split, "write_result", lambda name, found, bundles: written.update(found))
    path = request.config.rootpath / "tests" / "data" / "tiny.router"
    assert main(["split", f"--bundle=mine={path}", "--compositions=8"]) == 0
    assert [row["label"] for row in written["rows"]] == ["mine", "taught, 10 examples"]
    for row in written["rows"]:
        assert (row["compositions"], row["singles"]) == (8, 2)
        assert list(row["both_right_by_template"]) == list(HELD_OUT)
        assert 0 <= row["both_right"] <= row["both_right_alone"] <= 1
