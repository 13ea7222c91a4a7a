"""The manifest, the goldens and the file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from edge_router.bundle import Manifest, Parts, pack_bundle, write_bundle
from edge_router.router import Router
from edge_router.routing.tokenizer import Tokenizer
from edge_router.verify import make_golden

MAX_CHARS_PER_TOKEN = 32
GOLDENS = 32
ODD_TEXTS = (
    "",
    "   ",
    "?!",
    "\U0001f600 \U0001f680",
    "Ünïcödé çhàrs",
    "שלום עולם",
    "a" * 300,
    "tab\tand\nnewline",
    "zero\u200bwidth",
)
"""Goldens that every bundle has beside its own texts."""


def make_manifest(
    *, name: str, max_tokens: int, parts: Parts, **described: dict[str, Any]
) -> Manifest:
    """A manifest with the versions of what made it; ``described`` are training, metrics and
    notes.
    """
    packages = ("edge-router", "numpy", "onnx", "onnxruntime", "tokenizers", "torch")
    return Manifest(
        name=name,
        version="1",
        max_tokens=max_tokens,
        max_chars=max_tokens * MAX_CHARS_PER_TOKEN,
        parts=parts,
        created_with={package: version(package) for package in packages},
        **described,
    )


def load_tokenizer(tokenizer_json: bytes, max_tokens: int) -> Tokenizer:
    """The runtime's tokenizer with the limits that a bundle of ``max_tokens`` will have."""
    return Tokenizer(
        tokenizer_json, max_tokens=max_tokens, max_chars=max_tokens * MAX_CHARS_PER_TOKEN
    )


def pack(
    path: Path, *, manifest: Manifest, model: bytes, tokenizer: bytes, texts: Sequence[str]
) -> str:
    """Writes the bundle with goldens of the first ``texts`` and of some odd ones; its sha256."""
    router = Router.load(
        pack_bundle(manifest=manifest, model=model, tokenizer=tokenizer, goldens=())
    )
    goldens = [make_golden(router, text) for text in (*texts[:GOLDENS], *ODD_TEXTS)]
    return write_bundle(path, manifest=manifest, model=model, tokenizer=tokenizer, goldens=goldens)
