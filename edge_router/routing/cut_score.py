"""Are two neighbouring stretches of a text two requests, or one? A sum of whole numbers.

Logistic regression over what the router says of the stretches, alone and together; its weights were
fitted by ``python -m bench split --fit`` on compositions of training and validation texts, and
rounded.
"""

from __future__ import annotations

from typing import NamedTuple

from edge_router.decision import TAUGHT, Decision
from edge_router.routing.cuts import Joint
from edge_router.routing.ranking import VERBATIM

MOST_OCTAVES = 13
"""Odds beyond 2**13 to 1 count no more: that is as sure as a table of probabilities can tell."""
MOST_WORDS = 6
"""Words beyond these count no more."""
NEVER = -1
"""The score of a cut that is none."""

_ONE = 2**30  # a power of two: the product with a confidence is exact


class Sides(NamedTuple):
    """Two neighbouring stretches."""

    left: Decision
    """For the first."""
    right: Decision
    """For the second."""
    whole: Decision
    """For both as one."""
    left_words: int
    """Words of the first."""
    right_words: int
    """Words of the second."""
    left_depends: bool
    """The first begins with a word that begins no request."""
    right_depends: bool
    """The second does."""
    joint: Joint
    """What stands between."""


def score_cut(sides: Sides) -> int:
    """Above 0 where the two are two requests; both must be decided."""
    answers = find_answer(sides.left), find_answer(sides.right)
    if None in answers or _is_taught_whole(sides):
        return NEVER
    return sum([w * f for w, f in zip(WEIGHTS, list_features(sides), strict=True)]) + CONSTANT


def list_features(sides: Sides) -> list[int]:
    """What the weights are for."""
    left, right, whole = sides.left, sides.right, _best(sides.whole)
    return [
        count_octaves(left.confidence),
        count_octaves(right.confidence),
        count_octaves(sides.whole.confidence),
        _best(left) == _best(right),
        whole == _best(left),
        whole == _best(right),
        min(sides.left_words, MOST_WORDS),
        min(sides.right_words, MOST_WORDS),
        sides.left_depends,
        sides.right_depends,
        *[sides.joint is joint for joint in Joint if joint],
    ]


FEATURES = (
    *("left", "right", "whole", "same", "whole is left", "whole is right", "left words"),
    *("right words", "left depends", "right depends", *[joint.name for joint in Joint if joint]),
)
"""Their names."""
WEIGHTS = (3, 4, -8, 14, 5, -4, 2, 8, -2, -6, 38, -4, -15, -14, -7)
CONSTANT = -29


def find_answer(decision: Decision) -> str | None:
    """The tool that was decided, whether it may run unasked or not."""
    return decision.tool if decision.tool is not None else decision.proposed


def count_octaves(confidence: float) -> int:
    """How often the odds double from even ones, rounded down: 0.5 to 0, 0.81 to 2, 0.1 to -4."""
    steps = int(confidence * _ONE)
    odds = (steps << MOST_OCTAVES) // max(_ONE - steps, 1)
    return min(max(odds.bit_length() - 1, 0) - MOST_OCTAVES, MOST_OCTAVES)


def _best(decision: Decision) -> str | None:
    return decision.candidates[0].tool if decision.candidates else None


def _is_taught_whole(sides: Sides) -> bool:
    """The whole is as sure as a text that was taught word for word, and of a third tool."""
    if not sides.whole.candidates:
        return False
    best = sides.whole.candidates[0]
    is_third = best.tool not in (find_answer(sides.left), find_answer(sides.right))
    return is_third and best.source == TAUGHT and best.confidence >= VERBATIM
