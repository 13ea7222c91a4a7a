"""All that a router's decisions go by, fitted on texts that its model was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_router.bundle import CalibrationTable, PolicyNumbers, ScopeNumbers, ShortlistNumbers
from edge_router.bundle.reward_numbers import RewardNumbers
from edge_router.bundle.thresholds import ALWAYS_ASK
from edge_router.tool import CONFIRM
from edge_router_export.fit_rewards import fit_rewards
from edge_router_export.fit_scope import fit_scope
from edge_router_export.fit_shortlist import fit_shortlist
from edge_router_export.fit_threshold import Promise
from edge_router_export.judge import Judged, fit_probabilities, fit_promise
from edge_router_export.judge_outcomes import HeldOutLog
from edge_router_export.load_data import Data
from edge_router_export.recipe import EACH, TrainRecipe

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
    rewards: RewardNumbers | None = None
    """What each tool is worth and costs, where they are judged by that."""


def fit_decision(judged: Judged, data: Data, recipe: TrainRecipe) -> Fitted:
    """Each from the judged texts; the promise is of what is answered with all the others. Where
    each tool is worth something of its own, the best is always taken and nothing is promised.
    """
    if judged.log and recipe.objective == EACH:
        promise = Promise(0.0, 1.0, recipe.max_error, len(judged.examples), 0, 0)
        rewards = _fit_rewards(judged, judged.log, data, recipe)
        return Fitted(fit_probabilities(judged), promise, rewards=rewards)
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


def _fit_rewards(judged: Judged, log: HeldOutLog, data: Data, recipe: TrainRecipe) -> RewardNumbers:
    """The curves of the tools, what each costs on average, and the recipe's weight of it. A row
    counts as the inverse of its propensity, so that a curve is of all texts and not of those for
    which its tool was likely.
    """
    rows = log.outcomes
    taken = np.array([judged.names.index(o.tool) for o in rows])
    weights = [
        min(1 / o.propensity, recipe.max_weight) * (recipe.weak_weight if o.is_weak else 1.0)
        for o in rows
    ]
    return fit_rewards(
        judged.logits[np.arange(len(rows)), taken],
        taken,
        np.array([o.reward for o in rows]),
        np.array(weights),
        [log.logged.mean_cost(name) for name in judged.names],
        recipe.cost_weight,
    )
