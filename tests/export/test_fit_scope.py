import numpy as np

from edge_router.examples import Example
from edge_router.routing.scope import Scope
from edge_router_export.fit_decision import fit_decision
from edge_router_export.fit_scope import OUTSIDE, PLACES, fit_scope
from edge_router_export.judge import Judged


def make_judged(count: int, *, outside: int = 0, likeness: bool = True) -> Judged:
    random = np.random.default_rng(1)
    labels = random.integers(0, 3, count)
    own = random.normal(5000, 800, (count, 1)) * np.eye(3)[labels]
    logits = np.concatenate([random.normal(0, 100, (count, 3)) + own, np.zeros((outside, 3))])
    examples = [Example(str(i), "abc"[label], (), "x", i) for i, label in enumerate(labels)]
    examples += [Example("?", None, (), "x", count)] * outside
    near = np.concatenate([random.normal(3e6, 4e5, count), np.full(outside, 5e5)])
    return Judged(
        tuple(examples),
        logits.astype(np.int32),
        ("a", "b", "c"),
        near.astype(np.int64) if likeness else np.zeros(count + outside, np.int64),
    )


def test_both_signs_weigh_alike_by_how_they_vary():
    numbers = fit_scope(make_judged(400))
    leads = 800 * 2 / 3
    assert 0.8 < numbers.lead * leads / (numbers.likeness * 4e5) < 1.25
    assert numbers.threshold == OUTSIDE


def test_where_nothing_is_close_to_anything_only_the_logits_count():
    numbers = fit_scope(make_judged(400, likeness=False))
    assert (numbers.likeness, numbers.lead > 0) == (0, True)


def test_held_out_texts_get_every_scope_alike_often_and_others_none():
    judged = make_judged(3000, outside=5)
    numbers = fit_scope(judged)
    assert len(numbers.places) == PLACES
    scope = Scope(numbers, (), tools=3)
    pairs = zip(judged.logits, judged.likeness.tolist(), strict=True)
    found = [scope.of(logits, likeness) for logits, likeness in pairs]
    assert np.quantile(found[:3000], [0.1, 0.5, 0.9]).round(2).tolist() == [0.1, 0.5, 0.9]
    assert found[3000:] == [0.0] * 5


def test_without_texts_that_have_a_tool_there_is_no_scope():
    assert fit_scope(make_judged(0, outside=4)) is None


def test_a_tool_to_confirm_gets_a_promise_of_its_own(monkeypatch):
    from types import SimpleNamespace

    from edge_router.tool import Tool

    recipe = SimpleNamespace(max_error=0.1, coverage=0.99)
    judged = make_judged(900)
    free = fit_decision(judged, SimpleNamespace(tools=(Tool("a"),)), recipe)
    assert free.unasked.threshold > 1
    fitted = fit_decision(judged, SimpleNamespace(tools=(Tool("a", risk="confirm"),)), recipe)
    assert (fitted.unasked.max_error, fitted.promise.max_error) == (0.025, 0.1)
    assert fitted.promise.threshold <= fitted.unasked.threshold <= 1
    few = fit_decision(make_judged(40), SimpleNamespace(tools=(Tool("a", risk="confirm"),)), recipe)
    assert few.unasked.threshold > 1
