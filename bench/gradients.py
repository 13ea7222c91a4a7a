"""Gradient x input: what a bundle's model, taken as one of floats, says of each token.

The usual first-order attribution (Simonyan et al., 2014, arXiv:1312.6034; Shrikumar et al., 2016,
arXiv:1605.01713). The integers of the graph are read as real numbers, rounding as the identity, and
clipping stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from edge_router.routing.engine import mean_share
from edge_router_export.export_onnx import import_encoder
from edge_router_export.student import EMBEDDING_ZERO


class FloatModel:
    """A bundle's graph in torch's double precision."""

    def __init__(self, model: bytes) -> None:
        """Reads the integers of ``model.onnx``."""
        encoder = import_encoder(model)
        graph = onnx.load_model_from_string(model).graph
        heads = [numpy_helper.to_array(t) for t in graph.initializer if t.name == "head"]
        self._head = torch.from_numpy(heads[0].astype(np.float64))
        self._table = torch.from_numpy(encoder.table.astype(np.float64) - EMBEDDING_ZERO)
        self._layers = [
            [torch.from_numpy(a.astype(np.float64)) for a in (c.weight, c.bias, c.rescale)]
            for c in encoder.convolutions
        ]

    def attribute(self, ids: Sequence[int], best: int, rival: int) -> tuple[float, list[float]]:
        """The lead of answer ``best`` over ``rival``, and gradient x input of each token."""
        rows = self._table[list(ids)].clone().requires_grad_()
        logits = self._pool(rows) @ self._head
        lead = logits[best] - logits[rival]
        (gradient,) = torch.autograd.grad(lead, rows)
        return lead.item(), (gradient * rows).sum(dim=1).tolist()

    def _pool(self, values: torch.Tensor) -> torch.Tensor:
        share = torch.from_numpy(mean_share(len(values)).astype(np.float64)[:, 0])
        pooled = []
        for weight, bias, rescale in self._layers:
            sums = torch.nn.functional.conv1d(values.T[None], weight, bias, padding=1)[0].T
            values = (sums * rescale).clamp(0, 255)
            pooled += [values.max(dim=0).values, share @ values / 255]
        return torch.cat(pooled)
