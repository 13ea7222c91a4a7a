"""What docs/learning-from-outcomes.md says is so."""

import argparse
import importlib
import json
import re
import shlex
from pathlib import Path

import pytest

from edge_router import Router
from edge_router.cli.main import COMMANDS
from edge_router.examples import read_outcomes
from edge_router_export.program import Program, SoftRouter
from edge_router_export.recipe import CHOICES, TrainRecipe, read_recipe

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "learning-from-outcomes.md").read_text("utf-8")
RECIPE = read_recipe(TrainRecipe, "small", {})


def list_commands() -> list[list[str]]:
    """All that is shown after ``edge-router``, in blocks and in lines."""
    shown = re.findall(r"^edge-router (.*?)(?:  +#.*)?$", TEXT, re.MULTILINE)
    shown += re.findall(r"`edge-router ([a-z-]+ [^`]+)`", TEXT)
    return [shlex.split(line.split(" && ")[0]) for line in shown]


def test_the_commands_take_their_arguments():
    commands = list_commands()
    assert len(commands) == 12
    for name, *given in commands:
        parser = argparse.ArgumentParser(exit_on_error=False)
        assert name in COMMANDS
        importlib.import_module(f"edge_router.cli.{name}").add_arguments(parser)
        parser.parse_intermixed_args(given)  # as the command line does


def test_every_key_that_is_set_is_one_of_the_recipes():
    keys = re.findall(r"--set (\w+)=([\w.]*)", TEXT)
    assert len(keys) >= 5
    for key, value in keys:
        if value:
            read_recipe(TrainRecipe, "small", {key: value})
        assert hasattr(RECIPE, key)


def test_the_objectives_are_all_told_and_the_default_is_the_recipes():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+)(?: \((the default)\))? \| ", TEXT, re.MULTILINE)
    told = {name: bool(is_default) for names, is_default in rows for name in names.split(", ")}
    objectives = [f"`{name}`" for name in CHOICES["objective"]]
    assert [name for name in told if name in objectives] == objectives
    assert [name for name, is_default in told.items() if is_default] == [f"`{RECIPE.objective}`"]


def test_its_numbers_are_the_recipes():
    assert RECIPE.good_reward == 0.5
    assert f"counts `weak_weight` ({RECIPE.weak_weight})" in TEXT
    assert RECIPE.valid_share == 0.1
    assert "a tenth of the log's texts" in TEXT


def test_the_row_of_a_log_can_be_read(tmp_path: Path):
    (row,) = re.findall(r"^\{.*\}$", TEXT, re.MULTILINE)
    path = tmp_path / "log.jsonl"
    path.write_text(row + "\n", "utf-8")
    (outcome,) = read_outcomes(path)
    given = json.loads(row)
    assert (outcome.tool, outcome.propensity, outcome.cost) == ("weather", 0.9, given["cost"])


def test_the_program_of_the_page_is_learnt_and_exported(tmp_path: Path, monkeypatch):
    (shown,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    words = ["bee", "lamp", "apple", "tunnel", "cabbage", "elephant", "telephone", "strawberry"]
    questions = [f"how many letters are in {word}" for word in words]
    questions += [f"say {word} aloud" for word in words]
    answers = [float(len(word)) for word in words] + [0.5] * len(words)
    tools = {"letters": lambda text: float(len(text.split()[-1])), "llm": lambda _text: 0.5}
    exec(
        shown,
        {
            "Program": Program,
            "SoftRouter": SoftRouter,
            "tools": tools,
            "questions": questions,
            "answers": answers,
            "loss": lambda got, answer: 3.0 * (got != answer),
        },
    )
    router = Router.load("home.router")
    best = [router.route(text).candidates[0].tool for text in questions]
    assert best == ["letters"] * len(words) + ["llm"] * len(words)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w/-]+\.(?:md|py))`", TEXT))))
def test_every_file_named_exists(path: str):
    places = [ROOT, ROOT / "docs", ROOT / "export/edge_router_export/program"]
    assert any((place / path).exists() for place in places)
