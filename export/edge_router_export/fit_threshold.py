"""From held-out texts: the confidence from which the router decides, and what is promised of its
decisions then.

The promise is that with a certainty of 95 % at most ``max_error`` of the answers are wrong, for
texts like the held-out ones. It comes from an exact binomial bound (Clopper and Pearson, 1934) and
holds though the threshold was chosen with the same texts: thresholds are tested one after another
in an order that the labels do not change, and the first that fails ends the walk (fixed-sequence
testing; Angelopoulos et al., 2021, "Learn then Test", arXiv:2110.01052).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from edge_router.bundle.thresholds import NEVER

CERTAINTY = 0.95
"""Chance that a promise holds, whatever the texts."""
LESSER_ERRORS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""What is promised where the texts are too few for what was asked; above a half, an answer would
more often be wrong than right.
"""
MOST_WALKS = 10
"""Through 1,000 times the texts that are needed at least."""
STEPS = 64
"""Thresholds from a walk's first to the lowest: with more, chance ends a walk sooner; with fewer,
the last step lies further from what the texts support.
"""


@dataclass(frozen=True)
class Promise:
    """How sure the router must be to decide, and what held-out texts say of its answers then."""

    threshold: float
    """Confidence from which it decides; :data:`NEVER`: it answers nothing."""
    max_error: float
    """The share of wrong answers that is promised at most; 1 where nothing is answered."""
    wanted: float
    """The share that was asked for."""
    texts: int
    """The held-out texts with a tool as best answer."""
    answered: int
    """Those of them that reach the threshold."""
    more_texts: int | None
    """How many more of the kind would support what was asked for, 0 where these do; ``None``:
    among more of the kind the share of errors would be too high still.
    """
    is_cross_validated: bool = False
    """The texts were held out by turns, each from a model that was trained on the others."""
    grounds: str = ""
    """What else must be known of the texts, where they are outcomes and no labelled ones."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the maker of the router must know of it, in a sentence or none."""
        if self.more_texts == 0:
            return ()
        if self.threshold >= NEVER:
            return (
                f"the router answers nothing: at every confidence too many of the {self.texts} "
                f"{'held-out outcomes' if self.grounds else 'held-out texts'} are wrong, or they "
                "are too few; give more examples of each tool, and look for tools whose examples "
                "say the same",
            )
        return (
            f"{self.texts} {'held-out outcomes' if self.grounds else 'held-out texts'} support a "
            f"promise of at most {_percent(self.max_error)} "
            f"wrong answers, not of {_percent(self.wanted)}, and the threshold is chosen for that; "
            + _advise(self),
        )

    @property
    def sentence(self) -> str:
        """All of it for a reader: what is promised, on what grounds, and where it ends."""
        if self.max_error >= 1 and self.threshold == 0:
            return (
                "none: what is best by its reward and its cost is always taken, and which that is "
                "depends on the weight of the cost"
            )
        if self.threshold >= NEVER:
            return f"none: {self.texts} {self._kind} support no threshold"
        grounds = f"; {self.grounds}" if self.grounds else ""
        return (
            f"at most {_percent(self.max_error)} of the answers are wrong, with a certainty of "
            f"{_percent(CERTAINTY)}; from {self.texts} {self._kind}, of which "
            f"{_percent(round(self.answered / self.texts, 3))} are answered{grounds}; for texts "
            "like these, not once what people say drifts away from them"
        )

    @property
    def _kind(self) -> str:
        if self.grounds:
            return "held-out outcomes"
        return f"{'cross-validated' if self.is_cross_validated else 'held-out'} texts"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "max_error": self.max_error,
            "wanted": self.wanted,
            "certainty": CERTAINTY,
            "texts": self.texts,
            "answered": self.answered,
            "is_cross_validated": self.is_cross_validated,
            "more_texts": self.more_texts,
            "sentence": self.sentence,
        }


def fit_threshold(
    confidences: Sequence[float],
    is_right: Sequence[bool],
    *,
    max_error: float,
    is_cross_validated: bool = False,
) -> Promise:
    """The lowest confidence for which the held-out texts support that at most ``max_error`` of the
    answers are wrong; where they do not, the same for the smallest of :data:`LESSER_ERRORS` that
    they support.
    """
    sure, right = np.asarray(confidences, np.float64), np.asarray(is_right, bool)
    order = np.argsort(-sure, kind="stable")
    ranked = _Ranked(sure[order], np.cumsum(~right[order]))
    walks = _list_walks(len(sure), max_error)
    found = [_walk(ranked, start, 1 - certainty, max_error) for start, certainty in walks]
    best = min(found, key=lambda reached: (reached.max_error, -reached.answered), default=_NOTHING)
    more: int | None = 0
    if best.max_error > max_error:
        starts = [start for start, _ in walks]
        more = _count_more(ranked, [best.answered, *starts], max_error)
    return Promise(
        threshold=float(ranked.confidences[best.answered - 1]) if best.answered else NEVER,
        max_error=best.max_error,
        wanted=max_error,
        texts=len(sure),
        answered=best.answered,
        more_texts=more,
        is_cross_validated=is_cross_validated,
    )


@dataclass(frozen=True)
class _Ranked:
    """The texts, the surest first."""

    confidences: NDArray[np.float64]
    errors: NDArray[np.int64]
    """Of the texts down to each."""

    def supports(self, answered: int, max_error: float, level: float) -> bool:
        """Whether so few errors among so many would be rarer than ``level`` if more than
        ``max_error`` of such answers were wrong.
        """
        errors = self.errors[answered - 1]
        # a share of errors like 0.02 is not quite that in binary, and may not decide
        return bool(binom.cdf(errors, answered, max_error) <= level * (1 + 1e-9))

    def with_equals(self, answered: int) -> int:
        """How many are answered if so many are: texts of one confidence stand or fall together."""
        return int(np.searchsorted(-self.confidences, -self.confidences[answered - 1], "right"))


@dataclass(frozen=True)
class _Reached:
    """Where a walk ended."""

    max_error: float
    answered: int


_NOTHING = _Reached(1.0, 0)


def _list_walks(texts: int, max_error: float) -> list[tuple[int, float]]:
    """How many texts are answered where each walk begins, and the certainty that it must have so
    that all together have :data:`CERTAINTY` (Bonferroni).

    The first begins where the bound is reachable, which an early error would end, each further one
    with twice as many texts.
    """
    for walks in range(MOST_WALKS, 0, -1):
        certainty = 1 - (1 - CERTAINTY) / walks
        starts = [_count_flawless(max_error, certainty) << number for number in range(walks)]
        if starts[-1] <= texts:
            return [(start, certainty) for start in starts]
    return [(ceil(texts / 2), CERTAINTY)] if texts else []


def _walk(ranked: _Ranked, start: int, level: float, max_error: float) -> _Reached:
    """First to smaller errors at the walk's first threshold, then, if that reached ``max_error``,
    to lower thresholds.
    """
    reached, answered = _NOTHING, ranked.with_equals(start)
    ladder = [error for error in LESSER_ERRORS if error > max_error]
    for error in (*reversed(ladder), max_error):
        if not ranked.supports(answered, error, level):
            return reached
        reached = _Reached(error, answered)
    texts = len(ranked.confidences)
    for count in range(start, texts + max(1, texts // STEPS), max(1, texts // STEPS)):
        answered = ranked.with_equals(min(count, texts))
        if not ranked.supports(answered, max_error, level):
            return reached
        reached = _Reached(max_error, answered)
    return reached


def _count_flawless(max_error: float, certainty: float) -> int:
    """The fewest texts that support ``max_error`` if all of them are right: 149 for 2 %."""
    return ceil(log(1 - certainty) / log(1 - max_error) - 1e-9)


def _count_more(ranked: _Ranked, places: Sequence[int], max_error: float) -> int | None:
    """How many more texts would support ``max_error``, if errors were as frequent among them as
    among the surest so many of ``places``, or else as before the first error.
    """
    flawless = int(np.searchsorted(ranked.errors, 1))
    for answered in (*places, flawless):
        if answered:
            needed = _count_needed(int(ranked.errors[answered - 1]) / answered, max_error)
            if needed is not None:
                share = answered / len(ranked.errors)
                return max(1, ceil((needed - answered) / share - 1e-6))
    return None


def _count_needed(error: float, max_error: float) -> int | None:
    """The fewest texts that support ``max_error`` if the share ``error`` of them is wrong."""

    def is_enough(texts: int) -> bool:
        # the same bound as a quantile of the beta distribution, for errors that are no whole number
        wrong = error * texts
        return bool(beta.ppf(CERTAINTY, wrong + 1, texts - wrong) <= max_error * (1 + 1e-9))

    if error >= max_error:
        return None
    low, high = 0, _count_flawless(max_error, CERTAINTY)
    while not is_enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _advise(promise: Promise) -> str:
    if promise.more_texts is None:
        return "give more examples of each tool, or be content with less: --max-error"
    what = "logged outcomes" if promise.grounds else "examples"
    return (
        f"about {promise.more_texts} more {what} would support {_percent(promise.wanted)} if it "
        "errs as seldom on them"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.6g} %"
