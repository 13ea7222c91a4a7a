"""The head that training starts from: with a base that knows what texts mean, it answers before its
first update, and few examples need not teach it what the base has learnt from a million texts.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from edge_router_export.batches import IdTable
from edge_router_export.pool_texts import pool_texts
from edge_router_export.quantize import IntegerProjection
from edge_router_export.student import ACTIVATION_STEP, Student

SHARPNESS = 10.0
"""Logits that a text gains by lying in an answer's very direction: sure, but not past learning."""


def start_at_random(student: Student, seed: int) -> None:
    """A head that says next to nothing: no random direction must be unlearnt. Not zero, since the
    step of the head's weights is made of the largest of them.
    """
    torch.manual_seed(seed)
    nn.init.normal_(student.head, std=0.005)


def start_at_means(
    student: Student, ids: IdTable, labels: NDArray[np.int64], projection: IntegerProjection
) -> None:
    """A head by which a text's nearest answer is the one whose examples lie closest to it in the
    space of ``projection``: the rows are the means of their unit vectors (prototypes; Snell et al.,
    2017, arXiv:1703.05175), less the mean of all, taken back through the projection.

    ``ids`` may have more rows than ``labels``; those are not looked at.
    """
    weight = torch.from_numpy(projection.weight.astype(np.float32))
    bias = torch.from_numpy(projection.bias.astype(np.float32))
    vectors = pool_texts(student.encoder, ids, len(labels)) @ weight + bias
    length = vectors.norm(dim=1, keepdim=True).clamp_min(1e-6)
    answers = nn.functional.one_hot(torch.from_numpy(labels), len(student.head)).float()
    # an answer without examples (of a fold, say) keeps the mean of all, and so a row of zeros
    overall = (vectors / length).mean(0)
    sums = answers.t() @ (vectors / length - overall)
    means = sums / answers.sum(0).clamp_min(1.0).unsqueeze(1)
    with torch.no_grad():
        student.head.copy_(means @ weight.t() * (SHARPNESS / (length.mean() * ACTIVATION_STEP)))
