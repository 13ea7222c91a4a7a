"""From the integers of a trained router to its decision: the one path that training and device
walk.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Choice, Parts, ShortlistNumbers
from edge_router.bundle.reward_numbers import RewardNumbers
from edge_router.decision import Decision, Reason
from edge_router.routing.calibration import Calibration
from edge_router.routing.domains import Domains
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine
from edge_router.routing.policy import Policy
from edge_router.routing.prediction_set import PredictionSet
from edge_router.routing.reader import Reader
from edge_router.routing.rewards import Rewards
from edge_router.routing.scope import Scope, read_anchors
from edge_router.tool import list_domains


class Chooser:
    """What a bundle knows of choosing among its tools."""

    def __init__(
        self,
        choice: Choice,
        *,
        shortlist: ShortlistNumbers | None,
        scope: Scope | None,
        rewards: RewardNumbers | None = None,
    ) -> None:
        """``None`` for what the bundle does not tell."""
        table, domains = choice.calibration, list_domains(choice.tools)
        self.calibration = Calibration(
            shift=table.shift, weights=table.weights, labels=choice.labels, top=choice.top
        )
        self.scope = scope
        self._rewards = None
        if rewards:
            self._rewards = Rewards(rewards, labels=choice.labels, top=choice.top)
        names = [tool.name for tool in choice.tools]
        self._set = PredictionSet(shortlist, names, self.calibration) if shortlist else None
        self._domains = Domains(domains, choice.labels) if domains else None

    def read(self, engine: Engine, ids: list[int]) -> tuple[NDArray[np.int32], int]:
        """The logits of a text, and how close it is to what the tools are like, 0 where that is not
        asked for.
        """
        if self.scope is None or not self.scope.needs_embedding:
            return engine.run(ids), 0
        logits, embedding = engine.run_all(ids, [LOGITS, EMBEDDING])
        return logits, self.scope.likeness(logits, embedding)

    def decide(
        self,
        logits: NDArray[np.int32],
        likeness: int,
        policy: Policy,
        *,
        top: int | None = None,
        is_truncated: bool = False,
    ) -> Decision:
        """The decision for a text's ``logits`` [answers] and its ``likeness`` to the nearest
        anchor, 0 where that is not asked for.
        """
        if self._rewards:
            candidates = self._rewards.rank(logits, policy.cost_weight or 0.0, top)
        else:
            candidates = self.calibration.rank(logits, top)
        usual, is_in_scope = None, True
        if self.scope:
            usual = self.scope.of(logits, likeness)
            is_in_scope = self.scope.holds(usual)
        decision = policy.decide(
            candidates,
            is_truncated=is_truncated,
            shortlist=self._set.of(logits, candidates) if self._set else (),
            scope=usual,
            is_in_scope=is_in_scope,
        )
        if self._domains and decision.reason is Reason.LOW_CONFIDENCE:
            weights = self.calibration.weigh(logits)
            return replace(decision, domain=self._domains.surest(weights, policy.threshold))
        return decision


def make_chooser(parts: Parts, reader: Reader) -> Chooser:
    """For a bundle with the part ``choice``; the anchors that it needs are read once."""
    assert parts.choice is not None
    scope = None
    if parts.scope:
        teaching = parts.embedding.teaching if parts.embedding else None
        listed = teaching.anchors if teaching and parts.scope.likeness else ()
        names = [tool.name for tool in parts.choice.tools]
        scope = Scope(parts.scope, read_anchors(listed, names, reader), tools=len(names))
    return Chooser(parts.choice, shortlist=parts.shortlist, scope=scope, rewards=parts.rewards)
