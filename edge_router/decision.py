"""What a router answers: frozen values that go unchanged to Python, ``--json``, HTTP and the
journal.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple


class Reason(enum.StrEnum):
    """Why a decision is what it is; a closed set."""

    CONFIDENT = "confident"
    """The best tool's confidence reached the threshold: ``Decision.tool`` is set."""
    NEEDS_CONFIRMATION = "needs_confirmation"
    """The same, but the tool may not run unasked: ``Decision.proposed`` is set in place of
    ``Decision.tool``, so that a program which knows only that one runs nothing.
    """
    EXPLORED = "explored"
    """The best tool's confidence reached the threshold, and this text is one of the share that
    ``Router.explore`` sends to the second: ``Decision.tool`` is that of the second candidate.
    """
    LOW_CONFIDENCE = "low_confidence"
    """The best tool's confidence is below the threshold: the router abstains."""
    NO_TOOLS = "no_tools"
    """The router knows no tool yet: the router abstains."""
    OUT_OF_SCOPE = "out_of_scope"
    """The model's best answer is that no tool fits, or the text is unlike all that the bundle's
    tools were made for: the router abstains.
    """
    EMPTY_INPUT = "empty_input"
    """The text holds nothing to decide on: empty, blank, or only characters without meaning."""
    NEGATED = "negated"
    """The text says not to do it, or takes it back: only parts of ``Router.split`` abstain so."""
    CONDITIONAL = "conditional"
    """The text says under which condition: only parts of ``Router.split`` abstain so."""


TRAINED, TAUGHT = "trained", "taught"
"""Where a tool is known from: its bundle's training, or teaching on the device."""


class Candidate(NamedTuple):
    """One possible answer."""

    tool: str | None
    """The tool's name; ``None`` stands for *no tool fits*, in bundles trained with such examples.
    """
    confidence: float
    """Calibrated probability, 0 to 1, the same bits on every CPU."""
    source: str = TRAINED
    """``"trained"`` or ``"taught"``."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one text."""

    tool: str | None
    """The tool to run; ``None`` where the router abstains, and where it must ask first."""
    confidence: float
    """The best candidate's calibrated probability, 0 to 1, whichever was taken; 0.0 for empty
    input.
    """
    reason: Reason
    """Why the router decided or abstained."""
    candidates: tuple[Candidate, ...]
    """What the model said before the policy spoke: the best, best first, as many as the bundle
    shows or ``route(top=...)`` asked for; empty for empty input and without tools.
    """
    threshold: float
    """The confidence from which the router decided."""
    is_truncated: bool = False
    """Only the beginning of the text was read, since it has more tokens than the bundle's
    ``max_tokens``.
    """
    proposed: str | None = None
    """The tool to run once the user has agreed, where it may not run unasked; see
    :attr:`Reason.NEEDS_CONFIRMATION`.
    """
    shortlist: tuple[str, ...] = ()
    """The tools among which the right one is with the bundle's ``coverage``, best first: for a
    question back, or a larger model.

    None where no tool is likely enough, which is an answer too; all of them where the model cannot
    tell. Empty, too, where the bundle has no part ``shortlist`` or the router was taught.
    """
    domain: str | None = None
    """The domain of the tool or of the proposed one; where no tool is sure enough but the tools of
    one domain are together, that domain.
    """
    scope: float | None = None
    """How usual such a text is, 0 to 1: the share of held-out texts with a tool that are no more
    like what the tools were made for. ``None`` where the bundle has no part ``scope`` or the router
    was taught: among taught tools, *no tool fits* is a candidate of its own.
    """
    propensity: float = 1.0
    """The probability with which this router, whatever its key, decides so for such a text: 1.0
    unless it explores, and there, too, where nothing else could be taken.
    """

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys; ``propensity`` is the last and stands
        only where it is below 1.
        """
        explored = {"propensity": self.propensity} if self.propensity < 1 else {}
        return {
            "tool": self.tool,
            "confidence": self.confidence,
            "reason": self.reason.value,
            "candidates": [candidate._asdict() for candidate in self.candidates],
            "threshold": self.threshold,
            "is_truncated": self.is_truncated,
            "proposed": self.proposed,
            "shortlist": list(self.shortlist),
            "domain": self.domain,
            "scope": self.scope,
            **explored,
        }
