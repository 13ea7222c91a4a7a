"""Fine-tunes each teacher on the examples and asks them all about every text; the answers are
averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edge_router_export.batches import shuffle_batches
from edge_router_export.learn_from_outcomes import RECIPE_KEYS as OUTCOME_KEYS
from edge_router_export.learn_from_outcomes import Feedback, measure_outcome_loss
from edge_router_export.recipe import EACH, TrainRecipe
from edge_router_export.steps import (
    Arrays,
    Steps,
    code_fingerprint,
    fingerprint,
    fingerprint_arrays,
)
from edge_router_export.teacher import FineTunedTeacher, Teacher

WIDE_ENCODER = 768
WIDE_RATE_FACTOR = 0.4
"""Encoders of this width and more diverge at the rate that suits small ones."""


@dataclass(frozen=True)
class Task:
    """What the teachers are fine-tuned on."""

    texts: Sequence[str]
    """The examples' texts."""
    labels: Sequence[int]
    """The answer of each, or -100 where none is known."""
    answers: int
    """How many answers there are."""
    feedback: Feedback | None = None
    """What came of a tool that was taken for some."""


def label_texts(
    groups: Sequence[Sequence[str]], task: Task, recipe: TrainRecipe, steps: Steps
) -> NDArray[np.float16]:
    """Logits [texts of all groups, answers] of the recipe's teachers, fine-tuned on ``task``,
    averaged.

    Each of the ``groups`` of texts is a step of its own, so that changing one asks nothing again
    about the others.
    """
    groups = [texts for texts in groups if texts]
    totals = [np.zeros((len(texts), task.answers), np.float32) for texts in groups]
    for number, name in enumerate(recipe.teachers):
        teacher = _TaughtTeacher(name, recipe.seed + number, task, recipe, steps)
        for total, texts in zip(totals, groups, strict=True):
            total += teacher.label(texts)
    return np.concatenate([(t / len(recipe.teachers)).astype(np.float16) for t in totals])


class _TaughtTeacher:
    """One teacher, loaded and fine-tuned when a step first needs it."""

    def __init__(self, name: str, seed: int, task: Task, recipe: TrainRecipe, steps: Steps) -> None:
        self.name, self.seed, self.task, self.recipe, self.steps = name, seed, task, recipe, steps
        per_epoch = len(shuffle_batches(np.ones(len(task.texts)), recipe.teacher_batch, [0]))
        self.epochs = max(recipe.teacher_epochs, -(-recipe.teacher_updates // per_epoch))
        examples = [list(pair) for pair in zip(task.texts, task.labels, strict=True)]
        self.inputs: dict[str, Any] = {
            "teacher": _identify(name),
            "seed": seed,
            "epochs": self.epochs,
            "rate": recipe.teacher_rate,
            "batch": recipe.teacher_batch,
            "examples": fingerprint(examples),
            "answers": task.answers,
            "code": code_fingerprint("teacher", "batches"),
        }
        if task.feedback is not None:
            # by likelihood: the teacher is the reward model of the student's objectives
            if recipe.objective != EACH:
                self.recipe = recipe = replace(recipe, objective="likelihood")
            self.inputs |= {
                "feedback": fingerprint_arrays(*task.feedback.arrays),
                "recipe": {key: getattr(recipe, key) for key in OUTCOME_KEYS},
                "outcome_code": code_fingerprint("learn_from_outcomes"),
            }

    def label(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits [texts, answers]; each text's with a mean of zero where only their differences
        mean anything.
        """
        inputs = {**self.inputs, "texts": fingerprint(list(texts))}
        labelled = self.steps.run("teacher-labels", inputs, lambda _: self._ask(texts))
        logits = labelled["logits"].astype(np.float32)
        return logits if self.recipe.objective == EACH else logits - logits.mean(1, keepdims=True)

    def _ask(self, texts: Sequence[str]) -> Arrays:
        state = self.steps.run("teacher", self.inputs, self._fine_tune)
        self._model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
        return {"logits": self._model.logits(texts, self.steps.progress)}

    def _fine_tune(self, checkpoint: Path) -> Arrays:
        is_wide = self._model.teacher.width >= WIDE_ENCODER
        self._model.fit(
            self.task.texts,
            self.task.labels,
            epochs=self.epochs,
            rate=self.recipe.teacher_rate * (WIDE_RATE_FACTOR if is_wide else 1.0),
            batch=self.recipe.teacher_batch,
            seed=self.seed,
            checkpoint_path=checkpoint,
            progress=self.steps.progress,
            measure_more=self._measure_outcomes if self.task.feedback else None,
        )
        return {key: value.float().numpy() for key, value in self._model.state_dict().items()}

    def _measure_outcomes(self, logits: Tensor, rows: NDArray[np.int64]) -> Tensor:
        assert self.task.feedback is not None
        return measure_outcome_loss(logits, self.task.feedback, rows, self.recipe)

    @cached_property
    def _model(self) -> FineTunedTeacher:
        return FineTunedTeacher(Teacher(self.name), self.task.answers, self.seed)


def _identify(name: str) -> str:
    """What stands for a teacher in a step's inputs: of a folder the hash of its files, since these
    may change, of a model on the hub its name.
    """
    if not Path(name).is_dir():
        return name
    files = sorted(path for path in Path(name).rglob("*") if path.is_file())
    return fingerprint(
        [[f.relative_to(name).as_posix(), sha256(f.read_bytes()).hexdigest()] for f in files]
    )
