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
MAX_SLOPE = 2**31 - 1
MAX_OFFSET = 2**61
"""With a logit of 32 bits times a slope, still within 63 bits."""
MAX_SHIFT = 60


@dataclass(frozen=True, slots=True)
class RewardNumbers:
    """What is to be expected of an answer by its own logit, whatever the others' are; see
    ``routing/rewards.py``.
    """

    rewards: tuple[int, ...]
    """By place, never falling, in steps of 2**-20; the first serves all below, the last all above.
    """
    slopes: tuple[int, ...]
    """Of each answer in the order of the logits: what its logit is multiplied by,"""
    offsets: tuple[int, ...]
    """what is added then,"""
    shift: int
    """and by how many bits the sum is shifted right, to give the place."""
    costs: tuple[int, ...]
    """Of each answer, in millionths of the log's unit."""
    cost_weight: int
    """The reward that a cost of 1 outweighs where nobody says otherwise, in millionths."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "rewards": list(self.rewards),
            "slopes": list(self.slopes),
            "offsets": list(self.offsets),
            "shift": self.shift,
            "costs": list(self.costs),
            "cost_weight": self.cost_weight,
        }


def read_rewards(read: ObjectReader) -> RewardNumbers:
    """The part from its object."""
    rewards = read.integers("rewards", MAX_PLACES, SURE)
    if not rewards or any(a > b for a, b in pairwise(rewards)):
        raise read.wrong("rewards", "one or more and never falling")
    return RewardNumbers(
        rewards=rewards,
        slopes=read.integers("slopes", MAX_ANSWERS, MAX_SLOPE),
        offsets=read.integers("offsets", MAX_ANSWERS, MAX_OFFSET, least=-MAX_OFFSET),
        shift=read.integer("shift", 0, MAX_SHIFT),
        costs=read.integers("costs", MAX_ANSWERS, MAX_COST),
        cost_weight=read.integer("cost_weight", 0, MAX_COST),
    )
