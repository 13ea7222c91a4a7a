"""The bench of drift: what it draws, when it notices, and what it writes."""

import dataclasses
import json
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import drift
from bench.commands.drift import give_share, names, read_pool
from bench.drifting import Pool, count_alarms, count_days, look
from edge_router import Router
from edge_router.bundle import Reference, write_bundle
from edge_router.examples import Example
from edge_router.journal.texts import Text, count_texts

DIM, TEA = Text("dim", 0.9, False, 0.0), Text("tea", 0.8, False, 0.0)
POOL = Pool({"dim": [DIM], "tea": [TEA], None: [Text(None, 0.4, True, 0.5)]})


def test_each_tool_is_drawn_with_its_share():
    texts = POOL.draw({"dim": 3.0, "tea": 1.0}, seed=1)(4000)
    assert texts.count(DIM) / 4000 == pytest.approx(0.75, abs=0.03)
    assert texts.count(TEA) == 4000 - texts.count(DIM)


def test_the_others_keep_their_proportions_where_one_share_is_given():
    shares = give_share({"a": 0.5, "b": 0.25, "c": 0.25}, "a", 0.2)
    assert shares == pytest.approx({"a": 0.2, "b": 0.4, "c": 0.4})


def test_a_look_compares_the_last_week_with_the_three_before_it():
    days = [[DIM] * 50] * 21 + [[TEA] * 50] * 7
    found = look(days, None)
    assert (found.texts, found.before, found.has_drifted) == (350, 1050, True)
    assert names("tea")(found)
    assert not names("song")(found)


def test_weeks_are_counted_once_however_many_of_their_looks_alarm():
    states = iter([[DIM] * 30] * 28 + [[TEA] * 30] * 14)
    found = count_alarms(lambda _: next(states), weeks=2, day=30, reference=None, is_daily=True)
    assert found == 2
    calm = POOL.draw({"dim": 1.0, "tea": 1.0}, seed=1)
    assert count_alarms(calm, weeks=5, day=30, reference=None, is_daily=False) == 0


def test_days_are_counted_from_the_change_to_the_look_that_notices():
    before, after = POOL.draw({"dim": 0.9, "tea": 0.1}, 1), POOL.draw({"dim": 0.1, "tea": 0.9}, 2)
    known = {"day": 50, "most": 5, "reference": None, "notices": names("tea")}
    assert count_days(before, after, **known) == 1
    assert count_days(before, before, **known) is None


def test_texts_are_kept_by_the_right_tool_as_the_router_sees_them(tiny_router: Router):
    examples = [
        Example("dim the lights", "coffee.start", (), "x", 1),
        Example("", None, (), "x", 2),
    ]
    pool = read_pool(tiny_router, examples)
    decision = tiny_router.route("dim the lights")
    text = Text("lights.dim", decision.confidence, False, 0.0)
    assert pool.by_tool == {"coffee.start": [text]}


@pytest.fixture
def tiny_router() -> Router:
    return Router.load(Path(__file__).parents[1] / "data" / "tiny.router")


def test_the_command_writes_all_three(monkeypatch, write_sets, tiny_router: Router, tmp_path: Path):
    written: dict = {}
    monkeypatch.setattr(
        drift, "write_result", lambda name, rows, bundles: written.update({name: rows})
    )
    texts = [("dim the lights", "lights.dim"), *[("make coffee", "coffee.start")] * 3]
    write_sets(
        {
            "toys/train": texts,
            "toys/test": texts[:2],
            "clinc150/oos_test": [("the weather", "oos")],
        }
    )
    bundle = tiny_router.bundle
    pool = read_pool(tiny_router, [Example(text, tool, (), "x", 1) for text, tool in texts])
    seen = count_texts([text for texts in pool.by_tool.values() for text in texts] * 100)
    reference = Reference(
        texts=400,
        best=(100, 300, 0),
        abstained=0,
        confidence=seen.confidence,
        unknown=seen.unknown,
    )
    parts = dataclasses.replace(bundle.manifest.parts, reference=reference)
    path = tmp_path / "with.router"
    write_bundle(
        path,
        manifest=dataclasses.replace(bundle.manifest, parts=parts),
        model=bundle.model,
        tokenizer=bundle.tokenizer,
        goldens=(),
    )
    few = ["--weeks=2", "--streams=2", "--day=40", "--most-days=3", "--name=mine"]
    assert main(["drift", f"--bundle=toys/mine={path}", *few]) == 0
    found = json.loads(json.dumps(written["mine"]))
    assert (found["day"], found["week"], found["most"]) == (40, 280, 120)
    assert [row["alarms"] for row in found["stable"]] == [0, 0, 0, 0]
    assert [row["share"] for row in found["doubled"]] == [None, None, 0.01, 0.02, 0.05, 0.1]
    assert all(0 <= row["told"] <= 1 for row in found["doubled"])
    assert len(found["changed"]) == 6
    outside = found["changed"][-2]
    assert (outside["change"], outside["against"]) == (
        "10 % of the texts fit no tool",
        "the bundle's",
    )
    assert outside["noticed"] == 1.0
    assert outside["median_texts"] <= 120


def test_a_bundle_without_a_reference_is_no_result(write_sets, capsys):
    write_sets({"toys/train": [("dim", "lights.dim")]})
    path = Path(__file__).parents[1] / "data" / "tiny.router"
    assert main(["drift", f"--bundle=toys/mine={path}"]) == 2
    assert "has no reference of held-out texts; train it again" in capsys.readouterr().err
