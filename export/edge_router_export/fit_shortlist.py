"""From held-out texts: the probability from which a tool is on a text's shortlist.

Split conformal prediction (Vovk, Gammerman and Shafer, 2005): of n texts the floor is the r-th
lowest probability of the right tool, r being (n + 1) (1 - coverage) rounded down, so that a further
text of the kind has its right tool on the list with the probability ``coverage`` at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import CalibrationTable, ShortlistNumbers
from edge_router.bundle.doubt import FLOOR
from edge_router.routing.calibration import Calibration
from edge_router_export.judge import Judged


def fit_shortlist(
    judged: Judged, table: CalibrationTable, coverage: float
) -> ShortlistNumbers | None:
    """Floors for ``coverage``: one for each tool where every tool has texts enough for its own, so
    that it holds for each (class-conditional), else one for all; ``None`` where there are too few
    for that, too: 99 for a coverage of 0.99; and where only outcomes are known.
    """
    if judged.log:  # the texts whose tool is known are those that were easy for the log's policy
        return None
    tools = [name for name in judged.names if name is not None]
    places = {name: number for number, name in enumerate(tools)}
    calibration = Calibration(shift=table.shift, weights=table.weights, labels=judged.names, top=1)
    by_tool: list[list[float]] = [[] for _ in tools]
    for example, logits in zip(judged.examples, judged.logits, strict=True):
        if example.tool in places:
            own = places[example.tool]
            weights = calibration.weigh(logits)
            by_tool[own].append(int(weights[own]) / int(weights.sum()))
    floors = [find_floor(shares, coverage) for shares in by_tool]
    known = [found for found in floors if found is not None]
    if len(known) == len(tools):
        return ShortlistNumbers(coverage, tuple(known))
    alone = find_floor([share for shares in by_tool for share in shares], coverage)
    return None if alone is None else ShortlistNumbers(coverage, (alone,))


def find_floor(shares: Sequence[float], coverage: float) -> int | None:
    """The floor in steps of 2**-30 from the right tool's probability of each text; ``None`` where
    they are too few for any.
    """
    # a share like 1 - 0.99 is a little more or less in binary, and may not decide
    rank = floor((len(shares) + 1) * (1 - coverage) + 1e-9)
    ordered: NDArray[np.float64] = np.sort(np.asarray(shares, np.float64))
    return floor(float(ordered[rank - 1]) * FLOOR) if rank else None
