"""Exact parity: what onnxruntime returns for the exported graph equals the integers of the trained
student, or no bundle.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from edge_router.errors import ParityError
from edge_router.routing.engine import Engine
from edge_router_export.quantize import IntegerStudent


def check_parity(
    student: IntegerStudent, model: bytes, id_rows: Iterable[list[int]], *, max_tokens: int
) -> int:
    """Compares every logit of every text; the number of texts compared. Raises ParityError at the
    first difference.
    """
    engine = Engine(model, max_tokens=max_tokens)
    count = 0
    for ids in id_rows:
        if not ids:
            continue
        expected, got = student.logits(ids), engine.run(ids)
        if not np.array_equal(expected, got):
            where = int(np.flatnonzero(expected != got)[0])
            raise ParityError(
                f"token ids {ids}: logit {where} is {got[where]} in onnxruntime and "
                f"{expected[where]} in the student; "
                "no bundle was written; please report this with the versions of onnxruntime "
                "and onnx"
            )
        count += 1
    return count
