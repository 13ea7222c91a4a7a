"""The newcomer's case: a handful of tools with a few examples each. The sets in ``data/`` are our
own, and were used for development: they show that it works, not how good it is.
"""

import json
from pathlib import Path

import pytest

from edge_router import Router
from edge_router.cli.main import main
from edge_router.evaluate import evaluate
from edge_router.examples import read_examples
from edge_router.verify import verify
from edge_router_export.train import train

DATA = Path(__file__).parent / "data"
FRESH = {"base": "none", "vocabulary": "200", "embedding_width": "8", "width": "8"}
QUICK = {**FRESH, "epochs": "1", "updates": "2"}
TOOLS = {
    "paint": ["paint it red", "paint the door", "a coat of paint", "more paint here"],
    "eat": ["eat the soup", "eat some bread", "time to eat", "eat up now"],
    "sing": ["sing a song", "sing along", "let us sing", "sing it again"],
}


@pytest.mark.parametrize("name", ["bikes", "kitchen", "office"])
def test_the_small_sets_are_whole(name: str):
    examples, asked = (
        read_examples(DATA / f"{name}.jsonl"),
        read_examples(DATA / f"{name}_test.jsonl"),
    )
    tools = {example.tool for example in examples}
    assert None not in tools
    assert all(8 <= sum(e.tool == tool for e in examples) <= 10 for tool in tools)
    assert {e.tool for e in asked} == tools | {None}
    assert (sum(e.tool is not None for e in asked), sum(e.tool is None for e in asked)) == (40, 30)
    assert not {e.text.casefold() for e in examples} & {e.text.casefold() for e in asked}


def test_ten_examples_a_tool_on_the_packaged_base_give_a_router_that_answers(tmp_path: Path, quiet):
    made = train(
        [DATA / "bikes.jsonl"],
        output=tmp_path / "bikes.router",
        recipe="tiny",
        overrides={"folds": "2", "epochs": "1", "updates": "30"},  # seconds, and it answers
        progress=quiet,
    )
    router = Router.load(made.bundle_path)
    found = evaluate(router, read_examples(DATA / "bikes_test.jsonl"))
    assert found.accuracy >= 0.8
    assert found.answered_share >= 0.25
    assert found.rejected_share >= 0.6
    assert verify(router) == ()
    assert "support a promise of" in made.warnings[0]


@pytest.mark.parametrize(("count", "folds"), [(2, "5"), (3, "5"), (4, "5"), (4, "100")])
def test_the_fewest_examples_train(count: int, folds: str, tmp_path: Path, quiet):
    path = tmp_path / "few.jsonl"
    rows = [{"text": t, "tool": tool} for tool, texts in TOOLS.items() for t in texts[:count]]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    made = train(
        [path],
        output=tmp_path / "a.router",
        recipe="tiny",
        overrides={**QUICK, "folds": folds},
        progress=quiet,
    )
    assert made.metrics["held_out"]["texts"] == 3 * count
    # nothing was learnt: such a router must not answer in silence, nor be silent in silence
    assert "the router answers nothing" in made.warnings[0] or "promise of" in made.warnings[0]
    assert Router.load(made.bundle_path).route("paint the wall").candidates


def test_held_out_texts_that_fit_no_tool_count_though_training_has_none(tmp_path: Path, quiet):
    path, inside, outside = (tmp_path / name for name in ("a.jsonl", "in.jsonl", "out.jsonl"))
    rows = [{"text": t, "tool": tool} for tool, texts in TOOLS.items() for t in texts]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    held = [{"text": f"please {row['text']} now", "tool": row["tool"]} for row in rows] * 5
    inside.write_text("".join(json.dumps(row) + "\n" for row in held), "utf-8")
    more = [
        {"text": f"what is {word}", "tool": None} for word in ("rain", "snow", "ice", "fog")
    ] * 5
    outside.write_text("".join(json.dumps(row) + "\n" for row in more), "utf-8")

    def hold_out(*valid: Path) -> dict:
        made = train(
            [path],
            output=tmp_path / "a.router",
            recipe="tiny",
            overrides={**FRESH, "rate": "0.01"},
            valid=valid,
            progress=quiet,
        )
        assert not Router.load(made.bundle_path).bundle.manifest.parts.choice.answers_no_tool
        return made.metrics

    alone, both = hold_out(inside), hold_out(inside, outside)
    assert (alone["held_out"]["rejected_share"], alone["promise"]["texts"]) == (None, 60)
    assert (both["held_out"]["texts"], both["held_out"]["in_scope_texts"]) == (80, 60)
    assert both["held_out"]["rejected_share"] >= 0.5
    assert both["promise"]["texts"] == 80
    assert both["parity_texts"] == 80


def test_the_default_recipe_from_the_command_line_to_an_answer(
    tmp_path: Path, tiny_teacher: Path, capsys: pytest.CaptureFixture[str]
):
    tools = tmp_path / "tools.json"
    entries = [{"name": tool, "examples": texts} for tool, texts in TOOLS.items()]
    tools.write_text(json.dumps(entries), "utf-8")
    output = tmp_path / "home.router"
    fewer = ["folds=2", "epochs=1", "updates=2", "teacher_epochs=1", "teacher_updates=1"]
    options = [option for key in fewer for option in ("--set", key)]
    teacher = ["--set", f'teachers=["{tiny_teacher}"]']
    assert main(["train", "--tools", str(tools), "-o", str(output), *options, *teacher]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"{output}  sha256 {Router.load(output).bundle.sha256}\n")
    assert "edge-router: warning: " in err
    training = Router.load(output).bundle.manifest.training
    assert training["recipe"]["synthetic"] == 2.0
    assert training["recipe"]["teachers"] == [tiny_teacher.name]
    assert training["files_sha256"].keys() == {"tools.json"}
    assert main(["route", str(output), "paint the wall"]) in (0, 3)
