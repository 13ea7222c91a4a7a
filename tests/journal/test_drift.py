"""Whether the texts of a journal have changed, against a bundle's or against earlier ones."""

import dataclasses
import json
import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from journal_fakes import make_entry

from edge_router import InputError, Journal, Router
from edge_router.bundle import Bundle, Histogram, Reference
from edge_router.bundle.reference import STEPS, UNKNOWN_EDGES
from edge_router.journal import Entry
from edge_router.journal.drift import LEVEL, Drift, compare, find_drift
from edge_router.journal.texts import Texts

TINY = Path(__file__).parents[1] / "data" / "tiny.router"
EARLIER, LATER = 1_000_000_000.0, 1_001_000_000.0
"""Moments of two windows, in seconds since 1970."""
REFERENCE = Reference(
    texts=1000,
    best=(500, 400, 100),  # lights.dim, coffee.start, and that none fits
    abstained=190,  # those of no tool, too
    confidence=Histogram((STEPS // 2, 3 * STEPS // 4), (100, 200, 700)),
    unknown=Histogram(UNKNOWN_EDGES, (900, 0, 0, 100, 0)),
)


def fill(path: Path, at: float, entries: Iterable[Entry]) -> None:
    """Records, all of one moment."""
    with Journal(path, max_days=1e6) as journal:
        for entry in entries:
            journal.record(entry)
    database = sqlite3.connect(path)
    database.execute("UPDATE records SET at = ? WHERE id >> 32 = (SELECT run FROM settings)", (at,))
    database.commit()
    database.close()


def make_entries(
    count: int, tools: dict[str, float], *, unknown: float = 0.1, sure: float = 0.8, **fields
) -> list[Entry]:
    """Texts drawn with the shares of ``tools``; the share ``sure`` of them is decided."""
    source = random.Random(f"{count} {tools} {unknown} {sure}")
    entries = []
    for _ in range(count):
        [tool] = source.choices([*tools], [*tools.values()])
        is_sure = source.random() < sure
        entries.append(
            make_entry(
                "dim it",
                tool if is_sure else None,
                candidate=tool,
                confidence=source.uniform(0.5, 1.0) if is_sure else source.uniform(0.1, 0.5),
                unknown_share=0.25 if source.random() < unknown else 0.0,
                **fields,
            )
        )
    return entries


def look(path: Path, now: list[Entry], before: list[Entry]) -> Drift:
    fill(path, EARLIER, before)
    fill(path, LATER, now)
    return find_drift(path, since=LATER, against=EARLIER)


def list_moved(drift: Drift) -> list[str | None]:
    moved = [tool.tool for tool in drift.tools if tool.has_moved]
    return moved + [one.name for one in drift.looks if one.has_moved]


MIX = {"dim": 0.5, "tea": 0.3, "news": 0.15, "timer": 0.05}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


@pytest.fixture
def bundle() -> Bundle:
    """The tiny one, with a reference."""
    tiny = Router.load(TINY).bundle
    parts = dataclasses.replace(tiny.manifest.parts, reference=REFERENCE)
    return dataclasses.replace(tiny, manifest=dataclasses.replace(tiny.manifest, parts=parts))


def test_texts_that_are_what_they_were_are_no_drift(path: Path):
    drift = look(path, make_entries(1000, MIX), make_entries(3000, MIX))
    assert (drift.texts, drift.before, drift.is_reference) == (1000, 3000, False)
    assert drift.has_enough_texts
    assert not drift.has_drifted
    assert list_moved(drift) == []
    assert drift.tellable == 4
    assert [power.noticed > 0.9 for power in drift.power] == [False, False, True, True, True]
    assert [one.name for one in drift.looks] == ["mix", "confidence", "abstained", "unknown words"]


def test_a_tool_whose_share_doubles_is_named_with_what_it_was_and_is(path: Path):
    more = {"dim": 0.45, "tea": 0.3, "news": 0.15, "timer": 0.1}
    drift = look(path, make_entries(1000, more), make_entries(3000, MIX))
    assert drift.has_drifted
    assert "timer" in list_moved(drift)
    assert {"tea", "news", "abstained", "unknown words"}.isdisjoint(list_moved(drift))
    [timer] = [tool for tool in drift.tools if tool.tool == "timer"]
    assert timer.share.before == pytest.approx(0.05, abs=0.01)
    assert timer.share.now == pytest.approx(0.1, abs=0.02)
    low, high = timer.share.now_95
    assert timer.share.before < low < timer.share.now < high
    assert drift.tools[0] == timer  # the least likely to be chance comes first


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ({"unknown": 0.25}, ["unknown words"]),
        ({"sure": 0.6}, ["confidence", "abstained"]),
    ],
)
def test_other_words_and_less_sure_answers_are_noticed(path: Path, changed: dict, moved: list):
    drift = look(path, make_entries(1000, MIX, **changed), make_entries(3000, MIX))
    assert list_moved(drift) == moved
    found = next(one for one in drift.looks if one.name == moved[-1])
    assert found.share is not None
    assert found.share.now > 1.7 * found.share.before


def test_confidence_is_told_where_it_differs_most(path: Path):
    drift = look(path, make_entries(1000, MIX, sure=0.6), make_entries(3000, MIX))
    confidence = drift.looks[1]
    assert confidence.bound == pytest.approx(0.5, abs=0.05)
    assert confidence.share.before == pytest.approx(0.2, abs=0.04)
    assert confidence.share.now == pytest.approx(0.4, abs=0.04)
    assert confidence.psi > 3 * confidence.psi_by_chance > 0


def test_a_tool_that_came_and_one_that_went_have_moved(path: Path):
    drift = look(
        path,
        make_entries(500, {"dim": 0.8, "song": 0.2}),
        make_entries(500, {"dim": 0.8, "tea": 0.2}),
    )
    assert {"song", "tea", "mix"} <= set(list_moved(drift))
    shares = {tool.tool: tool.share for tool in drift.tools}
    assert (shares["song"].before, shares["tea"].now) == (0.0, 0.0)


def test_few_texts_on_either_side_say_nothing(path: Path):
    for now, before in ((99, 500), (500, 99)):
        drift = look(path, make_entries(now, {"dim": 1.0}), make_entries(before, {"tea": 1.0}))
        assert not drift.has_enough_texts
        assert not drift.has_drifted
        assert drift.looks == drift.tools == drift.power == ()
        path.unlink()


def test_the_held_out_texts_of_the_bundle_are_what_is_compared_with(path: Path, bundle: Bundle):
    mix = {"lights.dim": 0.5, "coffee.start": 0.4, None: 0.1}
    known = {"bundle": bundle.sha256}
    held = [
        dataclasses.replace(e, confidence=0.9) for e in make_entries(700, mix, sure=1.0, **known)
    ]
    less = [
        dataclasses.replace(e, confidence=0.6) for e in make_entries(200, mix, sure=1.0, **known)
    ]
    none = [
        dataclasses.replace(e, confidence=0.3) for e in make_entries(100, mix, sure=0.0, **known)
    ]
    fill(path, LATER, [*held, *less, *none])
    drift = find_drift(path, since=LATER, bundle=bundle)
    assert (drift.texts, drift.before, drift.is_reference) == (1000, 1000, True)
    assert list_moved(drift) == []
    fill(path, LATER + 1, make_entries(300, {"lights.dim": 1.0}, **known))
    drift = find_drift(path, since=LATER + 1, bundle=bundle)
    assert {"lights.dim", "coffee.start", None, "mix"} <= set(list_moved(drift))


def test_texts_of_other_bundles_are_left_out_and_counted(path: Path):
    fill(path, EARLIER, make_entries(300, MIX, bundle="new"))
    fill(path, LATER, make_entries(200, {"song": 1.0}, bundle="old"))
    fill(path, LATER + 1, make_entries(300, MIX, bundle="new"))
    drift = find_drift(path, since=LATER, against=EARLIER)
    assert (drift.texts, drift.before, drift.other_bundles) == (300, 300, 200)
    assert not drift.has_drifted


def test_replies_and_texts_that_were_not_ranked_are_no_texts(path: Path):
    entries = [
        *make_entries(100, MIX),
        *make_entries(100, MIX, is_reply=True),
        *[make_entry("", None, reason=r) for r in ("empty_input", "no_tools", "negated")],
        make_entry("dim it", None, candidate="dim", reason="needs_confirmation"),
    ]
    fill(path, LATER, entries)
    drift = find_drift(path, since=LATER, against=EARLIER)
    assert drift.texts == 101


def test_what_an_earlier_journal_did_not_keep_is_not_tested(path: Path):
    def forget(entries: list[Entry]) -> list[Entry]:
        return [dataclasses.replace(entry, unknown_share=None) for entry in entries]

    drift = look(path, make_entries(500, MIX), forget(make_entries(500, MIX)))
    assert [one.name for one in drift.looks] == ["mix", "confidence", "abstained"]
    assert not drift.has_drifted


def test_a_bundle_without_a_reference_and_tools_beside_it_are_refused(path: Path, bundle: Bundle):
    fill(path, LATER, make_entries(200, {"lights.dim": 0.9, "song": 0.1}, bundle=bundle.sha256))
    with pytest.raises(InputError, match=r"'song' is no answer of the bundle alone.*--against"):
        find_drift(path, since=LATER, bundle=bundle)
    for without in (Router.load(TINY).bundle, None):
        with pytest.raises(InputError, match=r"no reference of held-out texts.*--against"):
            find_drift(path, since=LATER, bundle=without)
    with pytest.raises(InputError, match="begins after it"):
        find_drift(path, since=LATER, against=LATER)


def test_the_texts_of_a_window_end_where_it_ends(path: Path):
    fill(path, EARLIER, make_entries(200, MIX))
    fill(path, LATER, make_entries(300, MIX))
    fill(path, LATER + 100, make_entries(400, MIX))
    drift = find_drift(path, since=LATER, until=LATER + 100, against=EARLIER)
    assert (drift.texts, drift.before) == (300, 200)


def test_stable_texts_are_called_a_drift_no_more_often_than_the_level_says():
    source = random.Random(5)
    names = [f"tool {number}" for number in range(30)]
    weights = [1 / (1 + number) for number in range(30)]

    def draw(count: int) -> Texts:
        drawn = source.choices(names, weights, k=count)
        counts = [0] * 10
        for place in source.choices(range(10), k=count):
            counts[place] += 1
        abstained = sum(source.random() < 0.1 for _ in range(count))
        histogram = Histogram(tuple(range(1, 10)), tuple(counts))
        best = {name: drawn.count(name) for name in names}
        return Texts(count, best, abstained, histogram, histogram)

    alarms = sum(compare(draw(1500), draw(500)).has_drifted for _ in range(400))
    assert alarms <= 5  # 1 by expectation; more than 5 in less than one of a thousand runs
    assert LEVEL * 7 < 0.02


def test_what_was_found_is_plain_values(path: Path):
    drift = look(path, make_entries(300, MIX), make_entries(300, MIX))
    said = json.loads(json.dumps(drift.to_dict()))
    assert list(said) == [
        "has_enough_texts", "has_drifted", "texts", "before", "is_reference", "other_bundles",
        "looks", "tools", "tellable", "power", "level",
    ]  # fmt: skip
    assert said["tools"][0]["share"]["now_95"][0] < said["tools"][0]["share"]["now"]
