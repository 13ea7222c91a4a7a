"""Fine-tunes each teacher on the examples and asks them all about every text; the answers are
averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from edge_router_export.recipe import TrainRecipe
from edge_router_export.steps import Arrays, Steps, fingerprint
from edge_router_export.teacher import FineTunedTeacher, Progress, Teacher

WIDE_ENCODER = 768
WIDE_RATE_FACTOR = 0.4
"""Encoders of this width and more diverge at the rate that suits small ones."""


def label_texts(
    examples: Sequence[tuple[str, int]],
    groups: Sequence[Sequence[str]],
    answers: int,
    recipe: TrainRecipe,
    steps: Steps,
    progress: Progress,
) -> NDArray[np.float16]:
    """Logits [texts of all groups, answers] of the recipe's teachers, fine-tuned on ``examples``,
    averaged.

    Each of the ``groups`` of texts is a step of its own, so that changing one asks nothing again
    about the others.
    """
    labelled = []
    for texts in filter(None, groups):
        total = np.zeros((len(texts), answers), np.float32)
        for number, name in enumerate(recipe.teachers):
            total += _label_by_one(name, number, examples, texts, answers, recipe, steps, progress)
        labelled.append((total / len(recipe.teachers)).astype(np.float16))
    return np.concatenate(labelled)


def _label_by_one(
    name: str,
    number: int,
    examples: Sequence[tuple[str, int]],
    texts: Sequence[str],
    answers: int,
    recipe: TrainRecipe,
    steps: Steps,
    progress: Progress,
) -> NDArray[np.float32]:
    """One teacher's logits, each text's with a mean of zero, since only their differences mean
    anything.
    """
    seed = recipe.seed + number
    inputs: dict[str, Any] = {
        "teacher": name,
        "seed": seed,
        "epochs": recipe.teacher_epochs,
        "rate": recipe.teacher_rate,
        "batch": recipe.teacher_batch,
        "examples": fingerprint([list(example) for example in examples]),
        "answers": answers,
    }
    loaded: list[FineTunedTeacher] = []

    def load() -> FineTunedTeacher:
        if not loaded:
            loaded.append(FineTunedTeacher(Teacher(name), answers, seed))
        return loaded[0]

    def fine_tune(checkpoint: Path) -> Arrays:
        teacher = load()
        rate = recipe.teacher_rate * (
            WIDE_RATE_FACTOR if teacher.teacher.width >= WIDE_ENCODER else 1.0
        )
        teacher.fit(
            [text for text, _ in examples],
            [label for _, label in examples],
            epochs=recipe.teacher_epochs,
            rate=rate,
            batch=recipe.teacher_batch,
            seed=seed,
            checkpoint_path=checkpoint,
            progress=progress,
        )
        return {key: value.float().numpy() for key, value in teacher.state_dict().items()}

    def label(_: Path) -> Arrays:
        state = steps.run("teacher", inputs, fine_tune)
        teacher = load()
        teacher.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
        return {"logits": teacher.logits(texts, progress)}

    wanted = {**inputs, "texts": fingerprint(list(texts))}
    logits = steps.run("teacher-labels", wanted, label)["logits"].astype(np.float32)
    return logits - logits.mean(1, keepdims=True)
