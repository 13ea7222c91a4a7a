"""The weights of ``edge_router/routing/cut_score.py``, fitted again: logistic regression over the
compositions of training and validation texts that are parted, and over what the connectives of
single texts would part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.compositions import FITTED, compose
from edge_router import Router
from edge_router.examples import Example
from edge_router.routing.cut_score import Sides, find_answer, list_features
from edge_router.routing.cuts import find_cuts
from edge_router.routing.english import ENGLISH
from edge_router.routing.phrases import read_line
from edge_router.routing.stretches import Stretches

STEPS = 10
"""Steps of a weight to one of the regression's, before it is rounded."""
LENIENCE = 15
"""Steps that are added to the constant. It was chosen on CLINC150's validation texts, of which less
than 1 % are parted with it.
"""
SAME_TOOL = 0.15
"""Share of the compositions whose two texts have one tool."""


@dataclass(frozen=True, slots=True)
class Material:
    """What one router is asked."""

    router: Router
    """The router."""
    composed: Sequence[Example]
    """Texts to compose, which it was not trained on where that can be had."""
    single: Sequence[Example]
    """Texts that are one request each."""
    compositions: int
    """How many to compose."""


def fit_weights(materials: Iterable[Material]) -> tuple[list[int], int]:
    """Weights and constant; every router counts the same, and so do its two kinds of cuts."""
    from sklearn.linear_model import LogisticRegression

    rows, are_two, shares = [], [], []
    for material in materials:
        found = [(row, True) for row in _list_true(material)]
        found += [(row, False) for row in _list_false(material)]
        trues = sum(is_two for _, is_two in found)
        rows += [row for row, _ in found]
        are_two += [is_two for _, is_two in found]
        shares += [1 / trues if is_two else 1 / (len(found) - trues) for _, is_two in found]
    weights = np.array(shares) * len(shares) / sum(shares)
    fitted = LogisticRegression(C=0.5, max_iter=5000).fit(rows, are_two, sample_weight=weights)
    constant = round(float(fitted.intercept_[0]) * STEPS) + LENIENCE
    return [round(float(weight) * STEPS) for weight in fitted.coef_[0]], constant


def _list_true(material: Material) -> Iterator[list[int]]:
    """Features of the first right cut of each composition."""
    composed = compose(material.composed, FITTED, material.compositions, seed=1, same=SAME_TOOL)
    for composition in composed:
        cuts = _compare(material.router, composition.text)
        right = [s for s in cuts if (s.left.tool, s.right.tool) == composition.tools]
        yield from map(list_features, right[:1])


def _list_false(material: Material) -> Iterator[list[int]]:
    """Features of every cut of a single text whose sides are both decided."""
    for example in material.single:
        for sides in _compare(material.router, example.text):
            if find_answer(sides.left) and find_answer(sides.right):
                yield list_features(sides)


def _compare(router: Router, text: str) -> Iterator[Sides]:
    line = read_line(text)
    stretches = Stretches(text, line, router.route, ENGLISH)
    for cut in find_cuts(line, ENGLISH):
        if cut.joint:
            yield stretches.compare(0, cut, len(line.line))
