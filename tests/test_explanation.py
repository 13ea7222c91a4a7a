"""Why: what ``Router.explain`` says, and that it adds up."""

import dataclasses
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router import Candidate, Explanation, InputError, Reason, Router
from edge_router.explanation import Neighbor
from edge_router.routing.contrast import make_contrast
from edge_router.routing.vectors import key_of

DATA = Path(__file__).parent / "data"
TINY, MIXED = DATA / "tiny.router", DATA / "mixed.router"


@pytest.fixture(scope="module")
def tiny() -> Router:
    return Router.load(TINY)


@pytest.fixture(scope="module")
def taught() -> Router:
    router = Router.base().teach("coffee.start", ["make me a coffee", "espresso please"])
    router = router.teach("lights.dim", ["turn the lights down a bit", "it's too bright in here"])
    return router.teach("weather", ["will it rain", "do I need a coat"], description="The weather")


@pytest.fixture(scope="module")
def mixed() -> Router:
    """Two trained tools and a taught one."""
    return Router.load(MIXED).teach("cafe.find", ["cafe", "cafe please"])


def adds_up(found: Explanation) -> bool:
    total = sum(word.steps for word in found.words) + found.orders * found.rest
    return total == found.orders * found.difference


def test_words_add_up_to_the_difference_of_the_logits(tiny: Router):
    found = tiny.explain("make the coffee, please")
    assert (found.best.tool, found.rival.tool, found.rank) == ("coffee.start", None, 2)
    logits = tiny.logits("make the coffee, please")
    assert found.difference == logits[1] - logits[2]
    assert (found.unit, found.halving, found.orders, found.rest) == ("logits", 24, 120, 0)
    assert adds_up(found)
    assert [word.text for word in found.words] == ["make", "the", "coffee", ",", "please"]
    assert max(found.words, key=lambda word: word.steps).text == "coffee"
    assert found.decision == tiny.route("make the coffee, please")
    assert (found.bundle, found.version, found.sha256) == ("tiny", "1", tiny.bundle.sha256)


def test_words_are_spans_of_the_text(tiny: Router):
    text = "  Dim   the LIGHTS!"
    words = tiny.explain(text).words
    assert [text[word.start : word.end] for word in words] == ["Dim", "the", "LIGHTS", "!"]
    assert all(word.contribution == word.steps / 24 for word in words)


def test_the_smallest_deletion_flips_the_decision(tiny: Router):
    found = tiny.explain("lights coffee")
    assert found.decision.tool is None
    assert (found.flip.words, found.flip.text) == ((0,), "coffee")
    assert found.flip.decision == tiny.route("coffee")
    assert found.flip.is_smallest
    assert tiny.explain("dim the lights please").flip.words == (0, 2)
    assert tiny.explain("coffee").flip is None


def test_taught_tools_are_compared_by_their_own_logits(taught: Router):
    found = taught.explain("could I get an espresso?")
    assert (found.best.tool, found.unit) == ("coffee.start", "taught_logits")
    assert found.rest < 0  # the empty text is none of the tools'
    assert adds_up(found)
    assert max(found.words, key=lambda word: word.steps).text == "espresso"
    assert found.neighbors[0].tool == "coffee.start"
    assert {n.source for n in found.neighbors} == {"taught"}
    assert (found.fit.tools, found.fit.examples, found.fit.rounds) == (3, 7, 16)
    assert not found.fit.is_shortlisted


def test_the_score_of_taught_tools_is_that_by_which_they_are_ranked(taught: Router):
    for text in ("could I get an espresso", "is it bright", "who won the war", "rain"):
        ids, ranking = taught.tokens(text), taught._taught_tools
        places, logits = ranking.logits(ids, taught.embed(text))
        assert places is None
        names = ["coffee.start", "lights.dim", "weather", None]
        assert ranking.score(ids, taught.embed(text), names) == logits.tolist()


def test_a_text_that_was_taught_word_for_word_is_said(taught: Router):
    assert taught.explain("Espresso  please").is_verbatim
    assert not taught.explain("espresso").is_verbatim


def test_means_are_told_from_fitted_rows(taught: Router, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("edge_router.routing.taught_head.WORK", 0)
    assert taught.teach("music", ["play some jazz"]).explain("jazz").fit.rounds == 0


def test_a_tool_that_a_shortlist_left_out_is_compared_all_the_same(
    taught: Router, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router.routing.taught_tools.MANY", 1)
    router = taught.teach("music", ["play some jazz"])
    ranking = router._taught_tools
    monkeypatch.setattr(
        ranking._shortlist, "are_near", lambda _: np.array([True, False, False, False])
    )
    found = router.explain("could I get an espresso", against="lights.dim")
    assert found.fit.is_shortlisted
    assert (found.rival, found.rank) == (Candidate("lights.dim", 0.0, "taught"), None)
    assert found.unit == "taught_logits"
    assert adds_up(found)
    assert found.difference > 0


def test_any_tool_can_be_compared_with_the_best(taught: Router):
    found = taught.explain("could I get an espresso", against="weather")
    assert (found.best.tool, found.rival.tool) == ("coffee.start", "weather")
    ranked = taught.route("could I get an espresso", top=9).candidates
    assert ranked[found.rank - 1] == found.rival
    assert adds_up(found)
    assert "weather" in {n.tool for n in found.neighbors}


def test_the_best_itself_is_compared_with_the_runner_up(taught: Router):
    found = taught.explain("could I get an espresso", against="coffee.start")
    assert found == taught.explain("could I get an espresso")


@pytest.mark.parametrize(("text", "reason"), [("", "empty_input"), (" \x00", "empty_input")])
def test_an_empty_text_has_nothing_to_explain(tiny: Router, text: str, reason: str):
    found = tiny.explain(text)
    assert (found.decision.reason, found.best, found.unit) == (reason, None, "nothing")
    assert (found.difference, found.flip, found.neighbors) == (0, None, ())


def test_a_router_without_tools_says_so():
    found = Router.base().explain("dim the lights")
    assert found.decision.reason == Reason.NO_TOOLS
    assert [(word.text, word.steps) for word in found.words] == [
        ("dim", 0),
        ("the", 0),
        ("lights", 0),
    ]


def test_however_few_candidates_a_bundle_shows_the_runner_up_is_known(tiny: Router):
    choice = dataclasses.replace(tiny.bundle.manifest.parts.choice, top=1)
    parts = dataclasses.replace(tiny.bundle.manifest.parts, choice=choice)
    manifest = dataclasses.replace(tiny.bundle.manifest, parts=parts)
    found = Router(dataclasses.replace(tiny.bundle, manifest=manifest)).explain("dim the lights")
    assert len(found.decision.candidates) == 1
    assert found.rival.tool == "coffee.start"


def test_one_answer_alone_is_explained_by_its_own_score(tiny: Router):
    grounds = SimpleNamespace(
        bundle=tiny.bundle,
        taught=None,
        tokens=tiny.tokens,
        run=lambda ids, _: tiny._engine.run(ids),
    )
    contrast = make_contrast(grounds, Candidate("coffee.start", 1.0), None)
    assert contrast.score("make coffee") == tiny.logits("make coffee")[1]


def test_a_trained_and_a_taught_answer_are_compared_by_their_confidences(mixed: Router):
    found = mixed.explain("dim the lights")
    assert (found.best.tool, found.best.source) == ("lights.dim", "trained")
    assert (found.rival.tool, found.rival.source) == ("cafe.find", "taught")
    assert (found.unit, found.halving, found.rest) == ("confidence", 0, 0)
    assert adds_up(found)
    lead = found.best.confidence - found.rival.confidence
    assert found.difference / 2**30 == pytest.approx(lead, abs=1e-8)


def test_two_trained_answers_beside_a_taught_one_are_compared_by_the_models_logits(mixed: Router):
    found = mixed.explain("dim the lights", against="coffee.start")
    assert (found.best.tool, found.rival.tool, found.unit) == (
        "lights.dim",
        "coffee.start",
        "logits",
    )
    logits = mixed.logits("dim the lights")
    assert found.difference == logits[0] - logits[1]


def test_a_tool_that_is_trained_and_taught_is_compared_by_confidence(mixed: Router):
    found = mixed.teach("lights.dim", ["lights please"]).explain("lights", against="coffee.start")
    assert (found.best.tool, found.unit) == ("lights.dim", "confidence")
    assert adds_up(found)


def test_anchors_of_trained_tools_are_neighbours_and_need_no_teaching(mixed: Router):
    found = Router.load(MIXED).explain("the coffee")
    assert [(n.text, n.tool, n.source) for n in found.neighbors] == [
        ("make coffee", "coffee.start", "trained"),
        ("dim the lights", "lights.dim", "trained"),
    ]
    assert found.fit is None
    assert mixed.explain("cafe").neighbors[0] == Neighbor("cafe", "cafe.find", "taught", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "dim the lights " * 7_000,
        "\U0001f600" * 50,
        "\ud800\udfff",
        "שלום עולם",
        "a\u0301\u202e",
    ],
)
def test_odd_texts_are_explained(assistant: Router, taught: Router, text: str):
    for router in (assistant, taught):
        found = router.explain(text)
        assert adds_up(found)
        assert len(found.words) <= 32
        json.dumps(found.to_dict(), allow_nan=False)


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_any_text_is_explained_and_adds_up(text: str):
    found = Router.load(TINY).explain(text)
    assert adds_up(found)
    assert found.decision.is_truncated or all(
        text[word.start : word.end] == word.text for word in found.words
    )


def test_of_a_truncated_text_only_what_was_read_is_explained(tiny: Router):
    text = "dim the lights now " * 10
    found = tiny.explain(text)
    assert found.decision.is_truncated
    assert found.words[-1].end < len(text)
    assert tiny.tokens(text[: found.words[-1].end]) == tiny.tokens(text)
    assert found.difference == tiny.explain(text[: found.words[-1].end]).difference


def test_the_same_bits_after_a_restart(taught: Router):
    text = "well could you perhaps make me one more of those coffees and then dim the lights"
    script = (
        "import sys, json; from edge_router import Router\n"
        "router = Router.base().load_taught(sys.argv[1])\n"
        "print(json.dumps(router.explain(sys.argv[2]).to_dict()))"
    )
    with tempfile.TemporaryDirectory() as folder:
        taught.save_taught(f"{folder}/t.jsonl")
        done = subprocess.run(
            [sys.executable, "-c", script, f"{folder}/t.jsonl", text],
            capture_output=True,
            text=True,
            check=True,
        )
    assert json.loads(done.stdout) == taught.explain(text).to_dict()


def test_nothing_of_the_text_is_kept(taught: Router):
    text = "a text of someone's own"
    before = set(taught._reader.directions)
    taught.explain(text)
    assert key_of(text) not in taught._reader.directions
    assert set(taught._reader.directions) == before


def test_what_is_no_text_or_no_tool_is_refused(tiny: Router):
    with pytest.raises(InputError, match="must be a str"):
        tiny.explain(None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no tool 'lights'"):
        tiny.explain("dim", against="lights")
