import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import promise
from bench.commands.promise import check_promise
from edge_router import Router


def test_a_router_that_errs_below_some_confidence_answers_above_it():
    random = np.random.default_rng(3)
    confidences = random.random(4000)
    is_right = (confidences > 0.3) | (random.random(4000) < 0.5)
    found = check_promise(confidences, is_right, np.ones(4000, bool), resplits=20, max_error=0.02)
    assert found["kept"] >= 19
    assert (found["supported"], found["resplits"]) == (20, 20)
    assert 0.68 < found["coverage"] < 0.73  # 2 % errors of those above 0.27
    assert 0 < found["mean_error"] < 0.02


def test_texts_that_are_never_answered_are_no_errors():
    confidences = np.array([0.9] * 600 + [-1.0] * 600)
    found = check_promise(confidences, confidences > 0, confidences > 0, resplits=5, max_error=0.02)
    assert (found["kept"], found["mean_error"], found["coverage"]) == (5, 0.0, 1.0)


def test_held_out_and_test_texts_are_pooled(
    monkeypatch, write_sets, assistant: Router, assistant_path
):
    written: dict = {}
    monkeypatch.setattr(promise, "write_result", lambda name, rows, bundles: written.update(rows))
    tools = [tool.name for tool in assistant.tools]
    write_sets(
        {
            "toys/valid": [("dim the lights", tools[0]), ("play some jazz", tools[1])],
            "toys/test": [("make coffee", tools[0])],
            "toys/oos_test": [("seven is a prime", "oos")],
        }
    )
    assert main(["promise", f"--bundle=toys/mine={assistant_path}", "--resplits=2"]) == 0
    (row,) = written["rows"]
    assert (row["dataset"], row["label"], row["texts"], row["resplits"]) == ("toys", "mine", 4, 2)
    assert row["sha256"] == assistant.bundle.sha256
