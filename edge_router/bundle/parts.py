"""What a bundle can do, part by part: a feature is declared in ``manifest.parts``, never tried.

A part is one dataclass here and one row in :data:`KINDS`. An absent part is a feature that the
router lacks; an unknown one is refused, since it could change a decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from edge_router.bundle.refusal import refuse, show
from edge_router.bundle.strict_json import JsonObject, ObjectReader
from edge_router.errors import BundleError
from edge_router.tool import MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, Tool, is_name

MAX_TOOLS = 20_000
MAX_TABLE = 100_000
MAX_WIDTH = 4096
DEFAULT_TOP = 5
"""Candidates that a decision shows where nobody asks for more."""


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """Integers that turn logits into probabilities; see ``routing/calibration.py``."""

    shift: int
    """Right shift of the distance to the best logit, 0 to 30."""
    weights: tuple[int, ...]
    """Weight by shifted distance, never rising; the first is positive."""


@dataclass(frozen=True, slots=True)
class PolicyNumbers:
    """When to decide."""

    threshold: float
    """Confidence from which the router decides, 0 to 1; above 1 it never does."""
    target_precision: float
    """What the threshold was chosen for, on held-out texts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these tools answers: the graph's output ``logits``, int32 [1, answers]."""

    tools: tuple[Tool, ...]
    """In the order of the logits."""
    answers_no_tool: bool
    """One more logit, the last, stands for *no tool fits*."""
    calibration: CalibrationTable
    """Logits to probabilities."""
    policy: PolicyNumbers
    """Probabilities to a decision."""
    top: int = DEFAULT_TOP
    """Candidates that a decision shows, 1 or more."""

    @property
    def labels(self) -> tuple[str | None, ...]:
        """What each logit stands for; ``None`` for *no tool fits*."""
        names = tuple([tool.name for tool in self.tools])
        return (*names, None) if self.answers_no_tool else names

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "tools": [
                {"name": t.name, "description": t.description, "parameters": t.parameters}
                for t in self.tools
            ],
            "answers_no_tool": self.answers_no_tool,
            "calibration": {
                "shift": self.calibration.shift,
                "weights": list(self.calibration.weights),
            },
            "policy": {
                "threshold": float(self.policy.threshold),
                "target_precision": float(self.policy.target_precision),
            },
            "top": self.top,
        }


@dataclass(frozen=True, slots=True)
class Embedding:
    """Texts of like meaning lie close: the graph's output ``embedding``, int32 [1, width].

    Only directions mean anything: the length of a vector is that of its text's pooled values.
    """

    width: int
    """Components of the vector."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {"width": self.width}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that a bundle declares; ``None`` for one that it lacks."""

    choice: Choice | None = None
    """It chooses among tools."""
    embedding: Embedding | None = None
    """It places a text among others by its meaning, so that tools can be taught on the device."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs that the model must have, in their order."""
        return tuple([kind.output for name, kind in KINDS.items() if getattr(self, name)])

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest, the declared parts only."""
        parts = {name: getattr(self, name) for name in KINDS}
        return {name: part.to_dict() for name, part in parts.items() if part}


def parse_parts(value: JsonObject) -> Parts:
    """The parts in ``value``; raises BundleError naming the field that is wrong."""
    for name in sorted(value.keys() - KINDS.keys()):
        raise BundleError(
            f"the bundle has the part {show(name)}, which this edge-router does not know: "
            "upgrade with pip install --upgrade edge-router"
        )
    found: dict[str, Any] = {}
    for name, part in value.items():
        read = ObjectReader(part, f"manifest.json: {name}")
        found[name] = KINDS[name].read(read)
        read.finish("this edge-router")
    if not found:
        raise refuse("manifest.json: the bundle has no parts")
    return Parts(**found)


def read_name(read: ObjectReader, key: str) -> str:
    """The name under ``key``."""
    name = read.text(key, MAX_NAME_CHARS)
    if not is_name(name):
        raise read.wrong(key, "without control characters or white space around it")
    return name


def _read_choice(read: ObjectReader) -> Choice:
    choice = Choice(
        tools=tuple([_read_tool(value) for value in read.items("tools", MAX_TOOLS)]),
        answers_no_tool=read.boolean("answers_no_tool"),
        calibration=_read_calibration(read.mapping("calibration")),
        policy=_read_policy(read.mapping("policy")),
        top=read.integer("top", 1, MAX_TOOLS + 1),
    )
    if not choice.tools or len({tool.name for tool in choice.tools}) != len(choice.tools):
        raise read.wrong("tools", "one or more, with different names")
    return choice


def _read_tool(value: Any) -> Tool:
    read = ObjectReader(value, "manifest.json: a tool")
    name = read_name(read, "name")
    description = read.text("description", MAX_DESCRIPTION_CHARS, may_be_empty=True)
    parameters = read.take("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise read.wrong("parameters", "an object or null")
    read.finish("this edge-router")
    return Tool(name, description, parameters)


def _read_calibration(value: JsonObject) -> CalibrationTable:
    read = ObjectReader(value, "manifest.json: calibration")
    shift, weights = read.integer("shift", 0, 30), read.integers("weights", MAX_TABLE, 2**31)
    if not weights or weights[0] == 0 or any(a < b for a, b in pairwise(weights)):
        raise read.wrong("weights", "positive at first and never rising")
    read.finish("this edge-router")
    return CalibrationTable(shift, weights)


def _read_policy(value: JsonObject) -> PolicyNumbers:
    read = ObjectReader(value, "manifest.json: policy")
    # a threshold above 1 stands for "never decide"
    threshold = read.decimal("threshold", 0.0, 2.0)
    policy = PolicyNumbers(threshold, read.decimal("target_precision", 0.0, 1.0))
    read.finish("this edge-router")
    return policy


def _read_embedding(read: ObjectReader) -> Embedding:
    return Embedding(read.integer("width", 1, MAX_WIDTH))


class _Kind(NamedTuple):
    """How a part is read, and what it needs of the model."""

    read: Callable[[ObjectReader], Any]
    """Its dataclass from its object."""
    output: str
    """The graph's output that it is made of."""


KINDS = {
    "choice": _Kind(_read_choice, "logits"),
    "embedding": _Kind(_read_embedding, "embedding"),
}
"""Every part there is, in the order of the model's outputs."""
