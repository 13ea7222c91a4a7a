"""What an encoder makes of many texts, before any head."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from edge_router_export.batches import IdTable
from edge_router_export.student import Encoder

_BATCH = 256


def pool_texts(encoder: Encoder, ids: IdTable, count: int) -> Tensor:
    """The pooled u8 values, as floats [count, pooled_width], of the first ``count`` texts; leaves
    the encoder in evaluation mode.
    """
    encoder.eval()
    order = np.argsort(ids.lengths[:count], kind="stable")  # little padding in a batch
    pooled = torch.zeros(count, encoder.shape.pooled_width)
    with torch.no_grad():
        for start in range(0, count, _BATCH):
            rows = order[start : start + _BATCH]
            pooled[rows] = encoder(ids.batch(rows))
    return pooled
