"""What of a log is learnt from, what is held out, and what is refused."""

import json
from pathlib import Path

import pytest

from edge_router import DataError
from edge_router.examples import LoggedOutcome, normalize
from edge_router_export.load_data import Files, load_data
from edge_router_export.load_outcomes import split_log, take_as_labels
from edge_router_export.recipe import TrainRecipe, read_recipe


def make_recipe(**overrides: str) -> TrainRecipe:
    return read_recipe(TrainRecipe, "tiny", overrides)


def make_outcome(text: str, tool: str | None, reward: float = 1.0, **others) -> LoggedOutcome:
    given = {"propensity": 0.5, "file": "log.jsonl", "line": 1, **others}
    return LoggedOutcome(text=text, tool=tool, reward=reward, **given)


LOG = [
    make_outcome(f"text {i % 40}", "tea" if i % 3 else "light", float(i % 2)) for i in range(120)
]


def test_a_text_is_held_out_with_all_of_its_rows_or_not_at_all():
    logged, _ = split_log(LOG, set(), set(), make_recipe())
    held, learnt = ({normalize(o.text) for o in part} for part in (logged.held_out, logged.train))
    assert len(held) == 13  # a third of few
    assert len(learnt) == 27
    assert not held & learnt
    assert len(logged.train) + len(logged.held_out) == 120
    again, _ = split_log(LOG, set(), set(), make_recipe())
    other, _ = split_log(LOG, set(), set(), make_recipe(seed="2"))
    assert again == logged
    assert {o.text for o in other.held_out} != {o.text for o in logged.held_out}


def test_what_cannot_be_learnt_from_is_left_out_with_its_reason():
    rows = [
        *LOG,
        make_outcome("  ", "tea"),
        make_outcome("A test", "tea"),
        make_outcome("other", "never", 0.0),
        make_outcome("another", "gone", 1.0),
    ]
    logged, warnings = split_log(rows, {"a test"}, {"tea", "light", "never"}, make_recipe())
    assert len(logged.train) + len(logged.held_out) == 120
    assert warnings == [
        "1 logged rows are left out: their text is empty",
        "1 logged rows are left out: their texts are held-out or test texts, too",
        "1 logged rows are left out: never was never rewarded, so that the router will not know it",
        "1 logged rows are left out: the tool gone is not in the tools file",
    ]


def test_rewards_less_costs_are_brought_to_the_scale_from_worst_to_best():
    rows = [
        make_outcome("a", "tea", 3.0, cost=2.0),
        make_outcome("b", "tea", 5.0),
        make_outcome("c", "tea", 2.0, cost=4.0),
    ]
    logged, _ = split_log(rows, set(), set(), make_recipe(cost_weight="0.5"))
    assert (logged.lowest, logged.highest) == (0.0, 5.0)
    assert logged.worths(rows) == [0.4, 1.0, 0.0]


def test_a_log_of_nothing_but_successes_teaches_nothing():
    with pytest.raises(DataError, match="all rewards are the same; log failures as well"):
        split_log(
            [make_outcome("a", "tea"), make_outcome("b", "light")], set(), set(), make_recipe()
        )


def test_of_rows_without_a_propensity_the_last_good_one_of_a_text_is_its_label():
    rows = [
        make_outcome("Make tea", "tea", propensity=None),
        make_outcome("make  tea", "light", propensity=None),
        make_outcome("dim it", "light", 0.0, propensity=None),
        make_outcome("boil", "tea", propensity=0.5),
    ]
    found = take_as_labels(rows, make_recipe())
    assert [(e.text, e.tool) for e in found] == [("make  tea", "light")]


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_a_row_without_a_propensity_is_refused_with_its_line_and_the_way_out(tmp_path: Path):
    rows = [
        {"text": "a", "tool": "tea", "propensity": 0.5, "reward": 1},
        {"text": "b", "tool": "light", "reward": 1},
    ]
    log = write(tmp_path / "log.jsonl", rows)
    with pytest.raises(DataError, match=r"log\.jsonl:2: has no propensity.*--without-propensity"):
        load_data(Files(examples=(), outcomes=(log,)), make_recipe())


def test_a_file_without_outcomes_is_named_beside_one_that_has_some(tmp_path: Path):
    full = write(tmp_path / "full.jsonl", [o.to_dict() for o in LOG])
    with pytest.raises(DataError, match=r"none\.jsonl: holds no outcomes; .*export --outcomes"):
        load_data(
            Files(examples=(), outcomes=(full, write(tmp_path / "none.jsonl", []))), make_recipe()
        )


def test_labels_come_before_what_a_log_without_propensities_says(tmp_path: Path):
    examples = [{"text": f"{t} {i}", "tool": t} for t in ("tea", "light") for i in range(12)]
    log = [
        {"text": "tea 1", "tool": "light", "propensity": None, "reward": 1},
        {"text": "one more", "tool": "light", "propensity": None, "reward": 1},
    ]
    files = Files(
        examples=(write(tmp_path / "e.jsonl", examples),),
        outcomes=(write(tmp_path / "log.jsonl", log),),
        takes_labels=True,
    )
    data = load_data(files, make_recipe())
    assert data.logged is None
    told = {e.text: e.tool for e in data.train}
    assert (told["tea 1"], told["one more"], len(told)) == ("tea", "light", 25)


def test_a_declared_tool_may_have_rewarded_rows_in_place_of_examples(tmp_path: Path):
    tools = tmp_path / "tools.json"
    tools.write_text(
        json.dumps({"tools": [{"name": n, "description": f"does {n}"} for n in ("tea", "light")]})
    )
    log = [o.to_dict() for o in LOG]
    files = Files(examples=(), tools=tools, outcomes=(write(tmp_path / "log.jsonl", log),))
    data = load_data(files, make_recipe())
    assert [(tool.name, tool.description) for tool in data.tools] == [
        ("light", "does light"),
        ("tea", "does tea"),
    ]
    assert data.train == ()
    assert {e.tool for e in data.known} == {"light", "tea"}
