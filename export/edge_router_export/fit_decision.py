"""All that a router's decisions go by, fitted on texts that its model was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.bundle import CalibrationTable, PolicyNumbers, ScopeNumbers, ShortlistNumbers
from edge_router.bundle.thresholds import ALWAYS_ASK
from edge_router.tool import CONFIRM
from edge_router_export.fit_scope import fit_scope
from edge_router_export.fit_shortlist import fit_shortlist
from edge_router_export.fit_threshold import Promise
from edge_router_export.judge import Judged, fit_probabilities, fit_promise
from edge_router_export.load_data import Data
from edge_router_export.recipe import TrainRecipe

UNASKED = 0.25
"""Of ``max_error``, what is promised of the decisions for which a tool of the risk *confirm* runs
unasked.
"""


@dataclass(frozen=True)
class Fitted:
    """What the manifest has of it."""

    table: CalibrationTable
    """Logits to probabilities."""
    promise: Promise
    """When to decide."""
    unasked: PolicyNumbers = ALWAYS_ASK
    """When to run a tool of the risk *confirm* unasked."""
    shortlist: ShortlistNumbers | None = None
    """Which tools are on a shortlist; ``None`` where the texts are too few to say."""
    scope: ScopeNumbers | None = None
    """How usual a text must be to have a tool."""


def fit_decision(judged: Judged, data: Data, recipe: TrainRecipe) -> Fitted:
    """Each from the judged texts; the promise is of what is answered with all the others."""
    table, scope = fit_probabilities(judged), fit_scope(judged)
    unasked = ALWAYS_ASK
    if any(tool.risk == CONFIRM for tool in data.tools):
        surer = fit_promise(judged, table, UNASKED * recipe.max_error, scope)
        if surer.more_texts == 0:
            unasked = PolicyNumbers(surer.threshold, surer.max_error)
    return Fitted(
        table,
        fit_promise(judged, table, recipe.max_error, scope),
        unasked,
        fit_shortlist(judged, table, recipe.coverage),
        scope,
    )
