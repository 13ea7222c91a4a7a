"""Streams of texts, day by day, that stay what they are or change on one day, and whether a look at
the last week notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_router.journal.drift import Drift, compare
from edge_router.journal.texts import Text, Texts, count_texts

WEEK = 7
"""Days that a look looks at, as ``edge-router drift`` does by itself ..."""
BEFORE = 28
"""... and from so many days ago on there are those that it compares them with."""

Draw = Callable[[int], list[Text]]
"""So many texts, drawn anew."""


@dataclass(frozen=True)
class Pool:
    """Texts of a test split as a router sees them, by the tool that is right."""

    by_tool: Mapping[str | None, Sequence[Text]]
    """Each tool's texts; under ``None`` those without a tool."""

    def draw(self, shares: Mapping[str | None, float], seed: int) -> Draw:
        """Draws texts, with replacement, each tool with its share."""
        random = np.random.default_rng(seed)
        names = list(shares)
        weights = np.array([shares[name] for name in names])
        weights /= weights.sum()

        def draw(count: int) -> list[Text]:
            chosen = random.choice(len(names), size=count, p=weights)
            found = (self.by_tool[names[number]] for number in chosen)
            return [texts[random.integers(len(texts))] for texts in found]

        return draw


def count_alarms(
    draw: Draw, *, weeks: int, day: int, reference: Texts | None, is_daily: bool
) -> int:
    """Of so many weeks of ``day`` texts a day in which nothing changes, those in which a look, one
    a day or one a week, calls it a drift; against the ``reference`` or against earlier texts.
    """
    days = [draw(day) for _ in range(BEFORE)]
    alarms = 0
    for _ in range(weeks):
        found = []
        for number in range(WEEK):
            days = [*days[1:], draw(day)]
            if is_daily or number == WEEK - 1:
                found.append(look(days, reference).has_drifted)
        alarms += any(found)
    return alarms


def count_days(
    before: Draw,
    after: Draw,
    *,
    day: int,
    most: int,
    reference: Texts | None,
    notices: Callable[[Drift], bool],
) -> int | None:
    """Days from the change until a look a day notices; ``None``: more than ``most``."""
    days = [before(day) for _ in range(BEFORE)]
    for number in range(1, most + 1):
        days = [*days[1:], after(day)]
        if notices(look(days, reference)):
            return number
    return None


def look(days: Sequence[Sequence[Text]], reference: Texts | None) -> Drift:
    """What ``edge-router drift`` finds on the last of these days."""
    now = [text for texts in days[-WEEK:] for text in texts]
    before = reference or count_texts([text for texts in days[:-WEEK] for text in texts])
    return compare(before, count_texts(now, edges=before.confidence.edges))
