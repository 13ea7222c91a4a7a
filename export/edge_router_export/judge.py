"""What the model makes of texts that it was not trained on: of held-out ones, or, by
cross-validation, of every example in turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import CalibrationTable
from edge_router.errors import DataError
from edge_router.evaluate import Evaluation, Prediction
from edge_router.examples import Example
from edge_router.routing.calibration import Calibration
from edge_router.routing.policy import Policy
from edge_router_export.fit_calibration import fit_table
from edge_router_export.fit_threshold import Promise, fit_threshold
from edge_router_export.load_data import Data, group_by_tool
from edge_router_export.pack import load_tokenizer
from edge_router_export.quantize import quantize_student
from edge_router_export.recipe import TrainRecipe
from edge_router_export.steps import Steps
from edge_router_export.train_student import Trained, train_student


@dataclass(frozen=True)
class Judged:
    """Texts that the model which judged them had not been trained on."""

    examples: tuple[Example, ...]
    """The texts with their tools; ``None`` also where the model knows no such answer."""
    logits: NDArray[np.int32]
    """[texts, answers], the shipped arithmetic's integers."""
    names: tuple[str | None, ...]
    """What each answer stands for."""
    is_cross_validated: bool = False
    """Each text was judged by a model that was trained on all but its part of the examples."""


def judge_held_out(data: Data, trained: Trained, recipe: TrainRecipe, steps: Steps) -> Judged:
    """What ``trained`` makes of the held-out texts; where there are none, what models that are
    trained on all but a fold make of the fold.
    """
    if data.valid:
        return _judge(data, trained, recipe)
    folds, parts = fold(data, recipe), []
    for number, part in enumerate(folds, 1):
        named = steps.named(f"fold {number} of {len(folds)}")
        parts.append(_judge(part, train_student(part, recipe, named), recipe))
    return Judged(
        tuple([example for part in parts for example in part.examples]),
        np.concatenate([part.logits for part in parts]),
        parts[0].names,
        is_cross_validated=True,
    )


def fold(data: Data, recipe: TrainRecipe) -> list[Data]:
    """The data once per fold, each with its part of every tool's examples held out.

    There are as many folds as the commonest tool has examples at most, so that none is empty; of
    two and more examples of a tool one at least stays to train on.
    """
    groups = group_by_tool(data.train, recipe.seed).values()
    count = min(recipe.folds, max(map(len, groups)))
    fold_of = {id(example): i % count for group in groups for i, example in enumerate(group)}
    return [
        replace(
            data,
            train=tuple([e for e in data.train if fold_of[id(e)] != number]),
            valid=tuple([e for e in data.train if fold_of[id(e)] == number]),
        )
        for number in range(count)
    ]


def fit_probabilities(judged: Judged) -> CalibrationTable:
    """The table that fits the texts whose right answer the model knows."""
    known = [i for i, e in enumerate(judged.examples) if e.tool in judged.names]
    if not known:
        raise DataError(
            "no held-out text has a tool and a word that the tokenizer knows; give others"
        )
    labels = np.array([judged.names.index(judged.examples[i].tool) for i in known])
    return fit_table(judged.logits[known], labels)


def fit_promise(judged: Judged, table: CalibrationTable, max_error: float) -> Promise:
    """The threshold with what it promises, from the texts whose best answer is a tool; of the
    others none is answered, whatever the threshold.

    A text that fits no tool counts as an error where it gets one, also where the model has no such
    answer.
    """
    predictions = evaluate_judged(judged, table, 0.0).predictions
    given = [p for p in predictions if p.best is not None]
    return fit_threshold(
        [p.confidence for p in given],
        [p.is_right for p in given],
        max_error=max_error,
        is_cross_validated=judged.is_cross_validated,
    )


def evaluate_judged(judged: Judged, table: CalibrationTable, threshold: float) -> Evaluation:
    """What the runtime's calibration and policy make of the integers."""
    calibration = Calibration(shift=table.shift, weights=table.weights, labels=judged.names, top=1)
    policy = Policy(threshold)
    predictions = []
    for example, logits in zip(judged.examples, judged.logits, strict=True):
        decision = policy.decide(calibration.rank(logits), is_truncated=False)
        best = decision.candidates[0].tool
        predictions.append(Prediction(example, best, decision.confidence, decision.tool))
    return Evaluation(tuple(predictions))


def _judge(data: Data, trained: Trained, recipe: TrainRecipe) -> Judged:
    """What ``trained`` makes of ``data.valid``, but for texts without a token, on which a router
    decides without asking its model.
    """
    integers, tokenizer = (
        quantize_student(trained.student),
        load_tokenizer(trained.tokenizer, recipe.max_tokens),
    )
    known = [(e, ids) for e in data.valid if (ids := tokenizer.encode(e.text).ids)]
    logits = np.zeros((len(known), len(data.labels)), np.int32)
    for row, (_, ids) in zip(logits, known, strict=True):
        row[:] = integers.logits(ids)
    return Judged(tuple([example for example, _ in known]), logits, tuple(data.labels))
