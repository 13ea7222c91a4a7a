"""What a bundle can do, part by part: a feature is declared in ``manifest.parts``, never tried.

A part is one dataclass here and one row in :data:`KINDS`. An absent part is a feature that the
router lacks; an unknown one is refused, since it could change a decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, NamedTuple

from edge_router.bundle.doubt import (
    ScopeNumbers,
    ShortlistNumbers,
    read_scope,
    read_shortlist,
)
from edge_router.bundle.reference import Reference, read_reference
from edge_router.bundle.refusal import refuse, show
from edge_router.bundle.reward_numbers import RewardNumbers, read_rewards
from edge_router.bundle.strict_json import JsonObject, ObjectReader
from edge_router.bundle.thresholds import ALWAYS_ASK, PolicyNumbers, read_policy
from edge_router.errors import BundleError
from edge_router.tool import MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, RISKS, Tool, is_name

MAX_TOOLS = 20_000
MAX_TABLE = 100_000
MAX_WIDTH = 4096
MAX_OCTAVES = 20
MAX_LOGIT = 2**26
"""Logits of taught tools stay well below what float32 and int32 hold."""
MAX_ANCHORS = 20_000
MAX_TEXT_CHARS = 1_000_000
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
    unasked: PolicyNumbers = ALWAYS_ASK
    """When a tool of the risk *confirm* runs without being confirmed."""
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
                {field.name: getattr(tool, field.name) for field in fields(Tool)}
                for tool in self.tools
            ],
            "answers_no_tool": self.answers_no_tool,
            "calibration": {
                "shift": self.calibration.shift,
                "weights": list(self.calibration.weights),
            },
            "policy": self.policy.to_dict(),
            "unasked": self.unasked.to_dict(),
            "top": self.top,
        }


@dataclass(frozen=True, slots=True)
class Anchor:
    """A text that stands for a trained tool among taught ones."""

    text: str
    """One of the tool's examples."""
    tool: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """How tools that are taught on the device are ranked; a cosine of 1 is 2**22 steps."""

    halving: int
    """Steps of a logit that halve a probability."""
    rest: tuple[int, ...]
    """The logit of *none of the taught tools* where 1, 2, 4, 8, ... are taught; a line in between,
    and the last one beyond.
    """
    policy: PolicyNumbers
    """Probabilities to a decision, where there are no trained tools with their own."""
    margin: int = 0
    """Steps by which a text must be closer to a taught tool than to an anchor to be its equal."""
    anchors: tuple[Anchor, ...] = ()
    """What the trained tools are like, so that no taught one takes their texts."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "halving": self.halving,
            "rest": list(self.rest),
            "policy": self.policy.to_dict(),
            "margin": self.margin,
            "anchors": [{"text": a.text, "tool": a.tool} for a in self.anchors],
        }


@dataclass(frozen=True, slots=True)
class Embedding:
    """Texts of like meaning lie close: the graph's output ``embedding``, int32 [1, width].

    Only directions mean anything: the length of a vector is that of its text's pooled values.
    """

    width: int
    """Components of the vector."""
    teaching: Teaching | None = None
    """How taught tools are ranked; ``None``: nothing can be taught."""

    def to_dict(self) -> JsonObject:
        """Plain values for the manifest."""
        return {
            "width": self.width,
            "teaching": self.teaching.to_dict() if self.teaching else None,
        }


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that a bundle declares; ``None`` for one that it lacks."""

    choice: Choice | None = None
    """It chooses among tools."""
    embedding: Embedding | None = None
    """It places a text among others by its meaning, so that tools can be taught on the device."""
    shortlist: ShortlistNumbers | None = None
    """It says among which tools the right one is."""
    scope: ScopeNumbers | None = None
    """It says how usual a text is."""
    rewards: RewardNumbers | None = None
    """It says what each answer is worth and costs, and the best by both answers."""
    reference: Reference | None = None
    """It says what held-out texts look like to it."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs that the model must have, in their order."""
        return tuple([k.output for name, k in KINDS.items() if k.output and getattr(self, name)])

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
    parts = Parts(**found)
    _check_together(parts)
    return parts


def read_name(read: ObjectReader, key: str) -> str:
    """The name under ``key``."""
    name = read.text(key, MAX_NAME_CHARS)
    if not is_name(name):
        raise read.wrong(key, "without control characters or white space around it")
    return name


def _check_together(parts: Parts) -> None:
    """What one part needs of another."""
    for name in ("shortlist", "scope", "rewards", "reference"):
        if getattr(parts, name) and not parts.choice:
            raise refuse(f"manifest.json: {name} needs the part choice")
    if parts.shortlist and parts.choice:
        floors = parts.shortlist.floors
        if len(floors) not in (1, len(parts.choice.tools)):
            raise refuse("manifest.json: shortlist: floors must be one for all tools or one a tool")
    if parts.rewards and parts.choice:
        _check_rewards(parts, parts.rewards, answers=len(parts.choice.labels))
    if parts.reference and parts.choice and len(parts.reference.best) != len(parts.choice.labels):
        raise refuse("manifest.json: reference: best must have one count an answer")
    if parts.scope and parts.scope.likeness and not _has_anchors(parts.embedding):
        raise refuse("manifest.json: scope: likeness needs an embedding with anchors")


def _check_rewards(parts: Parts, rewards: RewardNumbers, *, answers: int) -> None:
    if {len(rewards.slopes), len(rewards.offsets), len(rewards.costs)} != {answers}:
        raise refuse("manifest.json: rewards: slopes, offsets and costs must be one an answer")
    # both go by probabilities of which one alone is right; taught tools stand among such, too
    if parts.shortlist or parts.scope or (parts.embedding and parts.embedding.teaching):
        raise refuse("manifest.json: rewards go without shortlist, scope and teaching")


def _has_anchors(part: Embedding | None) -> bool:
    return bool(part and part.teaching and part.teaching.anchors)


def _read_choice(read: ObjectReader) -> Choice:
    choice = Choice(
        tools=tuple([_read_tool(value) for value in read.items("tools", MAX_TOOLS)]),
        answers_no_tool=read.boolean("answers_no_tool"),
        calibration=_read_calibration(read.mapping("calibration")),
        policy=read_policy(read.mapping("policy")),
        unasked=read_policy(read.mapping("unasked")),
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
    risk = read.text("risk", MAX_NAME_CHARS)
    if risk not in RISKS:  # a level that is not known here might be a stricter one
        raise read.wrong("risk", f"one of {', '.join(RISKS)}")
    domain = read.text("domain", MAX_NAME_CHARS, may_be_empty=True)
    if domain and not is_name(domain):
        raise read.wrong("domain", "a name, or empty")
    read.finish("this edge-router")
    return Tool(name, description, parameters, risk, domain)


def _read_calibration(value: JsonObject) -> CalibrationTable:
    read = ObjectReader(value, "manifest.json: calibration")
    shift, weights = read.integer("shift", 0, 30), read.integers("weights", MAX_TABLE, 2**31)
    if not weights or weights[0] == 0 or any(a < b for a, b in pairwise(weights)):
        raise read.wrong("weights", "positive at first and never rising")
    read.finish("this edge-router")
    return CalibrationTable(shift, weights)


def _read_embedding(read: ObjectReader) -> Embedding:
    width, teaching = read.integer("width", 1, MAX_WIDTH), read.take("teaching")
    if teaching is not None:
        inner = ObjectReader(teaching, "manifest.json: embedding.teaching")
        teaching = _read_teaching(inner)
        inner.finish("this edge-router")
    return Embedding(width, teaching)


def _read_teaching(read: ObjectReader) -> Teaching:
    rest = read.integers("rest", MAX_OCTAVES, MAX_LOGIT)
    if not rest:
        raise read.wrong("rest", "one number or more")
    return Teaching(
        halving=read.integer("halving", 1, MAX_LOGIT),
        rest=rest,
        policy=read_policy(read.mapping("policy")),
        margin=read.integer("margin", 0, MAX_LOGIT),
        anchors=tuple([_read_anchor(value) for value in read.items("anchors", MAX_ANCHORS)]),
    )


def _read_anchor(value: Any) -> Anchor:
    read = ObjectReader(value, "manifest.json: an anchor")
    anchor = Anchor(read.text("text", MAX_TEXT_CHARS), read_name(read, "tool"))
    read.finish("this edge-router")
    return anchor


class _Kind(NamedTuple):
    """How a part is read, and what it needs of the model."""

    read: Callable[[ObjectReader], Any]
    """Its dataclass from its object."""
    output: str = ""
    """The graph's output that it is made of; empty: of what others are made of."""


KINDS = {
    "choice": _Kind(_read_choice, "logits"),
    "embedding": _Kind(_read_embedding, "embedding"),
    "shortlist": _Kind(read_shortlist),
    "scope": _Kind(read_scope),
    "rewards": _Kind(read_rewards),
    "reference": _Kind(read_reference),
}
"""Every part there is, in the order of the model's outputs."""
