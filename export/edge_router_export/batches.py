"""Texts as padded id tensors, in shuffled batches of about one length so that little of a batch is
padding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class IdTable:
    """The token ids of many texts in one int32 array, padded with 0."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        """``rows`` of ids; an empty row becomes one unknown token (id 1), so that every text has a
        token.
        """
        self.lengths: NDArray[np.int64] = np.array([max(1, len(row)) for row in rows], np.int64)
        """Tokens of each text."""
        self.ids: NDArray[np.int32] = np.zeros(
            (len(rows), int(self.lengths.max(initial=1))), np.int32
        )
        for i, row in enumerate(rows):
            self.ids[i, : max(1, len(row))] = row or [1]

    def __len__(self) -> int:
        return len(self.lengths)

    def take(self, rows: NDArray[np.int64]) -> IdTable:
        """The texts of these numbers alone."""
        taken = IdTable([])
        taken.lengths, taken.ids = self.lengths[rows], self.ids[rows]
        return taken

    def batch(self, rows: NDArray[np.int64]) -> Tensor:
        """Ids [rows, longest of them], int64."""
        return torch.from_numpy(self.ids[rows, : int(self.lengths[rows].max())].astype(np.int64))


def shuffle_batches(
    lengths: NDArray[np.int64], size: int, seed: Sequence[int]
) -> list[NDArray[np.int64]]:
    """Row numbers in batches of ``size`` (the last of a chunk may be smaller), a different order
    for every ``seed``.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(shuffled), size * 40):
        chunk = shuffled[start : start + size * 40]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        batches += [chunk[i : i + size] for i in range(0, len(chunk), size)]
    return [batches[i] for i in random.permutation(len(batches))]
