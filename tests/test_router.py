import dataclasses
import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router import BundleError, Decision, InputError, Reason, Router
from edge_router.bundle import pack_bundle
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
    assert decision.candidates[0] == ("timer.start", decision.confidence)
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
        dataclasses.replace(golden, logits_sha256="0" * 64),
        dataclasses.replace(golden, decision={**golden.decision, "confidence": 0.5}),
        golden,
    )
    other = Router(dataclasses.replace(assistant.bundle, goldens=wrong))
    assert [mismatch.what for mismatch in verify(other)] == ["tokens", "logits", "decision"]


def test_a_bundle_whose_labels_are_not_the_models_is_refused(assistant: Router):
    manifest = dataclasses.replace(
        assistant.bundle.manifest, tools=assistant.bundle.manifest.tools[:-1]
    )
    forged = pack_bundle(
        manifest=manifest,
        model=assistant.bundle.model,
        tokenizer=assistant.bundle.tokenizer,
        goldens=(),
    )
    with pytest.raises(BundleError, match="labels"):
        Router.load(forged)


def test_a_base_encoder_is_no_router_yet(assistant: Router):
    manifest = dataclasses.replace(assistant.bundle.manifest, tools=())
    with pytest.raises(BundleError, match="train one"):
        Router.load(
            pack_bundle(
                manifest=manifest,
                model=assistant.bundle.model,
                tokenizer=assistant.bundle.tokenizer,
                goldens=(),
            )
        )


def test_a_decision_survives_a_round_trip(assistant: Router):
    decision = assistant.route("lock the door")
    assert pickle.loads(pickle.dumps(decision)) == decision
    assert json.loads(json.dumps(decision.to_dict()))["reason"] == decision.reason
