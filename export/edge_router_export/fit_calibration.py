"""From held-out texts: the temperature of the probabilities, and the confidence from which the
router decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from edge_router.bundle import CalibrationTable
from edge_router.routing.calibration import make_table

NEVER = 1.01
"""A threshold that no confidence reaches."""
LESSER_PRECISIONS = (0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
"""What is promised where the texts are too few for the target; below a half, an answer would more
often be wrong than right.
"""


@dataclass(frozen=True)
class Promise:
    """How sure the router must be to decide, and what held-out texts say of its answers then."""

    threshold: float
    """Confidence from which it decides; :data:`NEVER`: it answers nothing."""
    precision: float
    """The share of right answers that the held-out texts support; 0 where nothing is answered."""
    wanted: float
    """The share that was asked for."""
    texts: int
    """The held-out texts with a tool as best answer."""
    more_texts: int | None
    """How many more of the kind would support what was asked for, 0 where these do; ``None``:
    among more of the kind the share of errors would be too high still.
    """

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the maker of the router must know of it, in a sentence or none."""
        if self.more_texts == 0:
            return ()
        if self.threshold >= NEVER:
            return (
                f"the router answers nothing: at every confidence too many of the {self.texts} "
                "held-out texts are wrong; give more examples of each tool, and look for tools "
                "whose examples say the same",
            )
        return (
            f"{self.texts} held-out texts support a promise of {_percent(self.precision)} right "
            f"answers, not of {_percent(self.wanted)}, and the threshold is chosen for that; "
            + _advise(self),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "precision": self.precision,
            "wanted": self.wanted,
            "texts": self.texts,
            "more_texts": self.more_texts,
        }


def fit_table(logits: NDArray[np.int32], labels: NDArray[np.int64]) -> CalibrationTable:
    """The table whose probabilities make the held-out ``labels`` likeliest (temperature scaling;
    Guo et al., 2017).

    ``logits`` [texts, answers] are the shipped model's integers, so that the fit is of what runs.
    One text more is counted whose answers are all as likely: of few texts that are all right, the
    likeliest table would be one that is always sure.
    """
    distances = (logits.max(1, keepdims=True) - logits).astype(np.float64)
    unseen = 1.0 / (len(labels) + 1)
    own = distances[np.arange(len(labels)), labels] * (1 - unseen) + distances.mean(1) * unseen

    def negative_log_likelihood(log_halving: float) -> float:
        halvings = distances / np.exp(log_halving)
        return float(np.mean(own / np.exp(log_halving) + np.log2(np.exp2(-halvings).sum(1))))

    spread = float(np.log(max(2.0, np.median(distances))))
    found = minimize_scalar(
        negative_log_likelihood, bounds=(spread - 7, spread + 3), method="bounded"
    )
    shift, weights = make_table(float(np.exp(found.x)))
    return CalibrationTable(shift, weights)


def fit_threshold(
    confidences: Sequence[float], is_right: Sequence[bool], *, target_precision: float
) -> Promise:
    """The lowest confidence such that of the held-out texts at or above it at least
    ``target_precision`` are right; where they are too few or too often wrong for that, the same for
    the highest of :data:`LESSER_PRECISIONS` that they support.

    One error more than was seen is counted, so that a few lucky texts do not carry a threshold: a
    promise of 0.98 takes 49 flawless texts (Laplace's rule of succession).
    """
    sure, right = np.asarray(confidences, np.float64), np.asarray(is_right, bool)
    # texts of one confidence stand or fall together: one place for each confidence, highest first
    thresholds = np.unique(sure)[::-1]
    answered = len(sure) - np.searchsorted(np.sort(sure), thresholds)
    errors = np.sum(~right) - np.searchsorted(np.sort(sure[~right]), thresholds)
    lesser = [precision for precision in LESSER_PRECISIONS if precision < target_precision]
    for precision in (target_precision, *lesser):
        is_good = errors + 1 <= (1 - precision) * (answered + 1) + 1e-9  # 1 - 0.9 is not quite 0.1
        if is_good.any():
            last = int(np.flatnonzero(is_good)[-1])
            more = 0
            if precision < target_precision:
                more = _count_more(answered, errors, last, target_precision)
            return Promise(float(thresholds[last]), precision, target_precision, len(sure), more)
    return Promise(NEVER, 0.0, target_precision, len(sure), None)


def _count_more(
    answered: NDArray[np.int64], errors: NDArray[np.int64], last: int, target: float
) -> int | None:
    """How many more texts would support ``target``, if errors were as frequent among them as down
    to the place ``last``, or, where that is too frequent, as before the first error.
    """
    for place in (last, int(np.searchsorted(errors, 1)) - 1):
        if place >= 0:
            spare = (1 - target) - errors[place] / answered[place]
            if spare > 0:
                needed = target / spare  # n where errors' share * n + 1 = (1 - target) * (n + 1)
                share_answered = answered[place] / answered[-1]
                return max(1, ceil((needed - answered[place]) / share_answered - 1e-6))
    return None


def _advise(promise: Promise) -> str:
    if promise.more_texts is None:
        return "give more examples of each tool, or be content with less: --target-precision"
    return (
        f"about {promise.more_texts} more examples would support {_percent(promise.wanted)} if it "
        "errs as seldom on them"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.6g} %"
