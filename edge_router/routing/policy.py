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
        """The decision for candidates ranked best first; no candidates stand for empty input."""
        if not candidates:
            return Decision(None, 0.0, Reason.EMPTY_INPUT, (), self.threshold, is_truncated)
        tool, confidence = candidates[0]
        if tool is None:
            return Decision(
                None, confidence, Reason.OUT_OF_SCOPE, candidates, self.threshold, is_truncated
            )
        if confidence < self.threshold:
            return Decision(
                None, confidence, Reason.LOW_CONFIDENCE, candidates, self.threshold, is_truncated
            )
        return Decision(
            tool, confidence, Reason.CONFIDENT, candidates, self.threshold, is_truncated
        )
