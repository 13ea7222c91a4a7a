"""The encoder of a bundle, back in torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import edge_router
from edge_router_export.batches import IdTable
from edge_router_export.export_onnx import import_encoder
from edge_router_export.quantize import restore_encoder
from edge_router_export.student import Encoder, StudentShape

STATISTICS_TEXTS = 4096
"""Texts on which a base's normalisation is measured: more change no digit that matters."""
_BATCH = 256


def find_base(base: str) -> Path:
    """The file of ``base``: the package's own for that very word, else the path itself."""
    return Path(edge_router.__file__).with_name("base.router") if base == "base" else Path(base)


def make_encoder(model: bytes, ids: IdTable, rows: NDArray[np.int64]) -> Encoder:
    """The encoder in a bundle's ``model``; what folding lost is measured on ``rows`` of ``ids``."""
    integers = import_encoder(model)
    shape = StudentShape(
        *integers.table.shape, len(integers.convolutions[0].bias), len(integers.convolutions)
    )
    encoder = Encoder(shape)
    batches = [ids.batch(rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)]
    restore_encoder(integers, encoder, batches)
    return encoder
