"""Token ids to the graph's integers: one ONNX Runtime session, one thread, one text per run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Parts
from edge_router.errors import BundleError

# onnxruntime's wheels write a device id and an event file at import unless told not to.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort  # after the line above

INPUTS = ["tokens", "shares"]
LOGITS, EMBEDDING = "logits", "embedding"


class Engine:
    """A bundle's graph, loaded once; it keeps nothing between calls and is run from any thread."""

    def __init__(self, model: bytes, *, outputs: Sequence[str], max_tokens: int) -> None:
        """Loads an ONNX graph from bytes; raises BundleError where onnxruntime refuses it, or its
        inputs and outputs are others.
        """
        try:
            self._session = ort.InferenceSession(
                model, _session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise BundleError(
                f"model.onnx cannot be loaded ({error}); rebuild the bundle"
            ) from error
        found = [o.name for o in self._session.get_outputs()]
        if [i.name for i in self._session.get_inputs()] != INPUTS or found != list(outputs):
            raise BundleError(
                f"model.onnx has the outputs {found}, and the bundle's parts need "
                f"{list(outputs)}; rebuild the bundle with edge-router train"
            )
        self._max_tokens = max_tokens
        self._shares = [mean_share(n) for n in range(max_tokens + 1)]
        # onnxruntime computes outputs that nobody fetched, unless told not to
        self._options = ort.RunOptions()
        self._options.only_execute_path_to_fetches = (
            len(found) > 1
        )  # 1.5 us where nothing is gained

    def run(self, ids: list[int], output: str = LOGITS) -> NDArray[np.int32]:
        """One output's integers, int32 [answers or width], for 1 to ``max_tokens`` ids; the same
        bits on every CPU.
        """
        return self.run_all(ids, [output])[0]

    def run_all(self, ids: list[int], outputs: Sequence[str]) -> list[NDArray[np.int32]]:
        """Several outputs' integers from one run."""
        feed = {"tokens": np.array(ids, np.int64), "shares": self._shares[len(ids)]}
        return [found[0] for found in self._session.run(outputs, feed, self._options)]

    def check(self, widths: Mapping[str, int], *, last_id: int) -> None:
        """Runs over the highest id, alone and often, so that a part of another size is found at
        load, not at some later text; raises BundleError unless the outputs have these ``widths``.
        """
        most = self._max_tokens
        try:
            runs = [self.run_all([last_id] * n, list(widths)) for n in {1, min(2, most), most}]
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise BundleError(
                f"the model does not fit its tokenizer ({error}); rebuild the bundle"
            ) from error
        for found in runs:
            for (name, width), values in zip(widths.items(), found, strict=True):
                if values.shape != (width,) or values.dtype != np.int32:
                    raise BundleError(
                        f"the model's {name} are {values.dtype} {values.shape}, not int32 "
                        f"({width},); rebuild the bundle"
                    )


def list_widths(parts: Parts) -> dict[str, int]:
    """How many integers each of the model's outputs must have."""
    widths = {}
    if parts.choice:
        widths[LOGITS] = len(parts.choice.labels)
    if parts.embedding:
        widths[EMBEDDING] = parts.embedding.width
    return widths


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
