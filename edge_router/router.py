"""A bundle that decides: wires the parts of ``routing/`` together and holds no logic of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Bundle, Choice, read_bundle
from edge_router.decision import Decision, Reason
from edge_router.errors import BundleError, InputError
from edge_router.routing.calibration import Calibration
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine
from edge_router.routing.policy import Policy
from edge_router.routing.tokenizer import Tokenizer
from edge_router.tool import Tool

NEVER = 1.0
"""The threshold that a router without tools shows."""


class Router:
    """Decides which tool answers a text. Pure after ``load``: no clock, disk, network or global;
    thread-safe, and picklable as its bundle's bytes.
    """

    def __init__(self, bundle: Bundle) -> None:
        """Builds the session and the tables from a bundle that was read; ``Router.load`` does both
        steps.
        """
        manifest = bundle.manifest
        choice = manifest.parts.choice
        self.bundle = bundle
        """What was loaded: manifest, hash, size."""
        self.tools: tuple[Tool, ...] = choice.tools if choice else ()
        """What it chooses from, in the order of the logits."""
        self._tokenizer = Tokenizer(
            bundle.tokenizer, max_tokens=manifest.max_tokens, max_chars=manifest.max_chars
        )
        self._engine = Engine(
            bundle.model, outputs=manifest.parts.outputs, max_tokens=manifest.max_tokens
        )
        self._calibration = _make_calibration(choice) if choice else None
        self._policy = Policy(choice.policy.threshold if choice else NEVER)
        self._check_sizes()

    @classmethod
    def load(cls, source: str | os.PathLike[str] | bytes | bytearray | memoryview) -> Router:
        """Reads and checks a ``.router`` file (or its bytes); raises BundleError and loads nothing
        where it is unfit.
        """
        return cls(read_bundle(source))

    @classmethod
    def base(cls) -> Router:
        """The router in the package: it knows no tool yet and reads English."""
        return cls(read_bundle((resources.files("edge_router") / "base.router").read_bytes()))

    def route(
        self, text: str, *, threshold: float | None = None, top: int | None = None
    ) -> Decision:
        """The decision for one text; the same bits on every CPU.

        ``threshold``, 0 to 1, is the confidence to decide from and ``top``, 1 or more, the number
        of candidates to show, in place of the bundle's. Raises InputError where ``text`` is not a
        str, or a number is out of its range.
        """
        if not isinstance(text, str):
            raise InputError(
                f"a text to route must be a str, not {type(text).__name__}; decode bytes first"
            )
        policy = self._policy if threshold is None else Policy(_check_threshold(threshold))
        if top is not None and (type(top) is not int or top < 1):
            raise InputError(f"top is {top!r}; give a whole number of candidates, 1 or more")
        ids, is_truncated = self._tokenizer.encode(text)
        if not ids:
            return policy.abstain(Reason.EMPTY_INPUT, is_truncated=is_truncated)
        if self._calibration is None:
            return policy.abstain(Reason.NO_TOOLS, is_truncated=is_truncated)
        candidates = self._calibration.rank(self._engine.run(ids), top)
        return policy.decide(candidates, is_truncated=is_truncated)

    @property
    def threshold(self) -> float:
        """The confidence from which it decides, where a call names no other."""
        return self._policy.threshold

    def route_many(self, texts: Iterable[str]) -> Iterator[Decision]:
        """The decisions for many texts, one by one as they are read: the same bits as ``route``
        gives each alone.
        """
        if isinstance(texts, str | bytes):  # its characters would be routed, one by one
            raise InputError("route_many takes many texts; give a list, or call route for one")
        return map(self.route, texts)

    def tokens(self, text: str) -> list[int]:
        """The token ids the model reads; empty for empty input."""
        return self._tokenizer.encode(text).ids

    def logits(self, text: str) -> NDArray[np.int32]:
        """The model's integers [answers], the last for *no tool* where the bundle has it; zeros for
        empty input. Raises InputError where the bundle has no part ``choice``.
        """
        return self._output(text, LOGITS)

    def embed(self, text: str) -> NDArray[np.int32]:
        """The text's place among others by its meaning, integers [width], of which only the
        direction means anything; zeros for empty input. Raises InputError where the bundle has no
        part ``embedding``.
        """
        return self._output(text, EMBEDDING)

    def integers(self, text: str) -> dict[str, NDArray[np.int32]]:
        """All that the model says of a text, by output; empty for empty input."""
        ids, names = self.tokens(text), list(self._widths)
        return dict(zip(names, self._engine.run_all(ids, names), strict=True)) if ids else {}

    def _output(self, text: str, output: str) -> NDArray[np.int32]:
        if output not in self._widths:
            raise InputError(f"this bundle has no {output}; load one whose manifest declares them")
        ids = self.tokens(text)
        return self._engine.run(ids, output) if ids else np.zeros(self._widths[output], np.int32)

    def _check_sizes(self) -> None:
        """Runs over the highest id, alone and often: a part of another size is found at load, not
        at some later text.
        """
        parts, most = self.bundle.manifest.parts, self.bundle.manifest.max_tokens
        widths = {}
        if parts.choice:
            widths[LOGITS] = len(parts.choice.labels)
        if parts.embedding:
            widths[EMBEDDING] = parts.embedding.width
        self._widths = widths
        last = self._tokenizer.vocabulary_size - 1
        try:
            runs = [self._engine.run_all([last] * n, list(widths)) for n in {1, min(2, most), most}]
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

    def __repr__(self) -> str:
        """``Router('home', 12 tools, sha256 1a2b3c4d)``."""
        manifest = self.bundle.manifest
        name, sha256 = manifest.name, self.bundle.sha256[:8]
        return f"Router({name!r}, {len(self.tools)} tools, sha256 {sha256})"

    def __reduce__(self) -> tuple[Callable[[bytes], Router], tuple[bytes]]:
        """A pickle holds the bundle's bytes: the session is made anew where it is read."""
        return Router.load, (self.bundle.to_bytes(),)


def _make_calibration(choice: Choice) -> Calibration:
    table = choice.calibration
    return Calibration(
        shift=table.shift, weights=table.weights, labels=choice.labels, top=choice.top
    )


def _check_threshold(threshold: float) -> float:
    if isinstance(threshold, int | float) and 0 <= threshold <= 1:
        return float(threshold)
    raise InputError(f"threshold is {threshold!r}; give a confidence from 0 to 1")
