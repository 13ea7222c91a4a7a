"""What the model makes of texts that it was not trained on: of held-out ones, or, by
cross-validation, of every example in turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import CalibrationTable, Choice, Parts, PolicyNumbers, ScopeNumbers
from edge_router.bundle.reward_numbers import RewardNumbers
from edge_router.errors import DataError
from edge_router.evaluate import Evaluation, make_prediction
from edge_router.examples import Example
from edge_router.routing.chooser import Chooser
from edge_router.routing.policy import make_policy
from edge_router.routing.scope import Scope
from edge_router.tool import Tool
from edge_router_export.fit_calibration import fit_table, fit_table_to_outcomes
from edge_router_export.fit_threshold import Promise, fit_threshold
from edge_router_export.judge_outcomes import (
    HeldOutLog,
    Worth,
    measure_worth,
    promise_by_outcomes,
)
from edge_router_export.load_data import Data, group_by_tool
from edge_router_export.load_outcomes import Logged
from edge_router_export.measure_likeness import measure_likeness
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
    likeness: NDArray[np.int64]
    """[texts], how close each is to what the model's tools were trained on; see ``scope``."""
    is_cross_validated: bool = False
    """Each text was judged by a model that was trained on all but its part of the examples."""
    log: HeldOutLog | None = None
    """What was logged for the texts, where nobody knows their right tools; the examples then have
    the tool that was taken if the reward was good, and else none.
    """


def judge_held_out(data: Data, trained: Trained, recipe: TrainRecipe, steps: Steps) -> Judged:
    """What ``trained`` makes of the held-out texts; where there are none, what models that are
    trained on all but a fold make of the fold. Where there is a log, the texts that were held out
    of it.
    """
    if data.valid:
        return _judge(data, trained, recipe)
    if data.logged:
        return _judge_outcomes(data, data.logged, trained, recipe)
    folds, parts = fold(data, recipe), []
    for number, part in enumerate(folds, 1):
        named = steps.named(f"fold {number} of {len(folds)}")
        parts.append(_judge(part, train_student(part, recipe, named), recipe))
    return Judged(
        tuple([example for part in parts for example in part.examples]),
        np.concatenate([part.logits for part in parts]),
        parts[0].names,
        np.concatenate([part.likeness for part in parts]),
        is_cross_validated=True,
    )


def fold(data: Data, recipe: TrainRecipe) -> list[Data]:
    """The data once per fold, each with its part of every tool's examples held out.

    There are as many folds as the commonest tool has examples at most, so that none is empty; of
    two and more examples of a tool one at least stays to train on. Weak ones judge nothing, and
    are trained on in every fold.
    """
    strong = [example for example in data.train if not example.is_weak]
    groups = group_by_tool(strong, recipe.seed).values()
    count = min(recipe.folds, max(map(len, groups)))
    fold_of = {id(example): i % count for group in groups for i, example in enumerate(group)}
    return [
        replace(
            data,
            train=tuple([e for e in data.train if fold_of.get(id(e)) != number]),
            valid=tuple([e for e in strong if fold_of[id(e)] == number]),
        )
        for number in range(count)
    ]


def fit_probabilities(judged: Judged) -> CalibrationTable:
    """The table that fits the texts whose right answer the model knows, or their outcomes."""
    if judged.log:
        taken = np.array([judged.names.index(o.tool) for o in judged.log.outcomes])
        return fit_table_to_outcomes(judged.logits, taken, judged.log.is_good)
    known = [i for i, e in enumerate(judged.examples) if e.tool in judged.names]
    if not known:
        raise DataError(
            "no held-out text has a tool and a word that the tokenizer knows; give others"
        )
    labels = np.array([judged.names.index(judged.examples[i].tool) for i in known])
    return fit_table(judged.logits[known], labels)


def fit_promise(
    judged: Judged, table: CalibrationTable, max_error: float, scope: ScopeNumbers | None = None
) -> Promise:
    """The threshold with what it promises, from the texts whose best answer is a tool and that the
    ``scope`` does not leave out; of the others none is answered, whatever the threshold.

    A text that fits no tool counts as an error where it gets one, also where the model has no such
    answer.
    """
    predictions = evaluate_judged(judged, table, 0.0, scope).predictions
    if judged.log:
        return promise_by_outcomes(predictions, judged.log, max_error)
    given = [p for p in predictions if p.tool is not None]
    return fit_threshold(
        [p.confidence for p in given],
        [p.is_right for p in given],
        max_error=max_error,
        is_cross_validated=judged.is_cross_validated,
    )


def judge_answers(judged: Judged, evaluation: Evaluation) -> Evaluation | Worth:
    """How good the answers are: by the right tools, or, where only outcomes are known, by these."""
    return measure_worth(evaluation.predictions, judged.log) if judged.log else evaluation


def evaluate_judged(
    judged: Judged,
    table: CalibrationTable,
    threshold: float,
    scope: ScopeNumbers | None = None,
    rewards: RewardNumbers | None = None,
) -> Evaluation:
    """What the runtime makes of the integers."""
    tools = tuple([Tool(name) for name in judged.names if name is not None])
    policy = PolicyNumbers(threshold, 1.0)
    choice = Choice(tools, len(tools) < len(judged.names), table, policy, top=1)
    usual = Scope(scope, (), tools=len(tools)) if scope else None
    chooser = Chooser(choice, shortlist=None, scope=usual, rewards=rewards)
    own = make_policy(Parts(choice, rewards=rewards), tools)
    return Evaluation(
        tuple(
            [
                make_prediction(example, chooser.decide(logits, int(likeness), own))
                for example, logits, likeness in zip(
                    judged.examples, judged.logits, judged.likeness, strict=True
                )
            ]
        )
    )


def _judge_outcomes(data: Data, logged: Logged, trained: Trained, recipe: TrainRecipe) -> Judged:
    """What ``trained`` makes of the texts of the outcomes that were held out."""
    asked = [
        Example(o.text, o.tool if o.reward >= recipe.good_reward else None, (), o.file, o.line)
        for o in logged.held_out
    ]
    judged = _judge(replace(data, valid=tuple(asked)), trained, recipe)
    known = {(example.file, example.line) for example in judged.examples}
    outcomes = tuple([o for o in logged.held_out if (o.file, o.line) in known])
    return replace(judged, log=HeldOutLog(outcomes, logged, recipe))


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
    return Judged(
        tuple([example for example, _ in known]),
        logits,
        tuple(data.labels),
        measure_likeness(data, integers, recipe, [ids for _, ids in known]),
    )
