import numpy as np
import pytest

from edge_router.bundle import CalibrationTable, ShortlistNumbers
from edge_router.bundle.doubt import FLOOR
from edge_router.examples import Example
from edge_router.routing.calibration import Calibration
from edge_router.routing.prediction_set import PredictionSet
from edge_router_export.fit_shortlist import find_floor, fit_shortlist
from edge_router_export.judge import Judged

TABLE = CalibrationTable(0, (*[1 << (30 - k // 64) for k in range(31 * 64)], 0))
TOOLS = ("a", "b", "c", "d")


def make_judged(count: int, seed: int = 5) -> Judged:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 4, count)
    logits = random.normal(0, 120, (count, 4)) + 400 * np.eye(4)[labels] * random.random((count, 1))
    examples = [Example(str(i), TOOLS[label], (), "x", i) for i, label in enumerate(labels)]
    integers = np.rint(logits).astype(np.int32)
    return Judged(tuple(examples), integers, TOOLS, np.zeros(count, np.int64))


def list_sets(numbers: ShortlistNumbers, judged: Judged) -> list[tuple[str, ...]]:
    calibration = Calibration(shift=0, weights=TABLE.weights, labels=TOOLS, top=2)
    found = PredictionSet(numbers, TOOLS, calibration)
    return [found.of(logits, calibration.rank(logits)) for logits in judged.logits]


def test_the_floor_leaves_out_as_many_as_the_coverage_allows():
    shares = [number / 1000 for number in range(199)]
    assert find_floor(shares, 0.99) == int(0.001 * FLOOR)  # the second lowest of 199
    assert find_floor(shares[:99], 0.99) == 0
    assert find_floor(shares[:98], 0.99) is None


def test_each_tool_has_a_floor_of_its_own_where_it_has_texts_enough():
    assert len(fit_shortlist(make_judged(2000), TABLE, 0.9).floors) == 4
    assert len(fit_shortlist(make_judged(30), TABLE, 0.9).floors) == 1
    assert fit_shortlist(make_judged(8), TABLE, 0.9) is None


def test_further_texts_have_their_tool_on_the_list_as_promised():
    numbers = fit_shortlist(make_judged(2000), TABLE, 0.9)
    further = make_judged(4000, seed=6)
    sets = list_sets(numbers, further)
    held = [e.tool in found for e, found in zip(further.examples, sets, strict=True)]
    assert 0.88 < np.mean(held) < 0.92
    for tool in TOOLS:
        own = [kept for e, kept in zip(further.examples, held, strict=True) if e.tool == tool]
        assert 0.86 < np.mean(own) < 0.94
    assert 1 < np.mean([len(found) for found in sets]) < 3


def test_mapie_lists_the_same_tools():
    classification = pytest.importorskip("mapie.classification", reason="needs the extra [dev]")
    from sklearn.base import BaseEstimator, ClassifierMixin

    def shares(judged: Judged) -> np.ndarray:
        calibration = Calibration(shift=0, weights=TABLE.weights, labels=TOOLS, top=1)
        weights = np.array([calibration.weigh(row) for row in judged.logits], np.float64)
        return weights / weights.sum(1, keepdims=True)

    class Given(ClassifierMixin, BaseEstimator):
        classes_ = np.arange(4)

        def predict_proba(self, rows: np.ndarray) -> np.ndarray:
            return rows

        def predict(self, rows: np.ndarray) -> np.ndarray:
            return rows.argmax(1)

    known, further = make_judged(37), make_judged(500, seed=6)
    labels = np.array([TOOLS.index(e.tool) for e in known.examples])
    oracle = classification.SplitConformalClassifier(
        Given(), confidence_level=0.9, conformity_score="lac", prefit=True
    )
    oracle.conformalize(shares(known), labels)
    _, theirs = oracle.predict_set(shares(further))
    numbers = ShortlistNumbers(
        0.9, (find_floor([float(s[y]) for s, y in zip(shares(known), labels, strict=True)], 0.9),)
    )
    ours = [[tool in found for tool in TOOLS] for found in list_sets(numbers, further)]
    assert theirs[:, :, 0].tolist() == ours
