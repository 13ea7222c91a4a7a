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
    LOW_CONFIDENCE = "low_confidence"
    """The best tool's confidence is below the threshold: the router abstains."""
    NO_TOOLS = "no_tools"
    """The router knows no tool yet: the router abstains."""
    OUT_OF_SCOPE = "out_of_scope"
    """The model's best answer is that no tool fits: the router abstains."""
    EMPTY_INPUT = "empty_input"
    """The text holds nothing to decide on: empty, blank, or only characters without meaning."""


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
    """The tool to run; ``None`` where the router abstains."""
    confidence: float
    """The best candidate's calibrated probability, 0 to 1; 0.0 for empty input."""
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "tool": self.tool,
            "confidence": self.confidence,
            "reason": self.reason.value,
            "candidates": [candidate._asdict() for candidate in self.candidates],
            "threshold": self.threshold,
            "is_truncated": self.is_truncated,
        }
