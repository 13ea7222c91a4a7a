import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from edge_router_export.fit_threshold import NEVER, Promise, fit_threshold


def test_the_threshold_is_the_lowest_that_the_texts_support():
    confidences = [0.9] * 200 + [0.8] * 200 + [0.7] * 200
    is_right = [True] * 398 + [False] * 2 + [True] * 180 + [False] * 20
    promise = fit_threshold(confidences, is_right, max_error=0.02)
    assert promise == Promise(0.8, 0.02, wanted=0.02, texts=600, answered=400, more_texts=0)
    assert promise.warnings == ()
    assert promise.sentence == (
        "at most 2 % of the answers are wrong, with a certainty of 95 %; from 600 held-out texts, "
        "of which 66.7 % are answered; for texts like these, not once what people say drifts away "
        "from them"
    )


def test_the_bound_is_clopper_and_pearsons():
    for errors in range(3):
        # the fewest texts for which the upper bound of so many errors is 2 %
        enough = next(n for n in range(100, 999) if beta.ppf(0.95, errors + 1, n - errors) <= 0.02)
        for texts, supported in ((enough, 0.02), (enough - 1, 0.05)):
            is_right = [False] * errors + [True] * (texts - errors)
            promise = fit_threshold([0.5] * texts, is_right, max_error=0.02)
            assert (promise.max_error, promise.answered) == (supported, texts)


def test_the_order_of_the_texts_does_not_matter():
    confidences, is_right = [0.2, 0.9, 0.5] * 120, [False, True, True] * 120
    assert fit_threshold(confidences, is_right, max_error=0.02).threshold == 0.5


def test_equal_confidences_stand_or_fall_together():
    promise = fit_threshold([0.9] * 200, [True] * 191 + [False] * 9, max_error=0.05)
    assert (promise.threshold, promise.max_error, promise.answered) == (0.9, 0.1, 200)


@pytest.mark.parametrize(
    ("flawless", "max_error"),
    [(149, 0.02), (148, 0.05), (59, 0.05), (58, 0.1), (29, 0.1), (5, 0.5)],
)
def test_few_texts_support_a_lesser_promise(flawless: int, max_error: float):
    promise = fit_threshold([0.7] * flawless, [True] * flawless, max_error=0.02)
    assert (promise.threshold, promise.max_error) == (0.7, max_error)


def test_a_lesser_promise_says_what_would_support_the_whole_one():
    confidences, is_right = [0.9] * 35 + [0.6] * 25, [True] * 35 + [True, False] * 12 + [False]
    promise = fit_threshold(confidences, is_right, max_error=0.02, is_cross_validated=True)
    # of 35 flawless of 60 texts 149 are wanted: 114 / 35 * 60 more
    assert promise == Promise(0.9, 0.1, 0.02, 60, 35, more_texts=196, is_cross_validated=True)
    assert promise.warnings == (
        "60 held-out texts support a promise of at most 10 % wrong answers, not of 2 %, and the "
        "threshold is chosen for that; about 196 more examples would support 2 % if it errs as "
        "seldom on them",
    )
    assert "from 60 cross-validated texts, of which 58.3 % are answered" in promise.sentence


def test_where_the_surest_are_wrong_more_of_the_kind_do_not_help():
    promise = fit_threshold([0.9] * 40, [False] * 4 + [True] * 36, max_error=0.02)
    assert promise == Promise(0.9, 0.3, 0.02, texts=40, answered=40, more_texts=None)
    assert "give more examples of each tool" in promise.warnings[0]


@pytest.mark.parametrize("is_right", [[], [True] * 4, [False] * 30, [True, False, False] * 10])
def test_a_router_that_would_answer_nothing_says_so(is_right: list[bool]):
    promise = fit_threshold([0.5] * len(is_right), is_right, max_error=0.02)
    assert (promise.threshold, promise.max_error, promise.answered) == (NEVER, 1.0, 0)
    assert promise.warnings[0].startswith("the router answers nothing: ")
    assert promise.sentence == f"none: {len(is_right)} held-out texts support no threshold"


@pytest.mark.parametrize("texts", [160, 900])
@pytest.mark.parametrize("steepness", [1, 4])
def test_the_promise_holds_for_the_truth_in_95_of_100_sets(texts: int, steepness: int):
    """The chance of an error is known, so that what is promised can be compared with the truth."""
    random = np.random.default_rng(7)
    kept, promised = [], []
    for _ in range(250):
        doubt = random.random(texts)
        is_right = random.random(texts) >= 0.5 * doubt**steepness
        promise = fit_threshold((1 - doubt).tolist(), is_right.tolist(), max_error=0.05)
        # the mean chance of an error among texts with less doubt than at the threshold
        truth = 0.5 * max(0.0, 1 - promise.threshold) ** steepness / (steepness + 1)
        kept.append(truth <= promise.max_error)
        promised.append(promise.max_error)
    assert np.mean(kept) >= 0.95
    assert (texts, steepness) != (900, 4) or np.mean(np.equal(promised, 0.05)) > 0.9


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), max_size=200),
    st.sampled_from([0.2, 0.1, 0.02]),
)
def test_a_promise_is_kept_on_the_texts_it_was_made_from(
    texts: list[tuple[float, bool]], wanted: float
):
    promise = fit_threshold([c for c, _ in texts], [r for _, r in texts], max_error=wanted)
    answered = [right for confidence, right in texts if confidence >= promise.threshold]
    assert len(answered) == promise.answered
    assert not answered or answered.count(False) / len(answered) <= promise.max_error
    assert promise.max_error >= wanted
    assert (promise.more_texts == 0) == (promise.max_error == wanted)
