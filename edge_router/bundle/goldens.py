"""``golden.json``: texts with what the bundle's maker computed for them, for ``edge-router
verify``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from edge_router.bundle.strict_json import ObjectReader, dump_json, parse_json
from edge_router.errors import BundleError

MAX_GOLDENS = 10_000
MAX_TEXT_CHARS = 1_000_000
_MAX_TOKEN_ID = 2**31 - 1
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Golden:
    """A text with what the bundle's maker computed for it."""

    text: str
    """The text."""
    tokens: tuple[int, ...]
    """Its token ids."""
    outputs_sha256: dict[str, str]
    """By output of the model: hex digest of its integers as little-endian int32; empty without
    tokens."""
    decision: dict[str, Any]
    """``Decision.to_dict()``."""


def dump_goldens(goldens: Iterable[Golden]) -> bytes:
    """``golden.json``; raises BundleError where a golden holds what is not JSON."""
    rows = [
        {
            "text": g.text,
            "tokens": list(g.tokens),
            "outputs_sha256": g.outputs_sha256,
            "decision": g.decision,
        }
        for g in goldens
    ]
    try:
        return dump_json({"goldens": rows})
    except (TypeError, ValueError, RecursionError) as error:
        raise BundleError(
            f"a golden cannot be written as JSON ({error}); leave out its text"
        ) from error


def parse_goldens(data: bytes) -> tuple[Golden, ...]:
    """The goldens in ``data``; raises BundleError naming the field that is wrong."""
    read = ObjectReader(parse_json(data, "golden.json"), "golden.json")
    goldens = tuple(_parse_golden(row) for row in read.items("goldens", MAX_GOLDENS))
    read.finish("a bundle")
    return goldens


def _parse_golden(row: Any) -> Golden:
    read = ObjectReader(row, "golden.json: a golden")
    golden = Golden(
        text=read.text("text", MAX_TEXT_CHARS, may_be_empty=True),
        tokens=read.integers("tokens", 4096, _MAX_TOKEN_ID),
        outputs_sha256=read.mapping("outputs_sha256"),
        decision=read.mapping("decision"),
    )
    read.finish("a bundle")
    digests = golden.outputs_sha256.values()
    if not all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in digests):
        raise read.wrong("outputs_sha256", "64 hexadecimal digits by name of an output")
    return golden
