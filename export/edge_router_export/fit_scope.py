"""From held-out texts with a tool: how usual a text must be to have one.

No text without a tool is needed: both signs of one are weighed by how little they vary among texts
with a tool, and what is kept are the scores of these. Measured on CLINC150's validation texts, the
two together tell more than either, and than the confidence: ``bench accuracy`` has the test texts.
"""

from __future__ import annotations

import numpy as np

from edge_router.bundle import ScopeNumbers
from edge_router.bundle.doubt import MAX_WEIGHT
from edge_router.routing.scope import lead
from edge_router_export.judge import Judged

PLACES = 1000
"""Scores that are kept at most: the scope in steps of a thousandth."""
OUTSIDE = 0.03
"""The share of the most unusual texts on which the router abstains though they have a tool. With
it, of CLINC150's validation texts, most are answered for 2 % errors where one of 30 fits no tool.
"""


def fit_scope(judged: Judged) -> ScopeNumbers | None:
    """The part ``scope``; ``None`` where no text has a tool, or all are alike."""
    tools = sum(name is not None for name in judged.names)
    inside = [number for number, e in enumerate(judged.examples) if e.tool is not None]
    leads = np.array([lead(judged.logits[number], tools) for number in inside], np.int64)
    near = judged.likeness[inside]
    if not inside or not leads.std():
        return None
    spreads = [float(leads.std()), float(near.std())]
    finest = min(spread for spread in spreads if spread)
    # at most a quarter of what the format takes, which leaves the scores far below 2**62
    of_lead, of_near = [
        max(1, round(MAX_WEIGHT / 4 * finest / spread)) if spread else 0 for spread in spreads
    ]
    scores = np.sort(of_lead * leads + of_near * near)
    kept = np.linspace(0, len(scores) - 1, min(PLACES, len(scores))).round().astype(np.int64)
    return ScopeNumbers(of_lead, of_near, tuple(scores[kept].tolist()), OUTSIDE)
