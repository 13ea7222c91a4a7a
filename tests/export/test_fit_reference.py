"""What a bundle says of the texts that it was judged by."""

import numpy as np

from edge_router.bundle import CalibrationTable, Reference
from edge_router.bundle.reference import UNKNOWN_EDGES
from edge_router.examples import Example
from edge_router.routing.known_words import KnownWords
from edge_router_export.fit_reference import fit_reference
from edge_router_export.judge import Judged, evaluate_judged

TABLE = CalibrationTable(0, (8, 4, 2, 1, 0))
NAMES = ("dim", "tea", None)
WORDS = KnownWords({"[PAD]": 0, "[UNK]": 1, "dim": 2, "it": 3, "##s": 4, "?": 5})
LOGITS = [[9, 0, 0], [9, 8, 0], [0, 9, 0], [0, 0, 9]]
IDS = [[2, 3], [2, 4, 3], [1], [5]]


def fit(*, is_cross_validated: bool = False) -> Reference:
    judged = Judged(
        tuple([Example(str(number), "dim", (), "x", number) for number in range(4)]),
        np.array(LOGITS, np.int32),
        NAMES,
        np.zeros(4, np.int64),
        is_cross_validated,
    )
    return fit_reference(judged, evaluate_judged(judged, TABLE, 0.7), IDS, WORDS)


def test_every_text_is_counted_by_its_best_answer_decided_for_or_not():
    reference = fit()
    assert (reference.texts, reference.best) == (4, (2, 1, 1))
    assert reference.abstained == 2  # 8 of 12 for dim, and the one without a tool


def test_confidences_are_counted_by_bins_of_equal_share():
    confidence = fit().confidence
    assert confidence.edges == (2**30,)  # one text has 2/3, three have 1
    assert confidence.counts == (1, 3)


def test_unknown_words_are_counted_where_there_are_words():
    unknown = fit().unknown
    assert unknown.edges == UNKNOWN_EDGES
    assert unknown.counts == (1, 0, 0, 0, 2)  # the fourth text is a mark alone


def test_it_says_where_each_text_was_judged_by_a_model_of_its_own():
    assert not fit().is_cross_validated
    assert fit(is_cross_validated=True).is_cross_validated
