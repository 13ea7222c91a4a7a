import dataclasses
import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_router import BundleError, Decision, InputError, Reason, Router
from edge_router.bundle import Bundle, Embedding, Parts
from edge_router.verify import verify

TEXTS = [
    json.loads(line)["text"]
    for line in (Path(__file__).parents[1] / "examples" / "assistant" / "test.jsonl")
    .read_text("utf-8")
    .splitlines()
]


def bits(decision: Decision) -> str:
    return json.dumps(
        decision.to_dict() | {"bits": [c.confidence.hex() for c in decision.candidates]}
    )


def test_routes_a_text_to_its_tool(assistant: Router):
    decision = assistant.route("set a timer for ten minutes")
    assert (decision.tool, decision.reason) == ("timer.start", Reason.CONFIDENT)
    assert decision.candidates[0] == ("timer.start", decision.confidence, "trained")
    assert len(decision.candidates) == 5


def test_the_same_bits_alone_in_a_batch_and_in_eight_threads(assistant: Router):
    alone = [bits(assistant.route(text)) for text in TEXTS]
    assert [bits(decision) for decision in assistant.route_many(reversed(TEXTS))] == alone[::-1]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert [bits(decision) for decision in pool.map(assistant.route, TEXTS)] == alone


def test_the_same_bits_after_a_restart(assistant: Router, assistant_path: Path):
    script = (
        "import sys, json; from edge_router import Router\n"
        f"router = Router.load({str(assistant_path)!r})\n"
        "for text in json.loads(sys.stdin.read()): print(router.route(text).confidence.hex())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [assistant.route(text).confidence.hex() for text in TEXTS]


@pytest.mark.parametrize("text", ["", "   ", "\t\n\r", "\x00\x01\x02", "\u200b"])
def test_nothing_to_read_is_empty_input(assistant: Router, text: str):
    assert assistant.route(text).reason == Reason.EMPTY_INPUT


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "lights off " * 10_000,
        "\ud800\udfff",
        "\U0001f600" * 50,
        "שלום עולם",
        "مرحبا",
        "a\u0301\u202e",
    ],
)
def test_odd_texts_get_a_decision(assistant: Router, text: str):
    decision = assistant.route(text)
    assert decision.reason in set(Reason)
    assert decision.is_truncated == (len(text) > 2048)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_gets_a_decision(assistant: Router, text: str):
    decision = assistant.route(text)
    assert 0.0 <= decision.confidence <= 1.0
    json.dumps(decision.to_dict(), allow_nan=False)


@pytest.mark.parametrize("value", [None, b"lights off", 7, ["lights off"]])
def test_what_is_no_text_is_refused(assistant: Router, value: object):
    with pytest.raises(InputError, match="must be a str"):
        assistant.route(value)  # type: ignore[arg-type]


def test_its_goldens_are_the_same_here(assistant: Router):
    assert len(assistant.bundle.goldens) > 30
    assert verify(assistant) == ()


def test_verify_names_the_first_stage_that_differs(assistant: Router):
    golden = assistant.bundle.goldens[0]
    wrong = (
        dataclasses.replace(golden, tokens=(1,)),
        dataclasses.replace(golden, outputs_sha256={"logits": "0" * 64}),
        dataclasses.replace(golden, decision={**golden.decision, "confidence": 0.5}),
        golden,
    )
    other = Router(dataclasses.replace(assistant.bundle, goldens=wrong))
    assert [mismatch.what for mismatch in verify(other)] == ["tokens", "logits", "decision"]


def test_a_bundle_whose_labels_are_not_the_models_is_refused(assistant: Router):
    choice = assistant.bundle.manifest.parts.choice
    parts = Parts(dataclasses.replace(choice, tools=choice.tools[:-1]))
    with pytest.raises(BundleError, match=r"logits are int32 \(15,\), not int32 \(14,\)"):
        Router(with_parts(assistant.bundle, parts))


@pytest.mark.parametrize("parts", [Parts(embedding=Embedding(8)), Parts()], ids=["another", "none"])
def test_a_bundle_whose_model_answers_something_else_is_refused(assistant: Router, parts: Parts):
    with pytest.raises(BundleError, match="the bundle's parts need"):
        Router(with_parts(assistant.bundle, parts))


def with_parts(bundle: Bundle, parts: Parts) -> Bundle:
    return dataclasses.replace(bundle, manifest=dataclasses.replace(bundle.manifest, parts=parts))


def test_a_threshold_of_the_callers_own_takes_the_place_of_the_bundles(assistant: Router):
    text = "set a timer for ten minutes"
    told = assistant.route(text)
    strict = assistant.route(text, threshold=1)
    assert (strict.tool, strict.reason) == (None, Reason.LOW_CONFIDENCE)
    assert (strict.threshold, strict.candidates) == (1.0, told.candidates)
    assert assistant.route("lamp to minimum brightness").reason == Reason.LOW_CONFIDENCE
    assert assistant.route("lamp to minimum brightness", threshold=0).tool == "lights.dim"
    assert assistant.route(text) == told
    assert told.threshold == assistant.threshold


def test_as_many_candidates_as_asked_for(assistant: Router):
    text = "set a timer for ten minutes"
    told = assistant.route(text)
    everything = assistant.route(text, top=100).candidates
    assert {c.tool for c in everything} == {*(tool.name for tool in assistant.tools), None}
    assert sum(c.confidence for c in everything) == pytest.approx(1.0)
    assert everything[:5] == told.candidates
    assert assistant.route(text, top=1).candidates == told.candidates[:1]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "0.5"])
def test_a_threshold_that_is_no_confidence_is_refused(assistant: Router, threshold: object):
    with pytest.raises(InputError, match="a confidence from 0 to 1"):
        assistant.route("lights off", threshold=threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize("top", [0, -1, 1.5, True, "5"])
def test_a_top_that_is_no_number_of_candidates_is_refused(assistant: Router, top: object):
    with pytest.raises(InputError, match="1 or more"):
        assistant.route("lights off", top=top)  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", ["lights off", b"lights off"])
def test_one_text_is_not_many(assistant: Router, texts: object):
    with pytest.raises(InputError, match="call route for one"):
        assistant.route_many(texts)  # type: ignore[arg-type]


def test_a_router_is_pickled_as_its_bundle(assistant: Router):
    again = pickle.loads(pickle.dumps(assistant))
    assert again.bundle == assistant.bundle
    assert [bits(again.route(text)) for text in TEXTS] == [bits(assistant.route(t)) for t in TEXTS]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_are_loaded(assistant: Router, assistant_path: Path, kind: type):
    assert Router.load(kind(assistant_path.read_bytes())).bundle == assistant.bundle


def test_it_says_what_it_is(assistant: Router):
    sha256 = assistant.bundle.sha256
    assert repr(assistant) == f"Router('assistant', 14 tools, sha256 {sha256[:8]})"


def test_the_base_router_knows_no_tool_but_what_texts_mean():
    base = Router.base()
    assert base.tools == ()
    assert base.route("make me a coffee").reason == Reason.NO_TOOLS
    assert base.route("").reason == Reason.EMPTY_INPUT
    coffee, espresso, weather = (
        base.embed(text).astype(float)
        for text in ("make me a coffee", "an espresso please", "will it rain tomorrow")
    )
    assert cosine(coffee, espresso) > 0.4 > cosine(coffee, weather)
    assert base.embed("") @ base.embed("") == 0
    assert verify(base) == ()
    with pytest.raises(InputError, match="no logits"):
        base.logits("make me a coffee")


def cosine(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
