"""What one text asks for, part by part: frozen values that :meth:`Router.split` returns."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from edge_router.decision import Decision


class Stance(enum.StrEnum):
    """What a part wants done with what it names; a closed set."""

    ASKED = "asked"
    """Do it: the only stance whose ``Part.decision`` may name a tool."""
    CONDITIONAL = "conditional"
    """Do it under a condition, which no router can judge: ``if it rains, close the windows``."""
    NEGATED = "negated"
    """Do not do it: ``don't close the windows``."""
    WITHDRAWN = "withdrawn"
    """Taken back, and what takes it back: ``close the windows, never mind`` has two such parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text that asks for one thing."""

    start: int
    """Its first character's place in the text, from 0."""
    end: int
    """The place after its last character."""
    text: str
    """What stands there."""
    stance: Stance
    """What it wants done."""
    condition: str
    """Under which condition, as the text has it: ``if it rains``; empty where there is none."""
    decision: Decision
    """What to run. It abstains unless ``stance`` is ``ASKED``, with the reason ``NEGATED`` or
    ``CONDITIONAL``, so that no program runs what the text forbids.
    """
    meant: Decision
    """What is asked, forbidden or taken back: the decision for the part without *don't* and without
    its condition; ``decision`` itself where it is asked.
    """

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "stance": self.stance.value,
            "condition": self.condition,
            "decision": self.decision.to_dict(),
            "meant": self.meant.to_dict(),
        }
