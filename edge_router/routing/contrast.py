"""Two answers, and the score by which one is before the other for any text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Bundle
from edge_router.decision import Candidate, Decision
from edge_router.examples import Example
from edge_router.explanation import Unit
from edge_router.routing.engine import EMBEDDING, LOGITS
from edge_router.routing.reader import Reader
from edge_router.routing.taught_tools import TaughtTools
from edge_router.tool import Tool

CONFIDENCE_STEPS = 2**30
"""Steps of a confidence: a power of two, so that the product is exact."""


class Route(Protocol):
    """A router's way from a text to its decision."""

    def __call__(self, text: str, *, top: int | None = None) -> Decision:
        """The decision, with ``top`` candidates."""
        ...


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a router decides on."""

    bundle: Bundle
    """The bundle."""
    tools: Sequence[Tool]
    """All tools, trained and taught."""
    examples: Sequence[Example]
    """The taught texts."""
    route: Route
    """Decides."""
    run: Callable[[list[int], str], NDArray[np.int32]]
    """One output of the model for one token id or more."""
    reader: Reader
    """Reads texts and, once each, examples."""
    taught: TaughtTools | None
    """The taught tools, where there are any."""

    def rank(self, text: str) -> tuple[Candidate, ...]:
        """All answers to a text, best first."""
        return self.route(text, top=len(self.tools) + 1).candidates

    def tokens(self, text: str) -> list[int]:
        """A text's token ids."""
        return list(self.reader.tokens(text))


@dataclass(frozen=True, slots=True)
class Contrast:
    """A score for the best answer against its rival."""

    unit: Unit
    """What it counts."""
    halving: int
    """Steps that double the odds of the best against the rival; 0 where there is no such number."""
    score: Callable[[str], int]
    """The score of a text."""


def make_contrast(grounds: Grounds, best: Candidate, rival: Candidate | None) -> Contrast:
    """The score that decides between two answers; without a rival, the score of ``best`` alone.

    It is the difference of their logits where both are of one kind. Where one is trained and one
    taught, or one is both, their logits count different steps: it is that of their confidences.
    """
    choice, taught = grounds.bundle.manifest.parts.choice, grounds.taught
    answers = [best] if rival is None else [best, rival]
    kinds = {_kind(candidate.tool, grounds) for candidate in answers}
    if kinds == {Unit.LOGITS} and choice:
        places = [choice.labels.index(candidate.tool) for candidate in answers]
        table = choice.calibration
        halving = _find_halving(table.shift, table.weights)
        return Contrast(Unit.LOGITS, halving, lambda text: _from_logits(grounds, text, places))
    if kinds == {Unit.TAUGHT_LOGITS} and taught:
        teaching = grounds.bundle.manifest.parts.embedding
        halving = teaching.teaching.halving if teaching and teaching.teaching else 0
        tools = [candidate.tool for candidate in answers]
        return Contrast(
            Unit.TAUGHT_LOGITS, halving, lambda text: _from_taught(grounds, taught, text, tools)
        )
    tools = [candidate.tool for candidate in answers]
    return Contrast(Unit.CONFIDENCE, 0, lambda text: _from_confidences(grounds, text, tools))


def _kind(tool: str | None, grounds: Grounds) -> Unit:
    """Where an answer's score comes from; of a tool that is both trained and taught, both."""
    choice, taught = grounds.bundle.manifest.parts.choice, grounds.taught
    is_trained = choice is not None and tool in choice.labels
    # *none of the taught tools* is an answer only where none is trained
    is_taught = taught is not None and tool in taught and not (tool is None and choice)
    if is_trained == is_taught:
        return Unit.CONFIDENCE
    return Unit.LOGITS if is_trained else Unit.TAUGHT_LOGITS


def _find_halving(shift: int, weights: Sequence[int]) -> int:
    """The distance at which a weight is half the first, in steps of a logit; 0 where none is."""
    for place, weight in enumerate(weights):
        if 2 * weight <= weights[0]:
            return place << shift
    return 0


def _from_logits(grounds: Grounds, text: str, places: Sequence[int]) -> int:
    ids = grounds.tokens(text)
    if not ids:
        return 0
    logits = grounds.run(ids, LOGITS)
    return _subtract([int(logits[place]) for place in places])


def _from_taught(
    grounds: Grounds, taught: TaughtTools, text: str, tools: Sequence[str | None]
) -> int:
    ids = grounds.tokens(text)
    return _subtract(taught.score(ids, grounds.run(ids, EMBEDDING) if ids else None, tools))


def _from_confidences(grounds: Grounds, text: str, tools: Sequence[str | None]) -> int:
    found = {candidate.tool: candidate.confidence for candidate in grounds.rank(text)}
    return _subtract([int(found.get(tool, 0.0) * CONFIDENCE_STEPS) for tool in tools])


def _subtract(scores: Sequence[int]) -> int:
    return scores[0] - sum(scores[1:])
