"""Exact parity: what onnxruntime returns for the exported graph equals the integers that were
trained, or there is no bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from edge_router.errors import ParityError
from edge_router.routing.engine import Engine

Integers = Callable[[list[int]], NDArray[np.int32]]
"""What an output must be for a row of token ids."""


def check_parity(
    wanted: Mapping[str, Integers],
    model: bytes,
    id_rows: Iterable[list[int]],
    *,
    max_tokens: int,
) -> int:
    """Compares every integer of every output for every row of token ids; the number of rows
    compared. Raises ParityError at the first difference.
    """
    engine = Engine(model, outputs=list(wanted), max_tokens=max_tokens)
    count = 0
    for ids in filter(None, id_rows):
        for (name, compute), got in zip(
            wanted.items(), engine.run_all(ids, list(wanted)), strict=True
        ):
            _compare(name, ids, compute(ids), got)
        count += 1
    return count


def _compare(
    name: str, ids: list[int], expected: NDArray[np.int32], got: NDArray[np.int32]
) -> None:
    if np.array_equal(expected, got):
        return
    where = int(np.flatnonzero(expected != got)[0])
    raise ParityError(
        f"token ids {ids}: {name} {where} is {got[where]} in onnxruntime and {expected[where]} "
        "in training; no bundle was written; please report this with the versions of onnxruntime "
        "and onnx"
    )
