"""Runs a bundle's goldens on this device: the same integers and decisions as on the machine that
made it?
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from edge_router.bundle import Golden
from edge_router.router import Router


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One golden text that came out differently here."""

    text: str
    """The golden's text."""
    what: str
    """The first stage that differs: ``tokens``, an output of the model such as ``logits``, or
    ``decision``.
    """
    expected: Any
    """What the bundle says."""
    got: Any
    """What this device computed."""


def verify(router: Router) -> tuple[Mismatch, ...]:
    """The goldens that differ on this device, in their order; empty where all agree."""
    found = (_compare(router, golden) for golden in router.bundle.goldens)
    return tuple(mismatch for mismatch in found if mismatch is not None)


def make_golden(router: Router, text: str) -> Golden:
    """What ``router`` computes for ``text``, stage by stage, as a bundle keeps it; it explores
    nothing meanwhile.
    """
    digests = {
        name: hashlib.sha256(values.astype("<i4").tobytes()).hexdigest()
        for name, values in router.integers(text).items()
    }
    return Golden(
        text, tuple(router.tokens(text)), digests, router.explore(0).route(text).to_dict()
    )


def _compare(router: Router, golden: Golden) -> Mismatch | None:
    here = make_golden(router, golden.text)
    stages: list[tuple[str, Any, Any]] = [("tokens", golden.tokens, here.tokens)]
    stages += [
        (name, digest, here.outputs_sha256.get(name))
        for name, digest in golden.outputs_sha256.items()
    ]
    for what, expected, got in [*stages, ("decision", golden.decision, here.decision)]:
        if not _agrees(expected, got):
            return Mismatch(golden.text, what, expected, got)
    return None


def _agrees(expected: Any, got: Any) -> bool:
    """Whether ``got`` says all that ``expected`` says: a later version may say more, in keys that
    the bundle's maker did not know.
    """
    if isinstance(expected, dict) and isinstance(got, dict):
        return all(key in got and _agrees(value, got[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(_agrees, expected, got))
    return bool(expected == got)
