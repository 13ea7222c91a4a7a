"""From the ranked candidates to a decision: the only place where a threshold is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge_router.bundle import Parts, Teaching
from edge_router.bundle.reward_numbers import MAX_COST, UNIT
from edge_router.bundle.thresholds import NEVER
from edge_router.decision import Candidate, Decision, Reason
from edge_router.errors import InputError
from edge_router.tool import CONFIRM, FREE, Tool, list_domains, list_risks

NO_TOOLS = 1.0
"""The threshold that a router without tools shows."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to decide."""

    threshold: float
    """The confidence from which the router decides, 0 to 1."""
    unasked: float = NEVER
    """The confidence from which a tool of the risk *confirm* runs without being confirmed, at least
    ``threshold``; above 1 it never does.
    """
    risks: Mapping[str, str] = field(default_factory=dict)
    """The risk of each tool that is not free."""
    domains: Mapping[str, str] = field(default_factory=dict)
    """The domain of each tool that has one."""
    cost_weight: float | None = None
    """The reward that a cost of 1 outweighs; ``None`` where the bundle knows of no rewards."""

    def adjust(self, *, threshold: float | None, cost_weight: float | None) -> Policy:
        """The same with what is not ``None`` here; raises InputError where it cannot be."""
        changes: dict[str, Any] = {}
        if threshold is not None:
            if not _is_number(threshold) or not 0 <= threshold <= 1:
                raise InputError(f"threshold is {threshold!r}; give a confidence from 0 to 1")
            changes["threshold"] = float(threshold)
        if cost_weight is not None:
            if self.cost_weight is None:
                raise InputError(
                    "this bundle knows of no costs, so that cost_weight has nothing to weigh; "
                    "load one whose manifest declares rewards"
                )
            if not _is_number(cost_weight) or not 0 <= cost_weight <= MAX_COST:
                raise InputError(f"cost_weight is {cost_weight!r}; give a number from 0 on")
            changes["cost_weight"] = float(cost_weight)
        return replace(self, **changes) if changes else self

    def decide(
        self,
        candidates: tuple[Candidate, ...],
        *,
        is_truncated: bool,
        shortlist: tuple[str, ...] = (),
        scope: float | None = None,
        is_in_scope: bool = True,
    ) -> Decision:
        """The decision for one or more candidates, ranked best first."""
        best = candidates[0]
        tool = proposed = None
        if best.tool is None or not is_in_scope:
            reason = Reason.OUT_OF_SCOPE
        elif best.confidence < self.threshold:
            reason = Reason.LOW_CONFIDENCE
        elif self._may_run(best):
            tool, reason = best.tool, Reason.CONFIDENT
        else:
            proposed, reason = best.tool, Reason.NEEDS_CONFIRMATION
        return Decision(
            tool,
            best.confidence,
            reason,
            candidates,
            self.threshold,
            is_truncated,
            proposed,
            shortlist,
            self.domains.get(tool or proposed or ""),
            scope,
        )

    def abstain(self, reason: Reason, *, is_truncated: bool) -> Decision:
        """The decision where there is nothing to rank."""
        return Decision(None, 0.0, reason, (), self.threshold, is_truncated)

    def _may_run(self, best: Candidate) -> bool:
        risk = self.risks.get(best.tool or "", FREE)
        return risk == FREE or (risk == CONFIRM and best.confidence >= self.unasked)


def make_policy(parts: Parts, tools: Iterable[Tool], *, taught: Teaching | None = None) -> Policy:
    """A bundle's policy for all ``tools`` that a router knows, where some are ``taught`` ones, with
    how those are ranked.
    """
    listed, choice = list(tools), parts.choice
    threshold = choice.policy.threshold if choice else NO_TOOLS
    if taught and not choice:
        threshold = taught.policy.threshold
    # a threshold that was fitted without the taught tools promises nothing beside them
    unasked = choice.unasked.threshold if choice and not taught else NEVER
    cost_weight = parts.rewards.cost_weight / UNIT if parts.rewards else None
    return Policy(threshold, unasked, list_risks(listed), list_domains(listed), cost_weight)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
