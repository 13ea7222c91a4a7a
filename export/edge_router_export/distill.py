"""Trains the student on the labels and, where there is a teacher, on what it says of these and of
further texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edge_router.errors import RecipeError
from edge_router_export.batches import IdTable, shuffle_batches
from edge_router_export.learn_from_outcomes import RECIPE_KEYS as OUTCOME_KEYS
from edge_router_export.learn_from_outcomes import Feedback, measure_outcome_loss
from edge_router_export.recipe import EACH, TrainRecipe
from edge_router_export.stay_near import Prior
from edge_router_export.steps import Checkpoint, Progress, fingerprint_arrays
from edge_router_export.student import Student

RECIPE_KEYS = (
    "epochs",
    "updates",
    "rate",
    "batch",
    "temperature",
    "label_weight",
    "token_dropout",
    "seed",
    "prior_weight",
    *OUTCOME_KEYS,
)
"""What of a recipe :func:`distill` goes by."""
UNLABELLED = -100
"""The label of a text that only the teacher has judged."""
LIKED = 0.5
"""Worth from which an outcome stands for its answer where the head begins."""
WARM_UP = 100
WARM_UP_SHARE = 0.1
"""Updates until the peak rate: about as many as Adam's averages of squared gradients need, but
never most of a short training.
"""
MAX_GRADIENT = 2.0
"""Longest gradient that is followed in full: a quiet training's is below."""


@dataclass(frozen=True)
class Lessons:
    """What the student learns from."""

    ids: IdTable
    """Token ids of each text."""
    labels: NDArray[np.int64]
    """Answer of each text, or :data:`UNLABELLED`."""
    teacher_logits: NDArray[np.float16] | None
    """What the teacher says [texts, answers], if there is one."""

    feedback: Feedback | None = None
    """What came of a tool that was taken for some of the texts."""
    prior: Prior | None = None
    """What the router to stay near says of each text."""

    def list_known(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The texts whose answer is labelled or was rewarded, by their numbers, and the answer."""
        answers = self.labels.copy()
        if self.feedback is not None:
            is_liked = (self.feedback.worth > LIKED) & (self.feedback.weight > 0)
            answers[is_liked] = self.feedback.taken[is_liked]
        rows = np.flatnonzero(answers != UNLABELLED)
        return rows, answers[rows]

    def fingerprint(self) -> str:
        """Hex sha256 of all of it."""
        return fingerprint_arrays(
            self.ids.lengths,
            self.ids.ids,
            self.labels,
            self.teacher_logits,
            *(self.feedback.arrays if self.feedback else ()),
            *(self.prior.arrays if self.prior else ()),
        )


def distill(
    student: Student,
    lessons: Lessons,
    recipe: TrainRecipe,
    checkpoint_path: Path,
    progress: Progress,
) -> None:
    """Trains ``student`` in place; goes on from the checkpoint where one was left. Raises
    RecipeError where the training diverges.
    """
    optimizer = _make_optimizer(student)
    checkpoint = Checkpoint(checkpoint_path, {"student": student, "optimizer": optimizer})
    per_epoch = len(shuffle_batches(lessons.ids.lengths, recipe.batch, [0]))
    epochs = max(recipe.epochs, -(-recipe.updates // per_epoch))
    updates = epochs * per_epoch
    student.train()
    for epoch in range(checkpoint.load(), epochs):
        torch.manual_seed(recipe.seed + epoch)
        batches = shuffle_batches(lessons.ids.lengths, recipe.batch, [recipe.seed, epoch])
        for done, rows in enumerate(batches, epoch * per_epoch):
            _set_rate(optimizer, recipe.rate * rate_share(done, updates))
            logits = student(lessons.ids.batch(rows), dropout=recipe.token_dropout)
            loss = measure_loss(logits, lessons, rows, recipe)
            _update(student, optimizer, loss)
            _check_loss(loss.item(), recipe, done + 1)
            progress(f"student learns (loss {loss.item():.3f})", done + 1, updates)
        checkpoint.save_when_due(epoch + 1, updates_per_epoch=per_epoch)
    student.eval()


def rate_share(done: int, updates: int) -> float:
    """The share of the peak rate after ``done`` of ``updates`` updates: a warm-up, then a straight
    line down, to a thousandth, since Adam's steps do not shrink by themselves.
    """
    warm_up = min(WARM_UP, WARM_UP_SHARE * updates)
    return min(1.0, (done + 1) / warm_up) * max(1 - done / updates, 1e-3)


def measure_loss(
    logits: Tensor, lessons: Lessons, rows: NDArray[np.int64], recipe: TrainRecipe
) -> Tensor:
    """The sum of what there is: cross-entropy on the labels, the objective on logged outcomes, T^2
    times the divergence from the teacher (Hinton et al., 2015, section 2), and that from the prior.
    """
    loss = _measure_told_loss(logits, lessons, rows, recipe)
    if lessons.teacher_logits is not None:
        soft = recipe.temperature
        wanted = torch.from_numpy(lessons.teacher_logits[rows]).float() / soft
        divergence = _measure_divergence(logits / soft, wanted, recipe)
        loss = recipe.label_weight * loss + soft**2 * divergence
    if lessons.prior is not None:
        loss = loss + recipe.prior_weight * lessons.prior.measure_divergence(logits, rows)
    return loss


def _measure_divergence(logits: Tensor, wanted: Tensor, recipe: TrainRecipe) -> Tensor:
    """From what the teacher says: of all answers together, or, where each is judged by itself, the
    sum of theirs, but for a constant.
    """
    if recipe.objective == EACH:
        return nn.functional.binary_cross_entropy_with_logits(
            logits, wanted.sigmoid(), reduction="sum"
        ) / len(logits)
    return nn.functional.kl_div(logits.log_softmax(1), wanted.softmax(1), reduction="batchmean")


def _measure_told_loss(
    logits: Tensor, lessons: Lessons, rows: NDArray[np.int64], recipe: TrainRecipe
) -> Tensor:
    """Of the labels and the outcomes."""
    labels = torch.from_numpy(lessons.labels[rows])
    # the sum over the labelled texts, not their mean: a batch with few of them must not weigh them
    # more
    by_label = nn.functional.cross_entropy(
        logits, labels, ignore_index=UNLABELLED, reduction="sum"
    ) / len(rows)
    if lessons.feedback is None:
        return by_label
    guesses = None
    if lessons.teacher_logits is not None:
        guesses = torch.from_numpy(lessons.teacher_logits[rows]).float().softmax(1)
    return by_label + measure_outcome_loss(logits, lessons.feedback, rows, recipe, guesses)


def _make_optimizer(student: Student) -> torch.optim.Optimizer:
    """AdamW; the embedding table does not decay, since a token that no example has would fade."""
    table = student.encoder.embedding.weight
    rest = [p for p in student.parameters() if p is not table]
    return torch.optim.AdamW(
        [{"params": [table], "weight_decay": 0.0}, {"params": rest, "weight_decay": 0.01}],
        fused=True,
    )


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def _update(student: Student, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    # rounding passes gradients straight through, which now and then makes a huge one
    nn.utils.clip_grad_norm_(student.parameters(), MAX_GRADIENT)
    optimizer.step()


def _check_loss(loss: float, recipe: TrainRecipe, update: int) -> None:
    if not isfinite(loss):
        raise RecipeError(
            f"the training diverged at update {update}: its loss is {loss}; lower the recipe's "
            f"'rate', which is {recipe.rate}"
        )
