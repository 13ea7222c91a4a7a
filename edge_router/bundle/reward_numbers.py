"""The part of a bundle that says what each answer is worth and costs, where several may be right:
this device's tool, a small model, a large one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from edge_router.bundle.strict_json import JsonObject, ObjectReader

SURE = 2**20
"""Steps of a reward that stand for 1."""
UNIT = 10**6
"""Steps of a cost, or of its weight, that stand for 1."""
MAX_COST = 10**15
"""A thousand million of a log's own unit."""
MAX_ANSWERS = 20_001
MAX_PLACES = 2**16
MAX_LOGIT = 2**26


@dataclass(frozen=True, slots=True)
class RewardNumbers:
    """What is to be expected of an answer by its own logit, whatever the others' are; see
    ``routing/rewards.py``.
    """

    low: int
    """The logit of the first reward."""
    shift: int
    """Right shift of a logit's distance to ``low``, 0 to 30."""
    rewards: tuple[int, ...]
    """By shifted distance, never falling, in steps of 2**-20; the first serves all below, the last
    all above.
    """
    costs: tuple[int, ...]
    """Of each answer in the order of the logits, in millionths of the log's unit."""
    cost_weight: int
    """The reward that a cost of 1 outweighs where nobody says otherwise, in millionths."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "low": self.low,
            "shift": self.shift,
            "rewards": list(self.rewards),
            "costs": list(self.costs),
            "cost_weight": self.cost_weight,
        }


def read_rewards(read: ObjectReader) -> RewardNumbers:
    """The part from its object."""
    rewards = read.integers("rewards", MAX_PLACES, SURE)
    if not rewards or any(a > b for a, b in pairwise(rewards)):
        raise read.wrong("rewards", "one or more and never falling")
    low = read.take("low")
    if type(low) is not int or abs(low) > MAX_LOGIT:
        raise read.wrong("low", f"a whole number from -{MAX_LOGIT} to {MAX_LOGIT}")
    return RewardNumbers(
        low=low,
        shift=read.integer("shift", 0, 30),
        rewards=rewards,
        costs=read.integers("costs", MAX_ANSWERS, MAX_COST),
        cost_weight=read.integer("cost_weight", 0, MAX_COST),
    )
