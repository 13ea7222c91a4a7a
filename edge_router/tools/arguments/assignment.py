"""Which candidate each parameter takes."""

from __future__ import annotations

from collections.abc import Mapping

from edge_router.tools.arguments.argument import Source
from edge_router.tools.arguments.parameter import Parameter
from edge_router.tools.arguments.passage import Candidate

LEAST_REQUIRED, LEAST_OPTIONAL = -1.0, 1.0
"""The scores from which a value is taken: what is not required needs a word that speaks of it."""


def choose(
    parameters: list[Parameter], candidates: Mapping[str, list[Candidate]]
) -> dict[str, Candidate]:
    """One candidate for each parameter at most: the best pair first, no word used twice."""
    pairs = [
        (-c.score, not p.is_required, place, c.start, -c.end, p, c)
        for place, p in enumerate(parameters)
        for c in candidates[p.name]
        if c.score >= _least(p, c)
    ]
    chosen: dict[str, Candidate] = {}
    taken: list[tuple[Parameter, Candidate]] = []
    for *_, parameter, candidate in sorted(pairs, key=lambda pair: pair[:5]):
        if parameter.name in chosen:
            continue
        if all(_may_stand_beside(parameter, candidate, p, c) for p, c in taken):
            chosen[parameter.name] = candidate
            taken.append((parameter, candidate))
    return _order_numbered(chosen)


def _may_stand_beside(
    parameter: Parameter, candidate: Candidate, other: Parameter, chosen: Candidate
) -> bool:
    """Whether a candidate may be taken where another was: it uses other words, or the same words in
    another sense.
    """
    is_apart = chosen.last <= candidate.start or candidate.last <= chosen.start
    if is_apart or candidate.source is Source.BOOLEAN:
        return True
    if parameter.is_part and other.is_part:
        return True  # an hour and a half: hours and minutes
    is_choice = candidate.source is chosen.source is Source.ENUM
    return is_choice and candidate.value != chosen.value  # curtains: a cover and its class


def _order_numbered(chosen: dict[str, Candidate]) -> dict[str, Candidate]:
    """``mass1`` before ``mass2``: values of parameters that a number tells apart are in the text's
    order.
    """
    groups: dict[str, list[str]] = {}
    for name in chosen:
        base = name.rstrip("0123456789")
        if base != name:
            groups.setdefault(base, []).append(name)
    for names in groups.values():
        values = sorted((chosen[name] for name in names), key=lambda c: c.start)
        chosen |= zip(sorted(names), values, strict=True)
    return chosen


def _least(parameter: Parameter, candidate: Candidate) -> float:
    """The score that a candidate needs; words that may be anything need more."""
    if parameter.is_required:
        return LEAST_REQUIRED
    return LEAST_OPTIONAL + (candidate.source is Source.REST)
