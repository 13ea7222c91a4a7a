"""``manifest.json``: every number that both sides need, typed and bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from edge_router.bundle.refusal import refuse, show
from edge_router.bundle.strict_json import JsonObject, ObjectReader, dump_json, parse_json
from edge_router.errors import BundleError
from edge_router.tool import MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, Tool, is_name

FORMAT_VERSION = 1
MAX_TOOLS = 20_000
MAX_TABLE = 100_000

_FORMAT = f"format {FORMAT_VERSION}"
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
    """Confidence from which the router decides, 0 to 1."""
    target_precision: float
    """What the threshold was chosen for, on held-out texts."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of another member."""

    sha256: str
    """Hex digest of its bytes."""
    size_bytes: int
    """Its length."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A bundle's description of itself."""

    name: str
    """The bundle's own name."""
    version: str
    """The bundle's own version; not the format's, not the program's."""
    tools: tuple[Tool, ...]
    """In the order of the logits; empty for a base encoder, which has none yet."""
    has_no_tool: bool
    """One more logit, the last, stands for *no tool fits*."""
    max_tokens: int
    """Tokens of a text that are read."""
    max_chars: int
    """Characters of a text that are read."""
    calibration: CalibrationTable
    """Logits to probabilities."""
    policy: PolicyNumbers
    """Probabilities to a decision."""
    created_with: dict[str, str] = field(default_factory=dict)
    """Versions of what made the bundle; information only."""
    training: JsonObject = field(default_factory=dict)
    """Recipe, seed, data fingerprints."""
    metrics: JsonObject = field(default_factory=dict)
    """What was measured on held-out texts when the bundle was made."""
    reference: JsonObject = field(default_factory=dict)
    """Statistics of the training texts, for comparison with live ones."""
    members: dict[str, Member] = field(default_factory=dict)
    """Hash and size of every other member; filled in when the bundle is packed."""

    def with_members(self, members: dict[str, Member]) -> Manifest:
        """The same manifest naming these members."""
        return replace(self, members=members)

    def to_bytes(self) -> bytes:
        """``manifest.json``, canonical; raises BundleError where a value is not JSON, such as a NaN
        metric.
        """
        try:
            return dump_json(self._to_dict())
        except (TypeError, ValueError, RecursionError) as error:
            raise BundleError(
                f"the manifest cannot be written as JSON ({error}); correct that value"
            ) from error

    def _to_dict(self) -> JsonObject:
        tools = [
            {"name": t.name, "description": t.description, "parameters": t.parameters}
            for t in self.tools
        ]
        policy = self.policy
        return {
            "format_version": FORMAT_VERSION,
            "name": self.name,
            "version": self.version,
            "tools": tools,
            "has_no_tool": self.has_no_tool,
            "max_tokens": self.max_tokens,
            "max_chars": self.max_chars,
            "calibration": {
                "shift": self.calibration.shift,
                "weights": list(self.calibration.weights),
            },
            "policy": {
                "threshold": float(policy.threshold),
                "target_precision": float(policy.target_precision),
            },
            "created_with": self.created_with,
            "training": self.training,
            "metrics": self.metrics,
            "reference": self.reference,
            "members": {
                k: {"sha256": m.sha256, "size_bytes": m.size_bytes} for k, m in self.members.items()
            },
        }


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``; raises BundleError naming the field that is wrong."""
    read = ObjectReader(parse_json(data, "manifest.json"), "manifest.json")
    _check_format(read.take("format_version"))
    manifest = Manifest(
        name=_read_name(read, "name"),
        version=_read_name(read, "version"),
        tools=_read_tools(read.items("tools", MAX_TOOLS)),
        has_no_tool=read.boolean("has_no_tool"),
        max_tokens=read.integer("max_tokens", 1, 4096),
        max_chars=read.integer("max_chars", 1, 1_000_000),
        calibration=_read_calibration(read.mapping("calibration")),
        policy=_read_policy(read.mapping("policy")),
        created_with=_read_versions(read.mapping("created_with")),
        training=read.mapping("training"),
        metrics=read.mapping("metrics"),
        reference=read.mapping("reference"),
        members={name: _read_member(value) for name, value in read.mapping("members").items()},
    )
    read.finish(_FORMAT)
    return manifest


def _check_format(version: Any) -> None:
    if type(version) is int and version > FORMAT_VERSION:
        raise BundleError(
            f"the bundle has format {version}, made by a newer edge-router; this one reads "
            f"{FORMAT_VERSION}: "
            "upgrade with pip install --upgrade edge-router"
        )
    if type(version) is not int or version != FORMAT_VERSION:
        raise refuse(
            f"manifest.json: format_version is {show(version)}, this edge-router reads "
            f"{FORMAT_VERSION}"
        )


def _read_name(read: ObjectReader, key: str) -> str:
    name = read.text(key, MAX_NAME_CHARS)
    if not is_name(name):
        raise read.wrong(key, "without control characters or white space around it")
    return name


def _read_tools(values: list[Any]) -> tuple[Tool, ...]:
    tools = tuple(_read_tool(value) for value in values)
    if len({tool.name for tool in tools}) != len(tools):
        raise refuse("manifest.json: tools must have different names")
    return tools


def _read_tool(value: Any) -> Tool:
    read = ObjectReader(value, "manifest.json: a tool")
    name = _read_name(read, "name")
    description = read.text("description", MAX_DESCRIPTION_CHARS, may_be_empty=True)
    parameters = read.take("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise read.wrong("parameters", "an object or null")
    read.finish(_FORMAT)
    return Tool(name, description, parameters)


def _read_calibration(value: JsonObject) -> CalibrationTable:
    read = ObjectReader(value, "manifest.json: calibration")
    shift, weights = read.integer("shift", 0, 30), read.integers("weights", MAX_TABLE, 2**31)
    if not weights or weights[0] == 0 or any(a < b for a, b in pairwise(weights)):
        raise read.wrong("weights", "positive at first and never rising")
    read.finish(_FORMAT)
    return CalibrationTable(shift, weights)


def _read_policy(value: JsonObject) -> PolicyNumbers:
    read = ObjectReader(value, "manifest.json: policy")
    # a threshold above 1 stands for "never decide"
    policy = PolicyNumbers(
        read.decimal("threshold", 0.0, 2.0), read.decimal("target_precision", 0.0, 2.0)
    )
    read.finish(_FORMAT)
    return policy


def _read_versions(value: JsonObject) -> dict[str, str]:
    if not all(isinstance(version, str) for version in value.values()):
        raise refuse("manifest.json: created_with must map names to texts")
    return value


def _read_member(value: Any) -> Member:
    read = ObjectReader(value, "manifest.json: a member")
    member = Member(read.text("sha256", 64), read.integer("size_bytes", 0, 2**31))
    if not _DIGEST.fullmatch(member.sha256):
        raise read.wrong("sha256", "64 hexadecimal digits")
    read.finish(_FORMAT)
    return member
