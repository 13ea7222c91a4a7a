"""A bundle that decides: wires the parts of ``routing/`` together and holds no logic of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Bundle, read_bundle
from edge_router.decision import Candidate, Decision
from edge_router.errors import BundleError, InputError
from edge_router.routing.calibration import Calibration
from edge_router.routing.engine import Engine
from edge_router.routing.policy import Policy
from edge_router.routing.tokenizer import Tokenizer


class Router:
    """Decides which tool answers a text. Pure after ``load``: no clock, disk, network or global;
    thread-safe.
    """

    def __init__(self, bundle: Bundle) -> None:
        """Builds the session and the tables from a bundle that was read; ``Router.load`` does both
        steps.
        """
        manifest = bundle.manifest
        if not manifest.tools:
            raise BundleError(
                "this bundle is a base encoder and has no tools yet; train one with "
                "edge-router train"
            )
        self.bundle = bundle
        """What was loaded: manifest, hash, size."""
        self.tools: tuple[str, ...] = tuple(tool.name for tool in manifest.tools)
        """The names of the tools, in the order of the logits."""
        self._labels: tuple[str | None, ...] = (
            (*self.tools, None) if manifest.has_no_tool else self.tools
        )
        self._tokenizer = Tokenizer(
            bundle.tokenizer, max_tokens=manifest.max_tokens, max_chars=manifest.max_chars
        )
        self._engine = Engine(bundle.model, max_tokens=manifest.max_tokens)
        self._calibration = Calibration(
            shift=manifest.calibration.shift, weights=manifest.calibration.weights
        )
        self._policy = Policy(manifest.policy.threshold)
        self._check_sizes()

    @classmethod
    def load(cls, source: str | os.PathLike[str] | bytes) -> Router:
        """Reads and checks a ``.router`` file (or its bytes); raises BundleError and loads nothing
        where it is unfit.
        """
        return cls(read_bundle(source))

    def route(self, text: str) -> Decision:
        """The decision for one text; the same bits on every CPU. Raises InputError where ``text``
        is not a str.
        """
        if not isinstance(text, str):
            raise InputError(
                f"a text to route must be a str, not {type(text).__name__}; decode bytes first"
            )
        ids, is_truncated = self._tokenizer.encode(text)
        if not ids:
            return self._policy.decide((), is_truncated=is_truncated)
        labels, probabilities = self._calibration.rank(self._engine.run(ids))
        names = self._labels
        candidates = tuple(
            [Candidate(names[i], p) for i, p in zip(labels, probabilities, strict=True)]
        )
        return self._policy.decide(candidates, is_truncated=is_truncated)

    def route_many(self, texts: Iterable[str]) -> Iterator[Decision]:
        """The decisions for many texts, one by one as they are read: the same bits as ``route``
        gives each alone.
        """
        return map(self.route, texts)

    def tokens(self, text: str) -> list[int]:
        """The token ids the model reads; empty for empty input."""
        return self._tokenizer.encode(text).ids

    def logits(self, text: str) -> NDArray[np.int32]:
        """The model's integers [answers], the last for *no tool* where the bundle has it; zeros for
        empty input.
        """
        ids = self.tokens(text)
        return self._engine.run(ids) if ids else np.zeros(len(self._labels), np.int32)

    def _check_sizes(self) -> None:
        """Runs over the highest id, alone and often: a part of another size is found at load, not
        at some later text.
        """
        last, most = self._tokenizer.vocabulary_size - 1, self.bundle.manifest.max_tokens
        try:
            found = [self._engine.run([last] * n) for n in (1, min(2, most), most)]
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise BundleError(
                f"the model does not fit its tokenizer ({error}); rebuild the bundle"
            ) from error
        for logits in found:
            if logits.shape != (len(self._labels),) or logits.dtype != np.int32:
                raise BundleError(
                    f"the model answers {logits.dtype} {logits.shape} for {len(self._labels)} "
                    "labels; rebuild the bundle"
                )
