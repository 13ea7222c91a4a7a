"""The parts of a bundle that say more of a text than its best tool: among which tools the right one
is, and whether there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.bundle.strict_json import JsonObject, ObjectReader

FLOOR = 2**30
"""Steps of a floor that stand for a probability of 1."""
MAX_FLOORS = 20_000
MAX_PLACES = 10_000
MAX_WEIGHT = 2**16


@dataclass(frozen=True, slots=True)
class ShortlistNumbers:
    """Which tools are on a text's shortlist; see ``routing/prediction_set.py``."""

    coverage: float
    """The share of texts whose right tool is on it, as promised."""
    floors: tuple[int, ...]
    """The probability from which a tool is on it, in steps of 2**-30: one for all tools, or one a
    tool in the order of the logits.
    """

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {"coverage": float(self.coverage), "floors": list(self.floors)}


@dataclass(frozen=True, slots=True)
class ScopeNumbers:
    """How usual a text is among those with a tool; see ``routing/scope.py``."""

    lead: int
    """What it weighs by how much the best logit leads the mean of all."""
    likeness: int
    """What it weighs how close the text is to the nearest anchor; 0 without anchors."""
    places: tuple[int, ...]
    """Scores of held-out texts with a tool, rising, at equal distances among them."""
    threshold: float
    """The scope below which the router abstains, 0 to 1."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "lead": self.lead,
            "likeness": self.likeness,
            "places": list(self.places),
            "threshold": float(self.threshold),
        }


def read_shortlist(read: ObjectReader) -> ShortlistNumbers:
    """The part from its object."""
    floors = read.integers("floors", MAX_FLOORS, FLOOR)
    if not floors:
        raise read.wrong("floors", "one or more")
    return ShortlistNumbers(read.decimal("coverage", 0.0, 1.0), floors)


def read_scope(read: ObjectReader) -> ScopeNumbers:
    """The part from its object."""
    places = tuple(read.items("places", MAX_PLACES))
    if not places or any(type(p) is not int or abs(p) > 2**62 for p in places):
        raise read.wrong("places", "one or more whole numbers below 2**62")
    if list(places) != sorted(places):
        raise read.wrong("places", "rising")
    return ScopeNumbers(
        lead=read.integer("lead", 0, MAX_WEIGHT),
        likeness=read.integer("likeness", 0, MAX_WEIGHT),
        places=places,
        threshold=read.decimal("threshold", 0.0, 1.0),
    )
