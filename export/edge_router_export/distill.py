"""Trains the student on the labels and, where there is a teacher, on what it says of these and of
further texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edge_router_export.batches import IdTable, shuffle_batches
from edge_router_export.recipe import TrainRecipe
from edge_router_export.steps import Checkpoint
from edge_router_export.student import Student
from edge_router_export.teacher import Progress

UNLABELLED = -100
"""The label of a text that only the teacher has judged."""


@dataclass(frozen=True)
class Lessons:
    """What the student learns from."""

    ids: IdTable
    """Token ids of each text."""
    labels: NDArray[np.int64]
    """Answer of each text, or :data:`UNLABELLED`."""
    teacher_logits: NDArray[np.float16] | None
    """What the teacher says [texts, answers], if there is one."""


def distill(
    student: Student,
    lessons: Lessons,
    recipe: TrainRecipe,
    checkpoint_path: Path,
    progress: Progress,
) -> None:
    """Trains ``student`` in place; goes on from the checkpoint where one was left."""
    torch.manual_seed(recipe.seed)
    nn.init.normal_(student.head, std=0.005)
    table = student.encoder.embedding.weight
    rest = [p for p in student.parameters() if p is not table]
    optimizer = torch.optim.AdamW(
        [{"params": [table], "weight_decay": 0.0}, {"params": rest, "weight_decay": 0.01}],
        fused=True,
    )
    checkpoint = Checkpoint(checkpoint_path, {"student": student, "optimizer": optimizer})
    batches_per_epoch = len(shuffle_batches(lessons.ids.lengths, recipe.batch, [0]))
    steps = recipe.epochs * batches_per_epoch
    student.train()
    for epoch in range(checkpoint.load(), recipe.epochs):
        torch.manual_seed(recipe.seed + epoch)
        batches = shuffle_batches(lessons.ids.lengths, recipe.batch, [recipe.seed, epoch])
        for step, rows in enumerate(batches, epoch * batches_per_epoch):
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * min(1.0, (step + 1) / 100) * max(1 - step / steps, 1e-3)
            loss = _loss(
                student(lessons.ids.batch(rows), dropout=recipe.token_dropout),
                lessons,
                rows,
                recipe,
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(student.parameters(), 2.0)
            optimizer.step()
            progress(f"student learns (loss {loss.item():.3f})", step + 1, steps)
        checkpoint.save(epoch + 1)
    student.eval()


def _loss(logits: Tensor, lessons: Lessons, rows: NDArray[np.int64], recipe: TrainRecipe) -> Tensor:
    """Cross-entropy on the labels plus T^2 times the divergence from the teacher (Hinton et al.,
    2015, section 2).
    """
    labels = torch.from_numpy(lessons.labels[rows])
    # the sum over the labelled texts, not their mean: a batch with few of them must not weigh them
    # more
    by_label = nn.functional.cross_entropy(
        logits, labels, ignore_index=UNLABELLED, reduction="sum"
    ) / len(rows)
    if lessons.teacher_logits is None:
        return by_label
    soft = recipe.temperature
    wanted = torch.from_numpy(lessons.teacher_logits[rows]).float() / soft
    divergence = nn.functional.kl_div(
        (logits / soft).log_softmax(1), wanted.softmax(1), reduction="batchmean"
    )
    return recipe.label_weight * by_label + soft**2 * divergence
