"""How good a router is on labelled texts: accuracy, abstention, calibration, per tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_router.decision import Decision
from edge_router.examples import Example


class RoutesText(Protocol):
    """Anything that decides on texts."""

    def route(self, text: str) -> Decision:
        """The decision for one text."""
        ...


@dataclass(frozen=True, slots=True)
class Prediction:
    """One labelled text with what the router said."""

    example: Example
    """The text and the right tool."""
    best: str | None
    """The best candidate before the policy spoke."""
    confidence: float
    """Its confidence."""
    tool: str | None
    """The decision, also one that must be confirmed; ``None``: abstained."""
    scope: float | None = None
    """How usual the text is, where the router tells."""

    @property
    def is_right(self) -> bool:
        """The best candidate is the right one."""
        return self.best == self.example.tool


@dataclass(frozen=True, slots=True)
class ToolScore:
    """One tool's part of the result, over the raw best candidates."""

    tool: str
    """The tool."""
    support: int
    """Texts that are the tool's."""
    precision: float
    """Of the texts given to it, the share that are its own; 0 where none was."""
    recall: float
    """Of its texts, the share given to it."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Texts of one tool that went to another."""

    expected: str | None
    """The right tool."""
    got: str | None
    """The best candidate."""
    count: int
    """How many."""
    texts: tuple[str, ...]
    """Up to three of them."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a router did with labelled texts."""

    predictions: tuple[Prediction, ...]
    """Each text with its answer, in the order given."""

    @property
    def in_scope(self) -> tuple[Prediction, ...]:
        """Those with a right tool."""
        return tuple([p for p in self.predictions if p.example.tool is not None])

    @property
    def accuracy(self) -> float:
        """Share of in-scope texts whose best candidate is right, abstained or not."""
        return _share([p.is_right for p in self.in_scope])

    @property
    def answered_share(self) -> float:
        """Share of in-scope texts that got a tool."""
        return _share([p.tool is not None for p in self.in_scope])

    @property
    def precision(self) -> float:
        """Share of right tools among all that were given, out-of-scope texts included."""
        return _share([p.tool == p.example.tool for p in self.predictions if p.tool is not None])

    @property
    def rejected_share(self) -> float | None:
        """Share of out-of-scope texts that got no tool; ``None`` without such texts."""
        outside = [p.tool is None for p in self.predictions if p.example.tool is None]
        return _share(outside) if outside else None

    @property
    def auroc(self) -> float | None:
        """Chance that an in-scope text has a higher tool confidence than an out-of-scope one;
        ``None`` without both.
        """
        inside = [_tool_confidence(p) for p in self.in_scope]
        outside = [_tool_confidence(p) for p in self.predictions if p.example.tool is None]
        return area_under_roc(inside, outside) if inside and outside else None

    @property
    def scope_auroc(self) -> float | None:
        """The same by the scope; ``None`` where the router does not tell it of all."""
        scopes = self.scopes
        return area_under_roc(*scopes) if scopes else None

    @property
    def scopes(self) -> tuple[list[float], list[float]] | None:
        """The scope of the in-scope texts and of the others; ``None`` where one is missing."""
        told = [(p.example.tool, p.scope) for p in self.predictions if p.scope is not None]
        inside = [scope for tool, scope in told if tool is not None]
        outside = [scope for tool, scope in told if tool is None]
        is_whole = bool(inside and outside and len(told) == len(self.predictions))
        return (inside, outside) if is_whole else None

    @property
    def ece(self) -> float:
        """Expected calibration error of the in-scope texts, 15 bins."""
        return expected_calibration_error(
            [p.confidence for p in self.in_scope], [p.is_right for p in self.in_scope]
        )

    def tool_scores(self) -> list[ToolScore]:
        """Precision and recall of each tool, by name."""
        expected = Counter(p.example.tool for p in self.predictions)
        got = Counter(p.best for p in self.predictions)
        right = Counter(p.best for p in self.predictions if p.is_right)
        names = sorted({name for name in (*expected, *got) if name is not None})
        return [
            ToolScore(
                n,
                expected[n],
                right[n] / got[n] if got[n] else 0.0,
                right[n] / expected[n] if expected[n] else 0.0,
            )
            for n in names
        ]

    def confusions(self, most: int = 20) -> list[Confusion]:
        """The pairs of tools confused most often, with texts."""
        pairs: dict[tuple[str | None, str | None], list[str]] = {}
        for p in self.predictions:
            if not p.is_right:
                pairs.setdefault((p.example.tool, p.best), []).append(p.example.text)
        ranked = sorted(pairs.items(), key=lambda item: (-len(item[1]), str(item[0])))
        return [Confusion(e, g, len(texts), tuple(texts[:3])) for (e, g), texts in ranked[:most]]

    def to_dict(self) -> dict[str, Any]:
        """The figures, without the texts."""
        return {
            "texts": len(self.predictions),
            "in_scope_texts": len(self.in_scope),
            "accuracy": self.accuracy,
            "answered_share": self.answered_share,
            "precision": self.precision,
            "rejected_share": self.rejected_share,
            "auroc": self.auroc,
            "scope_auroc": self.scope_auroc,
            "ece": self.ece,
        }


def evaluate(router: RoutesText, examples: Sequence[Example]) -> Evaluation:
    """Routes every example once, through the public API."""
    return Evaluation(tuple([make_prediction(e, router.route(e.text)) for e in examples]))


def make_prediction(example: Example, decision: Decision) -> Prediction:
    """What a decision says of a labelled text."""
    best = decision.candidates[0].tool if decision.candidates else None
    tool = decision.tool or decision.proposed
    return Prediction(example, best, decision.confidence, tool, decision.scope)


def expected_calibration_error(
    confidences: Sequence[float], is_right: Sequence[bool], bins: int = 15
) -> float:
    """Mean distance of confidence and accuracy over ``bins`` equal bins, weighted by texts (Guo et
    al., 2017, eq. 3).
    """
    if not confidences:
        return 0.0
    sure, right = np.asarray(confidences, np.float64), np.asarray(is_right, np.float64)
    place: NDArray[np.int64] = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def area_under_roc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Area under the ROC curve: ties count one half (Mann and Whitney's U)."""
    ordered = np.sort(np.asarray(negatives, np.float64))
    below = np.searchsorted(ordered, positives, "left") + np.searchsorted(
        ordered, positives, "right"
    )
    return float(below.mean() / 2 / len(ordered))


def false_positive_rate(
    positives: Sequence[float], negatives: Sequence[float], *, found: float = 0.95
) -> float:
    """Share of the negatives that are not below the value that ``found`` of the positives reach."""
    least = np.quantile(np.asarray(positives, np.float64), 1 - found, method="lower")
    return float((np.asarray(negatives, np.float64) >= least).mean())


def _tool_confidence(prediction: Prediction) -> float:
    return prediction.confidence if prediction.best is not None else 1.0 - prediction.confidence


def _share(claims: Sequence[bool]) -> float:
    return sum(claims) / len(claims) if claims else 0.0
