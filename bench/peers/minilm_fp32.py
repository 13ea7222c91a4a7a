"""MiniLM-L6, frozen, fp32 under onnxruntime, logistic regression: what quantising it costs the peer
beside it.
"""

from __future__ import annotations

from bench.peers.minilm_int8 import MiniLmInt8, export_encoder


class MiniLmFp32(MiniLmInt8):
    """The same embedding and head as its int8 form, before quantising."""

    name = "MiniLM-L6 fp32 + logistic regression"

    def _make_onnx(self) -> bytes:
        return export_encoder()
