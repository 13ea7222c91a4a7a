"""Deletion curves, on areas known by hand and on a real router."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra [export]")
pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import explain
from bench.commands.explain import measure_area, summarize
from bench.gradients import FloatModel
from edge_router import Router

TEXTS = [
    "lights dim please",
    "make the coffee",
    "dim the coffee lights",
    "the weather please",
    "lights",
]


@pytest.fixture
def tiny_path(request) -> str:
    return str(request.config.rootpath / "tests" / "data" / "tiny.router")


@pytest.mark.parametrize(
    ("curve", "area"),
    [([1, 0], 0.5), ([1, 1, 0], 0.75), ([4, 0, 0], 1.0), ([3, -3, 0, 0, 0], -0.375)],
)
def test_an_area_is_that_of_trapezoids(curve, area):
    assert measure_area(curve) == pytest.approx(area)


def test_areas_are_means_over_the_texts_beside_random():
    found = summarize(
        np.array([[0.2, 1, 10], [0.4, -4, 20]]), np.array([[0.5, 0, 10], [0.7, 0, 20]])
    )
    assert found["same_answer"] == pytest.approx(0.3)
    assert found["same_answer_to_random"] == pytest.approx(0.5)
    assert found["lead"] == pytest.approx(-0.1)
    assert found["lead_95"][0] <= found["lead"] <= found["lead_95"][1]


def test_each_order_is_measured_on_the_validation_split(monkeypatch, write_sets, tiny_path):
    written: dict = {}
    monkeypatch.setattr(explain, "write_result", lambda name, found, bundles: written.update(found))
    write_sets({"clinc150/valid": [(text, "any") for text in TEXTS]})
    assert main(["explain", f"--bundle=mine={tiny_path}", "--texts=4"]) == 0
    assert (written["dataset"], written["split"], written["texts"]) == ("clinc150", "valid", 4)
    rows = {row["method"]: row for row in written["rows"]}
    assert list(rows) == ["explain", "without each word alone", "gradient x input", "random"]
    assert {row["label"] for row in written["rows"]} == {"mine"}
    assert rows["random"]["same_answer_to_random"] == 1.0
    assert rows["explain"]["lead"] < rows["random"]["lead"]
    assert rows["explain"]["same_answer"] < rows["random"]["same_answer"]


def test_the_float_model_computes_what_the_integers_do(assistant: Router):
    model = FloatModel(assistant.bundle.model)
    for text in ("set a timer for ten minutes", "turn on the lights", "jazz"):
        logits = assistant.logits(text).astype(int)
        lead, gradients = model.attribute(assistant.tokens(text), 0, 1)
        assert lead == pytest.approx(logits[0] - logits[1], abs=0.02 * np.abs(logits).max())
        assert len(gradients) == len(assistant.tokens(text))


def test_gradient_x_input_is_the_score_itself_where_the_model_is_linear(tiny_path):
    # one word, nothing clipped: the lead is a multiple of the word's row
    router = Router.load(tiny_path)
    lead, (gradient,) = FloatModel(router.bundle.model).attribute(router.tokens("coffee"), 1, 0)
    assert gradient == pytest.approx(lead)
