"""What a journal keeps of one text."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from edge_router.decision import Decision, Reason
from edge_router.errors import InputError

RUN_BITS = 32
"""A record's number is its run's, shifted by so much, and its place in that run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text, what was decided, and what came of it."""

    text: str | None
    """The text; ``None`` in what is read from a journal that keeps no texts."""
    decided: str | None
    """The router's tool; ``None`` where it abstained."""
    confidence: float
    """The best candidate's calibrated probability, 0 to 1."""
    reason: str
    """A :class:`~edge_router.decision.Reason`."""
    threshold: float
    """The confidence from which the router decided."""
    candidate: str | None = None
    """The best candidate, decided for or not; ``None``: that no tool fits."""
    bundle: str | None = None
    """The bundle's sha256."""
    status: str | None = None
    """How the dispatch ended; ``None`` where the text was only routed."""
    tool: str | None = None
    """What answered: the router's tool, or the one that a remote model chose."""
    is_reply: bool = False
    """It goes on from a question: the text is that of the first dispatch."""
    routing_us: int = 0
    """The router's time."""
    tool_us: int = 0
    """The tool's time."""
    total_us: int = 0
    """The whole time."""
    tokens_in: int = 0
    """Tokens sent to a remote model."""
    tokens_out: int = 0
    """Tokens that it answered."""
    estimated_tokens_in: int = 0
    """Our estimate of ``tokens_in``."""
    estimated_tokens_all_tools: int = 0
    """Our estimate for an assistant without a router."""
    propensity: float | None = None
    """The probability with which the router decided so for such a text, 1.0 where it did not
    explore; ``None`` in what was recorded before that was known.
    """
    unknown_share: float | None = None
    """The share of its words that the bundle's vocabulary does not hold, 0 to 1; ``None`` where it
    has no word, or that is not known.
    """

    @property
    def is_explored(self) -> bool:
        """Whether the router took the second candidate, to learn what it is good for."""
        return self.reason == Reason.EXPLORED

    @property
    def taken(self) -> str | None:
        """What the router's decision comes to: its tool, or the one that it had confirmed first;
        ``None`` where it abstained, whatever answered then.
        """
        return self.candidate if self.reason == Reason.NEEDS_CONFIRMATION else self.decided

    @classmethod
    def of_decision(
        cls,
        text: str,
        decision: Decision,
        *,
        routing_us: int,
        bundle: str | None,
        unknown_share: float | None = None,
    ) -> Entry:
        """The entry of a text that was routed and not dispatched."""
        return cls(
            text=text,
            **describe_decision(decision),
            bundle=bundle,
            tool=decision.tool,
            routing_us=routing_us,
            total_us=routing_us,
            unknown_share=unknown_share,
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of a record."""

    is_right: bool
    """Whether the answer was the right one."""
    is_corrected: bool = False
    """Whether it was said what would have been right."""
    tool: str | None = None
    """The tool that would have been right; ``None``: none, or nothing was said."""


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it is read again."""

    id: str
    """What ``feedback`` is given for: the run of the program and the place in it, ``12-345``."""
    at: float
    """When it was recorded, in seconds since 1970."""
    text_hash: str
    """Equal for equal texts of one journal; keyed, so that it says nothing outside of it."""
    entry: Entry
    """What was recorded."""
    feedback: Feedback | None = None
    """The last that was said of it."""

    @property
    def weak_tool(self) -> str | None:
        """The tool that a language model chose where the router abstained: a label, but a weak one,
        since nobody looked at it. ``None`` where there is no such choice.
        """
        # a tool that was agreed to was proposed by the router itself
        is_own = self.entry.decided or self.entry.reason == Reason.NEEDS_CONFIRMATION
        return None if is_own else self.entry.tool

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "id": self.id,
            "at": datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds"),
            "text_hash": self.text_hash,
            **asdict(self.entry),
            "weak_tool": self.weak_tool,
            "feedback": None if self.feedback is None else asdict(self.feedback),
        }


def describe_decision(decision: Decision) -> dict[str, Any]:
    """The fields of an entry that a decision fills."""
    best = decision.candidates[0].tool if decision.candidates else None
    return {
        "decided": decision.tool,
        "confidence": decision.confidence,
        "reason": decision.reason.value,
        "threshold": decision.threshold,
        "candidate": best,
        "propensity": decision.propensity,
    }


def format_id(number: int) -> str:
    """``12-345`` for the 345th record of the 12th run."""
    return f"{number >> RUN_BITS}-{number & (1 << RUN_BITS) - 1}"


def parse_id(text: str) -> int:
    """The number of a record; raises InputError for what is none."""
    found = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", text)
    if found is None:
        raise InputError(f"{text!r} is no record's id; `edge-router log` shows them, as 12-345")
    return (int(found[1]) << RUN_BITS) + int(found[2])
