"""A router that explores: where it does, where it never does, and that it is the same every time."""

import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from edge_router import InputError, Reason, Router
from edge_router.verify import make_golden, verify

KEY = bytes(range(32))
EXAMPLES = Path(__file__).parents[1] / "examples" / "assistant"
TEXTS = [
    json.loads(line)["text"] for line in (EXAMPLES / "test.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def exploring(assistant: Router) -> Router:
    return assistant.explore(0.2, key=KEY)


@pytest.fixture(scope="module")
def explored(exploring: Router) -> list[str]:
    return [text for text in TEXTS if exploring.route(text).reason is Reason.EXPLORED]


def test_some_texts_go_to_the_second_candidate_and_all_others_stay(
    assistant: Router, exploring: Router, explored: list[str]
):
    assert 5 <= len(explored) <= 20
    for text in TEXTS:
        told, decision = assistant.route(text), exploring.route(text)
        assert decision.candidates == told.candidates
        assert (decision.confidence, decision.threshold) == (told.confidence, told.threshold)
        if text in explored:
            assert decision.tool == told.candidates[1].tool != told.tool
            assert (told.reason, decision.propensity) == (Reason.CONFIDENT, 0.2)
        else:
            assert decision == dataclasses.replace(told, propensity=decision.propensity)
            assert decision.propensity in (0.8, 1.0)


def test_the_same_text_gets_the_same_answer_a_thousand_times(
    exploring: Router, explored: list[str]
):
    text = explored[0]
    assert {exploring.route(text) for _ in range(1000)} == {exploring.route(text)}
    assert list(exploring.route_many(TEXTS)) == [exploring.route(text) for text in TEXTS]


def test_what_reads_the_same_is_explored_alike(exploring: Router, explored: list[str]):
    for text in explored:
        assert exploring.route(f"  {text.upper()} ") == exploring.route(text)


def test_the_same_texts_after_a_restart(assistant_path: Path, exploring: Router):
    script = (
        "import sys, json; from edge_router import Router\n"
        f"router = Router.load({str(assistant_path)!r}).explore(0.2, key=bytes(range(32)))\n"
        "print(json.dumps([router.route(t).to_dict() for t in json.loads(sys.stdin.read())]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [exploring.route(text).to_dict() for text in TEXTS]


def test_another_key_draws_other_texts(assistant: Router, explored: list[str]):
    other = assistant.explore(0.2, key=bytes(32))
    assert explored != [t for t in TEXTS if other.route(t).reason is Reason.EXPLORED]


def test_a_share_of_0_ends_it(assistant: Router, exploring: Router):
    assert [exploring.explore(0).route(t) for t in TEXTS] == [assistant.route(t) for t in TEXTS]


def test_how_many_candidates_are_shown_changes_no_decision(exploring: Router, explored: list[str]):
    for top in (1, 2, 9):
        decision = exploring.route(explored[0], top=top)
        assert decision.tool == exploring.route(explored[0]).tool
        assert len(decision.candidates) == max(top, 2)


def with_choice(router: Router, **changes) -> Router:
    manifest = router.bundle.manifest
    choice = dataclasses.replace(manifest.parts.choice, **changes)
    parts = dataclasses.replace(manifest.parts, choice=choice)
    manifest = dataclasses.replace(manifest, parts=parts)
    return Router(dataclasses.replace(router.bundle, manifest=manifest))


def test_a_bundle_that_shows_one_candidate_explores_too(assistant: Router, explored: list[str]):
    one = with_choice(assistant, top=1)
    assert len(one.route(explored[0]).candidates) == 1
    assert one.explore(0.2, key=KEY).route(explored[0]).reason is Reason.EXPLORED


def test_with_a_threshold_of_the_callers_own_only_what_is_decided_is_explored(
    exploring: Router, explored: list[str]
):
    strict = exploring.route(explored[0], threshold=1)
    assert (strict.tool, strict.reason) == (None, Reason.LOW_CONFIDENCE)
    assert strict.propensity == 1.0


def test_goldens_are_never_explored(assistant: Router, exploring: Router, explored: list[str]):
    assert verify(exploring) == ()
    assert make_golden(exploring, explored[0]) == make_golden(assistant, explored[0])


def test_neither_parts_nor_explanations_are_explored(
    assistant: Router, exploring: Router, explored: list[str]
):
    text = explored[0]
    assert exploring.split(text) == assistant.split(text)
    assert exploring.explain(text).decision == assistant.route(text)


def test_it_goes_on_after_teaching_and_in_another_process(exploring: Router, explored: list[str]):
    text = explored[0]
    copied = pickle.loads(pickle.dumps(exploring))
    assert copied.route(text) == exploring.route(text)
    taught = Router.base().explore(0.2, key=KEY).load_taught(EXAMPLES / "examples.jsonl")
    assert Reason.EXPLORED in {decision.reason for decision in taught.route_many(TEXTS)}


def test_a_text_that_was_taught_word_for_word_is_never_explored():
    router = Router.base().teach("lights.on", ["light"]).teach("fan.on", ["fan"])
    texts = [f"the small lamp number {number}" for number in range(40)]
    for text in texts:
        router = router.correct(text, tool="lights.on")
    decisions = list(router.explore(0.2, key=KEY).route_many(texts))
    assert {(d.tool, d.propensity) for d in decisions} == {("lights.on", 1.0)}


def test_risky_tools_are_never_explored(assistant: Router, exploring: Router, explored: list[str]):
    taken = {exploring.route(text).tool for text in explored}
    tools = [dataclasses.replace(t, risk="confirm" if t.name in taken else "free")
             for t in assistant.tools]  # fmt: skip
    router = with_choice(assistant, tools=tuple(tools)).explore(0.2, key=KEY)
    decisions = list(router.route_many(TEXTS))
    assert not [d for d in decisions if d.reason is Reason.EXPLORED]
    assert {d.propensity for d in decisions if d.tool or d.proposed} == {0.8, 1.0}
    for decision in decisions:
        if decision.propensity < 1:
            assert not taken & {decision.tool, decision.candidates[1].tool}


def test_only_an_exploring_routers_decision_says_its_propensity(
    assistant: Router, exploring: Router, explored: list[str]
):
    assert "propensity" not in assistant.route(explored[0]).to_dict()
    assert list(exploring.route(explored[0]).to_dict())[-1] == "propensity"


def test_exploring_needs_a_key(assistant: Router):
    with pytest.raises(InputError, match="a secret of this device"):
        assistant.explore(0.02)
