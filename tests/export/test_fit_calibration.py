import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.evaluate import expected_calibration_error
from edge_router.routing.calibration import Calibration
from edge_router_export.fit_calibration import NEVER, Promise, fit_table, fit_threshold


def test_fitted_probabilities_are_as_right_as_they_say():
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, (4000, 6))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([random.choice(6, p=row) for row in chances])
    integers = np.rint(logits * 2000).astype(np.int32)
    table = fit_table(integers, labels)
    calibration = Calibration(shift=table.shift, weights=table.weights, labels="abcdef", top=1)
    best = [calibration.rank(row)[0] for row in integers]
    right = [b.tool == "abcdef"[label] for b, label in zip(best, labels, strict=True)]
    assert expected_calibration_error([b.confidence for b in best], right) < 0.02


def test_of_few_texts_that_are_all_right_the_table_does_not_learn_to_be_always_sure():
    logits = np.array([[9000, 1000, 500], [400, 8000, 0], [100, 700, 6000]] * 20, np.int32)
    table = fit_table(logits, np.tile(np.arange(3), 20))
    calibration = Calibration(shift=table.shift, weights=table.weights, labels="abc", top=1)
    assert 0.9 < calibration.rank(logits[0])[0].confidence < 0.999
    undecided = np.array([3000, 2900, 2800], np.int32)
    assert calibration.rank(undecided)[0].confidence < 0.4


def test_the_threshold_is_the_lowest_that_keeps_the_precision():
    confidences = [0.9] * 60 + [0.8] * 60 + [0.7] * 60
    is_right = [True] * 120 + [False] * 30 + [True] * 30
    promise = fit_threshold(confidences, is_right, target_precision=0.98)
    assert promise == Promise(0.8, 0.98, wanted=0.98, texts=180, more_texts=0)
    assert promise.warnings == ()


def test_the_order_of_the_texts_does_not_matter():
    confidences, is_right = [0.2, 0.9, 0.5] * 60, [False, True, True] * 60
    assert fit_threshold(confidences, is_right, target_precision=0.98).threshold == 0.5


def test_equal_confidences_stand_or_fall_together():
    promise = fit_threshold([0.9] * 100, [True] * 91 + [False] * 9, target_precision=0.95)
    assert (promise.threshold, promise.precision) == (0.9, 0.9)


@pytest.mark.parametrize(
    ("flawless", "precision"), [(49, 0.98), (48, 0.95), (19, 0.95), (18, 0.9), (9, 0.9), (1, 0.5)]
)
def test_few_texts_support_a_lesser_promise(flawless: int, precision: float):
    promise = fit_threshold([0.7] * flawless, [True] * flawless, target_precision=0.98)
    assert (promise.threshold, promise.precision) == (0.7, precision)


def test_a_lesser_promise_says_what_would_support_the_whole_one():
    confidences, is_right = [0.9] * 35 + [0.6] * 25, [True] * 35 + [True, False] * 12 + [False]
    promise = fit_threshold(confidences, is_right, target_precision=0.98)
    # of 35 flawless of 60 texts 49 are wanted: 14 / 35 * 60 more
    assert promise == Promise(0.9, 0.95, wanted=0.98, texts=60, more_texts=24)
    assert promise.warnings == (
        "60 held-out texts support a promise of 95 % right answers, not of 98 %, and the threshold "
        "is chosen for that; about 24 more examples would support 98 % if it errs as seldom on them",
    )


def test_where_the_surest_are_wrong_more_of_the_kind_do_not_help():
    promise = fit_threshold([0.9] * 10, [True] * 8 + [False] * 2, target_precision=0.98)
    assert promise == Promise(0.9, 0.7, wanted=0.98, texts=10, more_texts=None)
    assert "give more examples of each tool" in promise.warnings[0]


@pytest.mark.parametrize("is_right", [[], [False] * 30, [True, False, False] * 10])
def test_a_router_that_would_answer_nothing_says_so(is_right: list[bool]):
    promise = fit_threshold([0.5] * len(is_right), is_right, target_precision=0.98)
    assert promise.threshold == NEVER
    assert promise.warnings[0].startswith("the router answers nothing: ")


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), max_size=200),
    st.sampled_from([0.8, 0.9, 0.98]),
)
def test_a_promise_is_kept_on_the_texts_it_was_made_from(
    texts: list[tuple[float, bool]], target: float
):
    promise = fit_threshold([c for c, _ in texts], [r for _, r in texts], target_precision=target)
    answered = [right for confidence, right in texts if confidence >= promise.threshold]
    assert not answered or sum(answered) / len(answered) >= promise.precision
    assert promise.precision <= target
    assert (promise.more_texts == 0) == (promise.precision == target)
