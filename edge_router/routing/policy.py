"""From the ranked candidates to a decision: the only place where a threshold is compared."""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.decision import Candidate, Decision, Reason


@dataclass(frozen=True, slots=True)
class Policy:
    """When to decide."""

    threshold: float
    """The confidence from which the router decides, 0 to 1."""

    def decide(self, candidates: tuple[Candidate, ...], *, is_truncated: bool) -> Decision:
        """The decision for one or more candidates, ranked best first."""
        best = candidates[0]
        if best.tool is None:
            tool, reason = None, Reason.OUT_OF_SCOPE
        elif best.confidence < self.threshold:
            tool, reason = None, Reason.LOW_CONFIDENCE
        else:
            tool, reason = best.tool, Reason.CONFIDENT
        return Decision(tool, best.confidence, reason, candidates, self.threshold, is_truncated)

    def abstain(self, reason: Reason, *, is_truncated: bool) -> Decision:
        """The decision where there is nothing to rank."""
        return Decision(None, 0.0, reason, (), self.threshold, is_truncated)
