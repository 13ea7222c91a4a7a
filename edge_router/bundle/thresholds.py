"""When a bundle decides: a confidence, and what was promised of the decisions from there on."""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.bundle.strict_json import JsonObject, ObjectReader

NEVER = 1.01
"""A threshold that no confidence reaches."""


@dataclass(frozen=True, slots=True)
class PolicyNumbers:
    """When to decide."""

    threshold: float
    """Confidence from which the router decides, 0 to 1; above 1 it never does."""
    max_error: float
    """The share of wrong answers at most that it was chosen for, on held-out texts; 1: of none."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {"threshold": float(self.threshold), "max_error": float(self.max_error)}


ALWAYS_ASK = PolicyNumbers(NEVER, 1.0)
"""For tools that never run without being confirmed."""


def read_policy(value: JsonObject) -> PolicyNumbers:
    """The numbers from their object."""
    read = ObjectReader(value, "manifest.json: policy")
    # a threshold above 1 stands for "never decide"
    threshold = read.decimal("threshold", 0.0, 2.0)
    policy = PolicyNumbers(threshold, read.decimal("max_error", 0.0, 1.0))
    read.finish("this edge-router")
    return policy
