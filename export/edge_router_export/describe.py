"""The manifest of a trained router: what it chooses from, when it decides, what it is made of."""

from __future__ import annotations

from typing import Any

from edge_router.bundle import (
    Choice,
    Embedding,
    Manifest,
    Parts,
    PolicyNumbers,
    Reference,
)
from edge_router_export.fit_decision import Fitted
from edge_router_export.load_data import Data
from edge_router_export.pack import make_manifest
from edge_router_export.recipe import TrainRecipe, without_paths


def describe(
    name: str,
    data: Data,
    recipe: TrainRecipe,
    fitted: Fitted,
    *,
    embedding: Embedding | None,
    metrics: dict[str, Any],
    reference: Reference | None = None,
) -> Manifest:
    """The manifest of the router ``name``; without an ``embedding`` nothing can be taught to it,
    without a ``reference`` no drift is seen but against what came before; ``metrics`` are
    information only.
    """
    promise = fitted.promise
    choice = Choice(
        data.tools,
        data.answers_no_tool,
        fitted.table,
        PolicyNumbers(promise.threshold, promise.max_error),
        fitted.unasked,
    )
    training = {
        "recipe": without_paths(recipe),
        "files_sha256": data.files,
        "examples": len(data.train),
        **({"logged_outcomes": len(data.logged.train)} if data.logged else {}),
    }
    return make_manifest(
        name=name,
        max_tokens=recipe.max_tokens,
        parts=Parts(
            choice,
            embedding,
            fitted.shortlist,
            fitted.scope,
            rewards=fitted.rewards,
            reference=reference,
        ),
        training=training,
        metrics=metrics,
    )
