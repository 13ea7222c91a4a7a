"""One thing that is worth a second look."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from edge_router.review.heard import Heard


class Why(enum.StrEnum):
    """Why it is shown; a closed set."""

    CLUSTER = "cluster"
    """Texts without a tool lie nearer to one another than to any tool: is one missing?"""
    LANGUAGE_MODEL = "language_model"
    """The router abstained, and the language model chose a tool that it does not decide for now."""
    CHANGED = "changed"
    """The router as it is now decides otherwise than was recorded."""
    UNSURE = "unsure"
    """The likeliest tool's confidence is near the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A text, or texts that are answered together."""

    why: Why
    """Why it is shown."""
    heard: tuple[Heard, ...]
    """The texts that one answer is for: one, or of a cluster the most central first."""
    size: int = 1
    """Texts of the cluster, shown or not."""
    decided: str | None
    """What the router decides for now; ``None`` where it abstains."""
    best: str | None
    """Its best candidate now; ``None``: that no tool fits, or there is none."""
    confidence: float
    """The best candidate's, 0 to 1."""
    threshold: float
    """The confidence from which it decides."""
    proposal: str | None
    """The answer that is likeliest to be right; ``None``: that no tool fits."""
    choices: tuple[str, ...]
    """Tools to choose from, the likeliest first."""
    each: tuple[Item, ...] = ()
    """The texts of a cluster one by one: not all of them need be of one tool."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "why": self.why.value,
            "texts": [each.text for each in self.heard],
            "ids": [each.record.id for each in self.heard],
            "times": sum(each.times for each in self.heard),
            "size": self.size,
            "recorded": self.heard[0].decided,
            "language_model": self.heard[0].model_tool,
            "decided": self.decided,
            "best": self.best,
            "confidence": self.confidence,
            "threshold": self.threshold,
            "proposal": self.proposal,
            "choices": list(self.choices),
        }
