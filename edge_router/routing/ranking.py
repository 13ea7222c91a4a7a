"""One ranking out of what was trained and what was taught."""

from __future__ import annotations

from collections.abc import Iterable

from edge_router.decision import TAUGHT, Candidate

VERBATIM = 127 / 128
"""Confidence at least of a tool in a text that was taught word for word."""


def join(
    taught: Iterable[Candidate], trained: Iterable[Candidate], rest: float
) -> tuple[Candidate, ...]:
    """Taught and trained candidates, best first, ``rest`` being what is left to the trained; a tool
    that is both gets both shares.
    """
    answers: dict[str | None, Candidate] = {c.tool: c for c in taught if c.tool is not None}
    for candidate in trained:
        share = candidate.confidence * rest
        if (both := answers.get(candidate.tool)) is not None:
            answers[candidate.tool] = both._replace(confidence=both.confidence + share)
        else:
            answers[candidate.tool] = candidate._replace(confidence=share)
    return _sorted(answers.values())


def put_first(tool: str | None, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """``candidates`` with ``tool`` as sure as a text makes it that was taught word for word."""
    answers = {c.tool: c._replace(confidence=c.confidence * (1 - VERBATIM)) for c in candidates}
    already = answers[tool].confidence if tool in answers else 0.0
    return _sorted((answers | {tool: Candidate(tool, VERBATIM + already, TAUGHT)}).values())


def _sorted(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    # equal ones stay in the order in which they come, which no order of teaching changes
    return tuple(sorted(candidates, key=lambda candidate: -candidate.confidence))
