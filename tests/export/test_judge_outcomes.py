"""What held-out outcomes say of a router, and what they leave open."""

import random

import numpy as np
import pytest

from edge_router.evaluate import Prediction
from edge_router.examples import Example, LoggedOutcome
from edge_router.routing.calibration import Calibration
from edge_router_export.fit_calibration import fit_table_to_outcomes
from edge_router_export.judge_outcomes import HeldOutLog, measure_worth, promise_by_outcomes
from edge_router_export.load_outcomes import Logged
from edge_router_export.recipe import TrainRecipe, read_recipe

RECIPE = read_recipe(TrainRecipe, "tiny", {})


def make_log(outcomes: list[LoggedOutcome], learnt: int = 0) -> HeldOutLog:
    train = (outcomes[0],) * learnt
    return HeldOutLog(tuple(outcomes), Logged(train, tuple(outcomes), 0.0, 1.0), RECIPE)


def predict(outcome: LoggedOutcome, best: str, confidence: float = 0.9) -> Prediction:
    return Prediction(Example(outcome.text, None, (), "", 1), best, confidence, best)


def run_policy(rounds: int, seed: int) -> tuple[list[Prediction], HeldOutLog]:
    """A policy that takes the router's tool in nine of ten texts of one kind, of which the router
    knows 99 %, and in three of ten of another, of which it knows 70 %; both are as frequent.
    """
    source = random.Random(seed)
    predictions, outcomes = [], []
    for number in range(rounds):
        likely, right = source.choice([(0.9, 0.99), (0.3, 0.7)])
        takes_own = source.random() < likely
        is_right = source.random() < right
        outcome = LoggedOutcome(
            text=f"text {number}",
            tool="tea" if takes_own else "light",
            propensity=likely if takes_own else 1 - likely,
            reward=float(is_right if takes_own else source.random() < 0.1),
        )
        outcomes.append(outcome)
        predictions.append(predict(outcome, "tea", 0.9 if likely > 0.5 else 0.6))
    return predictions, make_log(outcomes)


def test_rows_are_thinned_to_one_propensity_so_that_each_text_counts_as_much():
    predictions, log = run_policy(4000, seed=1)
    promise = promise_by_outcomes(predictions, log, 0.5)
    # 0.3 of either kind: without thinning 1,800 of the easy texts would stand against 600
    assert 1080 < promise.texts < 1320
    assert promise.answered == promise.texts
    assert "thinned to the propensity 0.3," in promise.grounds
    assert "cover about 100% of what is answered" in promise.grounds


def test_the_promise_is_of_all_texts_and_not_of_those_that_the_log_liked():
    kept = 0
    for seed in range(40):
        predictions, log = run_policy(1500, seed)
        promise = promise_by_outcomes(predictions, log, 0.1)
        # answering both kinds errs in 15.5 % of the texts, the surer one alone in 1 %
        kept += promise.threshold > 0.6
    assert kept >= 38


def test_a_text_that_was_logged_twice_is_one():
    outcome = LoggedOutcome(text="a", tool="tea", propensity=0.5, reward=1.0)
    log = make_log([outcome] * 400)
    assert promise_by_outcomes([predict(outcome, "tea")] * 400, log, 0.02).texts == 1


def test_more_outcomes_are_counted_as_rows_of_the_log():
    outcomes = [
        LoggedOutcome(
            text=f"t {i}", tool="tea" if i % 2 else "light", propensity=0.5, reward=float(i % 2)
        )
        for i in range(200)
    ]
    predictions = [predict(o, "tea") for o in outcomes]
    promise = promise_by_outcomes(predictions, make_log(outcomes, learnt=1800), 0.02)
    # 149 flawless rows are needed and 100 are there; one of 20 logged rows is kept
    assert (promise.texts, promise.more_texts) == (100, 49 * 20)
    assert "about 980 more logged outcomes would support 2 %" in promise.warnings[0]
    assert "from 100 held-out outcomes" in promise.sentence


def test_the_worth_of_a_router_is_found_beside_that_of_the_policy():
    predictions, log = run_policy(4000, seed=3)
    worth = measure_worth(predictions, log)
    assert worth.router.low < 0.845 < worth.router.high  # (0.99 + 0.7) / 2
    assert worth.router.value == pytest.approx(0.845, abs=0.03)
    logged = (0.9 * 0.99 + 0.1 * 0.1 + 0.3 * 0.7 + 0.7 * 0.1) / 2
    assert worth.logged.value == pytest.approx(logged, abs=0.03)
    assert worth.is_sound
    assert "value estimate of this router 0.8" in worth.sentence


def test_a_worth_that_the_log_says_little_of_is_marked():
    outcomes = [
        LoggedOutcome(text=f"t {i}", tool="tea", propensity=0.9, reward=1.0) for i in range(200)
    ]
    worth = measure_worth([predict(o, "light") for o in outcomes], make_log(outcomes))
    assert not worth.is_sound
    assert "too little of this router's tools" in worth.sentence


def test_probabilities_are_found_though_one_of_ten_rewards_says_the_opposite():
    random_ = np.random.default_rng(0)
    logits = random_.normal(0, 3, (6000, 4))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([random_.choice(4, p=row) for row in chances])
    taken = np.where(random_.random(6000) < 0.6, logits.argmax(1), random_.integers(0, 4, 6000))
    is_good = (taken == labels) != (random_.random(6000) < 0.1)
    integers = np.rint(logits * 2000).astype(np.int32)
    table = fit_table_to_outcomes(integers, taken, is_good)
    calibration = Calibration(shift=table.shift, weights=table.weights, labels="abcd", top=1)
    sure = np.array([calibration.share(row, int(row.argmax())) for row in integers])
    assert np.abs(sure - chances.max(1)).max() < 0.03
