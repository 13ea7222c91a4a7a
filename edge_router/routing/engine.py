"""Token ids to integer logits: one ONNX Runtime session, one thread, one text per run."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.errors import BundleError

# onnxruntime's wheels write a device id and an event file at import unless told not to.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort  # after the line above

INPUTS = ["tokens", "shares"]
OUTPUTS = ["logits"]


class Engine:
    """A bundle's graph, loaded once; ``run`` keeps nothing between calls and may be called from any
    thread.
    """

    def __init__(self, model: bytes, *, max_tokens: int) -> None:
        """Loads an ONNX graph from bytes; raises BundleError where onnxruntime refuses it or its
        inputs differ.
        """
        try:
            self._session = ort.InferenceSession(
                model, _session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise BundleError(
                f"model.onnx cannot be loaded ({error}); rebuild the bundle"
            ) from error
        names = (
            [i.name for i in self._session.get_inputs()],
            [o.name for o in self._session.get_outputs()],
        )
        if names != (INPUTS, OUTPUTS):
            raise BundleError(
                f"model.onnx has the inputs and outputs {names}; rebuild the bundle with "
                "edge-router train"
            )
        self._shares = [mean_share(n) for n in range(max_tokens + 1)]

    def run(self, ids: list[int]) -> NDArray[np.int32]:
        """Logits [answers], int32, for 1 to ``max_tokens`` ids; the same bits on every CPU."""
        feed = {"tokens": np.array(ids, np.int64), "shares": self._shares[len(ids)]}
        logits: NDArray[np.int32] = self._session.run(OUTPUTS, feed)[0][0]
        return logits


def mean_share(tokens: int) -> NDArray[np.uint8]:
    """What each of ``tokens`` tokens weighs in the mean, u8 [tokens, 1]: 255/tokens rounded half to
    even, at least 1.
    """
    return np.full((tokens, 1), max(1, round(255 / tokens)) if tokens else 1, np.uint8)


def _session_options() -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
