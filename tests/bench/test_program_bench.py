"""The made-up questions, their tools, and what is measured of a program that learns from answers."""

import re

import pytest

pytest.importorskip("torch", reason="needs the extra [export]")

import torch

from bench.commands import program as command
from bench.commands.program import Condition, measure
from bench.made_up_questions import TEST_WORDINGS, TRAIN_WORDINGS, MadeUp, make_up
from bench.made_up_tools import is_right, make_tools, measure_loss
from edge_router.errors import ToolError


def test_questions_are_the_same_for_a_seed_and_as_many_of_every_tool():
    questions = make_up(TRAIN_WORDINGS, each=20, seed=1)
    assert questions == make_up(TRAIN_WORDINGS, each=20, seed=1)
    assert questions != make_up(TRAIN_WORDINGS, each=20, seed=2)
    tools = [one.tool for one in questions]
    assert {tool: tools.count(tool) for tool in TRAIN_WORDINGS} == dict.fromkeys(TRAIN_WORDINGS, 20)
    assert len({one.text for one in questions}) == 120


def test_no_wording_of_the_test_is_one_of_the_training():
    seen = {wording for wordings in TRAIN_WORDINGS.values() for wording in wordings}
    asked = [wording for wordings in TEST_WORDINGS.values() for wording in wordings]
    assert set(asked).isdisjoint(seen)
    for seed in (1, 2, 3):
        texts = {one.text for one in make_up(TRAIN_WORDINGS, each=100, seed=seed)}
        assert texts.isdisjoint(one.text for one in make_up(TEST_WORDINGS, each=80, seed=seed))


@pytest.mark.parametrize("wordings", [TRAIN_WORDINGS, TEST_WORDINGS])
def test_every_question_is_answered_by_the_tool_it_was_made_for(wordings):
    questions = make_up(wordings, each=80, seed=1)
    tools = make_tools({one.text: one.answer for one in questions})
    with torch.no_grad():
        tools["add"].weights.fill_(1.0)
        tools["multiply"].scale.fill_(1.0)
        tools["prices"].sharpness.fill_(15.0)
        for one in (one for one in questions if one.tool != "llm"):
            tool = tools[one.tool]
            is_module = isinstance(tool, torch.nn.Module)
            got = tool([one.text])[0] if is_module else tool(one.text)
            assert is_right(got, one.answer), one
    assert 0.9 < sum(tools["llm"](q.text) == q.answer for q in questions) / 480 < 1.0


def test_the_modules_must_learn_what_they_compute():
    tools = make_tools({})
    wrong = {
        "add": ("what is 40 plus two", 42.0),
        "multiply": ("what is 6 times seven", 42.0),
        "prices": ("what does a kettle cost", 10.0),
    }
    with torch.no_grad():
        assert not any(is_right(tools[name]([text])[0], to) for name, (text, to) in wrong.items())


def test_functions_say_where_a_question_is_not_theirs():
    tools = make_tools({})
    assert tools["letters"]("count the letter o in cinnamon") == 1.0
    assert tools["convert"]("convert two weeks to days") == 14.0
    with pytest.raises(ToolError):
        tools["letters"]("what is 40 plus two")
    with pytest.raises(ToolError):
        tools["convert"]("what is 40 plus two")


def test_the_loss_is_a_half_where_an_answer_is_a_tenth_off():
    assert measure_loss(10.0, 10.0) == 0.0
    assert measure_loss(11.1, 10.0) == pytest.approx(0.5)
    assert 0.9 < measure_loss(1000.0, 10.0) < 1.0
    assert is_right(41.6, 42.0)
    assert not is_right(41.4, 42.0)
    assert not is_right(None, 42.0)


def test_a_share_of_what_is_told_is_another_questions():
    questions = make_up(TRAIN_WORDINGS, each=100, seed=1)
    told = command._tell_wrong(questions, 0.1, seed=1)
    assert [one.text for one in told] == [one.text for one in questions]
    changed = sum(one != other for one, other in zip(told, questions, strict=True))
    assert 40 < changed < 80
    assert command._tell_wrong(questions, 0.0, seed=1) == questions


@pytest.fixture(scope="module")
def rows():
    return {row["system"]: row for row in measure(Condition("few", 5), seed=1, updates=1)}


def test_a_program_stands_beside_its_ceiling_and_its_floors(rows):
    assert list(rows) == [
        "program, from answers",
        "labelled ceiling",
        "best single tool",
        "random tool",
    ]
    single, chance = rows["best single tool"], rows["random tool"]
    assert (single["tool"], single["mean_cost"]) == ("llm", 1.0)
    assert 0.9 < single["answer_right"] < 1.0
    assert single["tool_right"] == chance["tool_right"] == pytest.approx(1 / 6)
    assert chance["mean_cost"] == pytest.approx(1.02 / 6)
    ceiling = rows["labelled ceiling"]
    assert chance["tool_right"] < ceiling["tool_right"] <= 1.0


def test_what_learning_cost_is_counted(rows):
    row = rows["program, from answers"]
    assert (row["questions"], row["held_out"], row["texts"]) == (24, 6, 480)
    assert set(row["calls"]) == set(row["label_calls"]) == {"convert", "letters", "llm"}
    assert all(calls <= 24 for calls in row["calls"].values())
    spent = [row[kind][name] for kind in ("calls", "label_calls") for name in ("convert", "llm")]
    assert row["spent"] == pytest.approx(0.02 * (spent[0] + spent[2]) + spent[1] + spent[3])
    assert row["spent_if_all_were_asked"] == pytest.approx(30 * 1.02)
    assert row["differs"] <= 5


def test_the_command_measures_every_condition_with_every_seed(monkeypatch):
    asked, written = [], {}
    monkeypatch.setattr(
        command,
        "measure",
        lambda condition, seed, updates: (
            asked.append((condition.name, seed, updates)) or [{"x": 1}]
        ),
    )
    monkeypatch.setattr(command, "write_result", lambda name, found: written.update({name: found}))
    from bench.__main__ import main

    chosen = "25 questions a tool"
    assert main(["program", "--seeds", "2", "--condition", chosen, "--updates", "7"]) == 0
    assert asked == [(chosen, 1, 7), (chosen, 2, 7)]
    assert written["program"]["rows"][1] == {"condition": chosen, "seed": 2, "x": 1}


def test_a_made_up_question_is_filled_in():
    one = make_up(TEST_WORDINGS, each=1, seed=1)[0]
    assert isinstance(one, MadeUp)
    assert not re.search(r"[{}]", one.text)
