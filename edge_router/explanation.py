"""Why a decision is what it is: a frozen value that goes unchanged to Python, ``--json`` and HTML.

Contributions are whole numbers: the score that a word adds, summed over ``orders`` orders of adding
the words one by one (Shapley, 1953, "A value for n-person games"; for long texts some of the
orders). In each order the steps lead from the empty text to the whole one, so that ::

    sum(word.steps for word in words) + orders * rest == orders * difference

holds exactly, and on every CPU.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any

from edge_router.decision import Candidate, Decision


class Unit(enum.StrEnum):
    """What the score counts; a closed set."""

    LOGITS = "logits"
    """Steps of the model's logits: both answers are trained ones."""
    TAUGHT_LOGITS = "taught_logits"
    """Steps of the taught tools' logits, 2**22 a cosine of 1: both answers are taught ones."""
    CONFIDENCE = "confidence"
    """Steps of 2**-30 of the confidence: one answer is trained and one taught, or one is both."""
    NOTHING = "nothing"
    """There was no answer to score: an empty text, or a router without tools."""


@dataclass(frozen=True, slots=True)
class Word:
    """A part of the text and what it adds to the score."""

    start: int
    """Its first character's place in the text, from 0."""
    end: int
    """The place after its last character."""
    text: str
    """What stands there: a word, a run of marks, or in a long text several words."""
    steps: int
    """What it adds to the score, summed over the explanation's ``orders``; positive speaks for the
    best answer.
    """
    contribution: float
    """``steps / orders``: one division, the same bits on every CPU."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A deletion that changes which tool answers."""

    words: tuple[int, ...]
    """Numbers of the deleted words, from 0."""
    text: str
    """What is left of the text."""
    decision: Decision
    """What is decided then."""
    is_smallest: bool
    """No deletion of fewer words flips the decision; else all deletions of that size were too many
    to try, and only none of these words can be kept.
    """

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; of the decision, what it says."""
        return {
            "words": list(self.words),
            "text": self.text,
            "tool": self.decision.tool,
            "confidence": self.decision.confidence,
            "reason": self.decision.reason.value,
            "is_smallest": self.is_smallest,
        }


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An example that the text lies near."""

    text: str
    """The example, as it was taught or trained."""
    tool: str | None
    """The tool it belongs to; ``None`` where it is taught to fit none."""
    source: str
    """``"taught"``, or ``"trained"`` for one of the bundle's anchors."""
    cosine: float
    """Of the two texts' embeddings, -1 to 1."""


@dataclass(frozen=True, slots=True)
class TaughtFit:
    """How the taught tools were made ready to rank."""

    tools: int
    """Taught tools."""
    examples: int
    """Texts and descriptions that they were fitted to, anchors of trained tools included."""
    rounds: int
    """Rounds of logistic regression; 0: each tool is the mean of its examples."""
    is_shortlisted: bool
    """So many tools that a text is compared with a shortlist of them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text got its decision."""

    text: str
    """The text that was routed."""
    decision: Decision
    """What ``route`` says of it."""
    best: Candidate | None
    """The best answer; ``None`` for empty input and without tools."""
    rival: Candidate | None
    """What the best is compared with: the runner-up, or the tool that was asked about; ``None``
    where there is only one answer, whose own score is explained then.
    """
    rank: int | None
    """The rival's place among all answers, from 1; ``None`` where it is not among them."""
    unit: Unit
    """What the score counts."""
    halving: int
    """Steps of the score that double the odds of the best against the rival; 0 where the unit has
    no such number.
    """
    words: tuple[Word, ...]
    """What the model read of the text, in its order, at most 32 parts."""
    orders: int
    """Orders of the words over which contributions are summed: all there are for up to ten."""
    rest: int
    """The score of the empty text: what no word adds."""
    difference: int
    """The best answer's score less the rival's."""
    flip: Flip | None
    """The smallest deletion that changes which tool answers; ``None`` where none was found."""
    neighbors: tuple[Neighbor, ...]
    """The nearest examples, of all and of the two answers, nearest first; empty where the bundle
    cannot be taught.
    """
    is_verbatim: bool
    """The text was taught word for word, which decides before any score."""
    fit: TaughtFit | None
    """How the taught tools were fitted; ``None`` where none are taught."""
    bundle: str
    """The bundle's name."""
    version: str
    """The bundle's version."""
    sha256: str
    """The bundle's hash."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "text": self.text,
            "decision": self.decision.to_dict(),
            "best": self.best._asdict() if self.best else None,
            "rival": self.rival._asdict() if self.rival else None,
            "rank": self.rank,
            "unit": self.unit.value,
            "halving": self.halving,
            "words": [asdict(word) for word in self.words],
            "orders": self.orders,
            "rest": self.rest,
            "difference": self.difference,
            "flip": self.flip.to_dict() if self.flip else None,
            "neighbors": [asdict(neighbor) for neighbor in self.neighbors],
            "is_verbatim": self.is_verbatim,
            "fit": asdict(self.fit) if self.fit else None,
            "bundle": self.bundle,
            "version": self.version,
            "sha256": self.sha256,
        }
