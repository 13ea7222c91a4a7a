"""Keeps a new router near one that was trained before: it starts from that one's encoder and head,
and what it says must not stray far from what that one says.

They need not have the same tools: what both know is compared, and weighs as much as the prior gives
to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log2

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from edge_router.bundle import Bundle, CalibrationTable, Choice
from edge_router.errors import RecipeError
from edge_router.routing.calibration import Calibration
from edge_router.routing.engine import LOGITS, Engine
from edge_router_export.pack import load_tokenizer
from edge_router_export.student import ACTIVATION_STEP, Student

Labels = dict[str | None, int]


@dataclass(frozen=True)
class Prior:
    """What the prior says of the texts that a student learns from."""

    probabilities: NDArray[np.float32]
    """[texts, shared answers], of all of its answers."""
    answers: NDArray[np.int64]
    """Which of the student's answers these are."""

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """All of it, in a fixed order."""
        return (self.probabilities, self.answers)

    def measure_divergence(self, logits: Tensor, rows: NDArray[np.int64]) -> Tensor:
        """That of the student's ``logits`` [rows, answers] from the prior (Kullback and Leibler,
        1951), over the shared answers, the mean of the texts.
        """
        wanted = torch.from_numpy(self.probabilities[rows])
        given = logits[:, torch.from_numpy(self.answers)].log_softmax(1)
        mass = wanted.sum(1, keepdim=True).clamp_min(1e-9)
        return (torch.xlogy(wanted, wanted / mass) - wanted * given).sum() / len(rows)


def ask_prior(bundle: Bundle, texts: Sequence[str], labels: Labels) -> Prior:
    """What the router in ``bundle`` says of ``texts``, by its own calibration. Raises RecipeError
    where it knows no tool.
    """
    own = _list_answers(bundle)
    shared = [name for name in own if name in labels]
    columns = [own.index(name) for name in shared]
    limit = bundle.manifest.max_tokens
    tokenizer = load_tokenizer(bundle.tokenizer, limit)
    engine = Engine(bundle.model, outputs=bundle.manifest.parts.outputs, max_tokens=limit)
    table = _read_choice(bundle).calibration
    calibration = Calibration(shift=table.shift, weights=table.weights, labels=own, top=1)
    probabilities = np.zeros((len(texts), len(shared)), np.float32)
    for row, text in zip(probabilities, texts, strict=True):
        if ids := tokenizer.encode(text).ids:
            weights = calibration.weigh(engine.run(ids, LOGITS))
            row[:] = weights[columns] / weights.sum()
    return Prior(probabilities, np.array([labels[name] for name in shared], np.int64))


def start_at_prior(student: Student, bundle: Bundle, labels: Labels) -> None:
    """Gives the student's answers that the prior has its rows of the head, so that the logits are
    those of its calibrated probabilities; the others stay as they are.
    """
    head = _read_head(bundle)
    scale = log(2) / (read_halving(_read_choice(bundle).calibration) * ACTIVATION_STEP)
    with torch.no_grad():
        for column, name in enumerate(_list_answers(bundle)):
            if name in labels:
                student.head[labels[name]] = torch.from_numpy(
                    head[:, column].astype(np.float32) * np.float32(scale)
                )


def read_halving(table: CalibrationTable) -> float:
    """How many logit steps halve a probability, out of a table that ``make_table`` made of it."""
    octaves = log2(table.weights[0])
    # the smaller a weight, the coarser its rounding: half of the octaves are exact enough
    last = max(k for k, weight in enumerate(table.weights) if weight and log2(weight) > octaves / 2)
    return (last << table.shift) / (octaves - log2(table.weights[last])) if last else 1.0


def _list_answers(bundle: Bundle) -> list[str | None]:
    choice = _read_choice(bundle)
    names: list[str | None] = [tool.name for tool in choice.tools]
    return [*names, None] if choice.answers_no_tool else names


def _read_choice(bundle: Bundle) -> Choice:
    choice = bundle.manifest.parts.choice
    if choice is None:
        raise RecipeError(
            f"the prior {bundle.manifest.name!r} knows no tool to stay near; give a trained "
            "router, or name this one as the recipe's 'base'"
        )
    return choice


def _read_head(bundle: Bundle) -> NDArray[np.int8]:
    graph = onnx.load_model_from_string(bundle.model).graph
    return next(numpy_helper.to_array(t) for t in graph.initializer if t.name == "head")
