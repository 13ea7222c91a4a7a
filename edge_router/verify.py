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
    """The first stage that differs: ``tokens``, ``logits`` or ``decision``."""
    expected: Any
    """What the bundle says."""
    got: Any
    """What this device computed."""


def verify(router: Router) -> tuple[Mismatch, ...]:
    """The goldens that differ on this device, in their order; empty where all agree."""
    found = (_compare(router, golden) for golden in router.bundle.goldens)
    return tuple(mismatch for mismatch in found if mismatch is not None)


def make_golden(router: Router, text: str) -> Golden:
    """What ``router`` computes for ``text``, stage by stage, as a bundle keeps it."""
    logits = router.logits(text).astype("<i4").tobytes()
    return Golden(
        text,
        tuple(router.tokens(text)),
        hashlib.sha256(logits).hexdigest(),
        router.route(text).to_dict(),
    )


def _compare(router: Router, golden: Golden) -> Mismatch | None:
    here = make_golden(router, golden.text)
    for what in ("tokens", "logits_sha256", "decision"):
        if getattr(here, what) != getattr(golden, what):
            return Mismatch(
                golden.text,
                what.removesuffix("_sha256"),
                getattr(golden, what),
                getattr(here, what),
            )
    return None
