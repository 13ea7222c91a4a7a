"""Are the words that an explanation names those that a decision rests on? Deletion curves (Petsiuk
et al., 2018, arXiv:1806.07421) on texts of CLINC150's validation split.

Words are deleted one by one, those first that are said to speak most for the best answer against
the runner-up. Two curves fall: the share of texts whose best answer is still the same, and the best
answer's lead over the runner-up. The smaller the area under them, the truer the order. Beside it
random orders, the lead without each word alone, and gradient x input.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.bundles import Bundle, add_bundles
from bench.datasets import read_split
from bench.gradients import FloatModel
from bench.scores import interval_of_pairs
from bench.stamp import note, write_result
from edge_router import Explanation, Router
from edge_router.routing.words import keep_words

DATASET, SPLIT = "clinc150", "valid"
RANDOM_ORDERS = 20
"""Of each text; their curves are averaged."""

Curves = NDArray[np.float64]
"""Of each text the area under *same answer* and under *lead*, and the whole text's lead, [3]."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles, and how many texts."""
    add_bundles(parser)
    parser.add_argument("--texts", type=int, default=300, help="evenly out of the split (300)")
    parser.add_argument("--name", default="explain", help="of the result (explain)")


def run(args: argparse.Namespace) -> int:
    """Measures each bundle."""
    texts = [example.text for example in read_split(DATASET, SPLIT)]
    texts = texts[:: max(1, len(texts) // args.texts)][: args.texts]
    rows = [row for bundle in args.bundle for row in _measure(bundle, texts)]
    whole = {"dataset": DATASET, "split": SPLIT, "texts": len(texts), "rows": rows}
    write_result(args.name, whole, bundles=[bundle.path for bundle in args.bundle])
    return 0


def _measure(bundle: Bundle, texts: Sequence[str]) -> list[dict[str, Any]]:
    router = Router.load(bundle.path)
    model, rng = FloatModel(router.bundle.model), np.random.default_rng(0)
    found: dict[str, list[Curves]] = {}
    for number, text in enumerate(texts):
        deletion = _Deletion(router, router.explain(text))
        for method, orders in deletion.list_orders(model, rng).items():
            curves = [deletion.follow(order) for order in orders]
            found.setdefault(method, []).append(np.mean(curves, axis=0))
        if number % 50 == 0:
            note(f"explain: {bundle.label}: {number} of {len(texts)} texts")
    random = np.array(found["random"])
    rows = []
    for method, curves in found.items():
        row = {"label": bundle.label, "sha256": bundle.sha256, "method": method}
        rows.append(row | summarize(np.array(curves), random))
        note(f"explain: {rows[-1]}")
    return rows


def summarize(curves: Curves, random: Curves) -> dict[str, Any]:
    """Areas over all texts, [texts, 3] each, and the first area as a share of ``random``'s; the
    lead's as a share of the whole texts' lead.
    """
    kept, lead, whole = curves.T
    pairs = (kept, random[:, 0])
    return {
        "same_answer": float(kept.mean()),
        "same_answer_to_random": _divide_means(*pairs),
        "same_answer_to_random_95": interval_of_pairs(_divide_means, *pairs),
        "lead": _divide_means(lead, whole),
        "lead_95": interval_of_pairs(_divide_means, lead, whole),
    }


def _divide_means(above: Sequence[float], below: Sequence[float]) -> float:
    return float(np.mean(above) / np.mean(below))


class _Deletion:
    """One text without some of its words."""

    def __init__(self, router: Router, explanation: Explanation) -> None:
        assert explanation.best is not None
        assert explanation.rival is not None
        names: list[str | None] = [tool.name for tool in router.tools]
        self._router, self._explanation = router, explanation
        self._text = explanation.text
        self._spans = [(word.start, word.end) for word in explanation.words]
        # an answer *no tool* has the last logit
        self._best, self._rival = [
            names.index(answer.tool) if answer.tool is not None else len(names)
            for answer in (explanation.best, explanation.rival)
        ]
        self._found: dict[int, tuple[bool, int]] = {}

    def list_orders(self, model: FloatModel, rng: np.random.Generator) -> dict[str, list[Any]]:
        """By method, orders in which words are deleted."""
        count = len(self._spans)
        alone = [-self._look(self._whole & ~(1 << word))[1] for word in range(count)]
        return {
            "explain": [_sort([word.steps for word in self._explanation.words])],
            "without each word alone": [_sort(alone)],
            "gradient x input": [_sort(self._sum_gradients(model))],
            "random": [rng.permutation(count).tolist() for _ in range(RANDOM_ORDERS)],
        }

    def follow(self, order: Sequence[int]) -> Curves:
        """The areas as words are deleted in ``order``."""
        kept, seen = self._whole, [self._look(self._whole)]
        for word in order:
            kept &= ~(1 << word)
            seen.append(self._look(kept))
        same, lead = np.array(seen, np.float64).T
        return np.array([measure_area(same), measure_area(lead), lead[0]])

    @property
    def _whole(self) -> int:
        return (1 << len(self._spans)) - 1

    def _look(self, kept: int) -> tuple[bool, int]:
        """Whether the best answer is the same, and its lead."""
        if kept not in self._found:
            logits = self._router.logits(keep_words(self._text, self._spans, kept))
            is_same = bool(kept) and int(logits.argmax()) == self._best
            self._found[kept] = is_same, int(logits[self._best]) - int(logits[self._rival])
        return self._found[kept]

    def _sum_gradients(self, model: FloatModel) -> list[float]:
        """Gradient x input of each word's tokens together."""
        tokens: Callable[[str], list[int]] = self._router.tokens
        counts = [len(tokens(self._text[start:end])) for start, end in self._spans]
        ids = tokens(self._text)
        assert sum(counts) >= len(ids)  # the last word of a long text may be cut
        _, found = model.attribute(ids, self._best, self._rival)
        ends = np.cumsum(counts).tolist()
        return [sum(found[end - n : end]) for end, n in zip(ends, counts, strict=True)]


def measure_area(curve: Sequence[float]) -> float:
    """The area under a curve of equal steps from 0 to 1, by trapezoids."""
    inner, ends = sum(curve) - curve[0] - curve[-1], (curve[0] + curve[-1]) / 2
    return float((inner + ends) / (len(curve) - 1))


def _sort(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda word: -scores[word])
