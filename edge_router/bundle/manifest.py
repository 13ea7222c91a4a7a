"""``manifest.json``: every number that both sides need, typed and bounded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from edge_router.bundle.strict_json import dump_json, parse_json
from edge_router.errors import BundleError

FORMAT_VERSION = 1
MAX_TOOLS = 20_000
MAX_NAME_CHARS = 200
MAX_TABLE = 100_000

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """One tool the bundle knows."""

    name: str
    """What a decision names."""
    description: str = ""
    """What it does, in a sentence."""
    parameters: JsonObject | None = None
    """JSON Schema of its arguments, kept as given."""


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
    tools: tuple[ToolEntry, ...]
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
        """``manifest.json``, canonical."""
        return dump_json(
            {
                "format_version": FORMAT_VERSION,
                "name": self.name,
                "version": self.version,
                "tools": [{"name": t.name, "description": t.description, "parameters": t.parameters} for t in self.tools],
                "has_no_tool": self.has_no_tool,
                "max_tokens": self.max_tokens,
                "max_chars": self.max_chars,
                "calibration": {"shift": self.calibration.shift, "weights": list(self.calibration.weights)},
                "policy": {"threshold": self.policy.threshold, "target_precision": self.policy.target_precision},
                "created_with": self.created_with,
                "training": self.training,
                "metrics": self.metrics,
                "reference": self.reference,
                "members": {k: {"sha256": m.sha256, "size_bytes": m.size_bytes} for k, m in self.members.items()},
            }
        )


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``; raises BundleError naming the field that is wrong."""
    whole = parse_json(data, "manifest.json")
    if isinstance(whole, dict) and whole.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"the bundle has format {whole.get('format_version')!r}, this edge-router reads {FORMAT_VERSION}; "
            "upgrade edge-router or rebuild the bundle"
        )
    read = _Reader(whole, "manifest.json")
    read.integer("format_version", 1, FORMAT_VERSION)
    manifest = Manifest(
        name=read.text("name"),
        version=read.text("version"),
        tools=_read_tools(read.items("tools", MAX_TOOLS)),
        has_no_tool=read.boolean("has_no_tool"),
        max_tokens=read.integer("max_tokens", 1, 4096),
        max_chars=read.integer("max_chars", 1, 1_000_000),
        calibration=_read_calibration(read.mapping("calibration")),
        policy=_read_policy(read.mapping("policy")),
        created_with={str(k): str(v) for k, v in read.mapping("created_with").items()},
        training=read.mapping("training"),
        metrics=read.mapping("metrics"),
        reference=read.mapping("reference"),
        members={name: _read_member(name, value) for name, value in read.mapping("members").items()},
    )
    read.finish()
    return manifest


class _Reader:
    """Takes typed values out of a JSON object, and knows what was not taken."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(where, "an object")
        self._left = dict(value)
        self._where = where

    def take(self, key: str) -> Any:
        if key not in self._left:
            raise _wrong(f"{self._where}: {key}", "there")
        return self._left.pop(key)

    def text(self, key: str, limit: int = MAX_NAME_CHARS, *, may_be_empty: bool = False) -> str:
        value = self.take(key)
        if not isinstance(value, str) or len(value) > limit or not (value.strip() or may_be_empty):
            raise _wrong(f"{self._where}: {key}", f"a text of at most {limit} characters")
        return value

    def integer(self, key: str, least: int, most: int) -> int:
        value = self.take(key)
        if type(value) is not int or not least <= value <= most:
            raise _wrong(f"{self._where}: {key}", f"a whole number from {least} to {most}")
        return value

    def share(self, key: str) -> float:
        value = self.take(key)
        # a threshold above 1 stands for "never decide"
        if type(value) not in (int, float) or not 0 <= value <= 2:
            raise _wrong(f"{self._where}: {key}", "a number from 0 to 2")
        return float(value)

    def boolean(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise _wrong(f"{self._where}: {key}", "true or false")
        return value

    def mapping(self, key: str) -> JsonObject:
        value = self.take(key)
        if not isinstance(value, dict):
            raise _wrong(f"{self._where}: {key}", "an object")
        return value

    def items(self, key: str, most: int) -> list[Any]:
        value = self.take(key)
        if not isinstance(value, list) or len(value) > most:
            raise _wrong(f"{self._where}: {key}", f"a list of at most {most}")
        return value

    def finish(self) -> None:
        if self._left:
            raise _wrong(f"{self._where}: {sorted(self._left)[0]}", f"absent in format {FORMAT_VERSION}")


def _wrong(what: str, wanted: str) -> BundleError:
    return BundleError(f"{what} must be {wanted}; get the bundle again or rebuild it")


def _read_tools(values: list[Any]) -> tuple[ToolEntry, ...]:
    tools = tuple(_read_tool(value) for value in values)
    if len({tool.name for tool in tools}) != len(tools):
        raise _wrong("manifest.json: tools", "of different names")
    return tools


def _read_tool(value: Any) -> ToolEntry:
    read = _Reader(value, "manifest.json: a tool")
    name, description = read.text("name"), read.text("description", 20_000, may_be_empty=True)
    parameters = read.take("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise _wrong("manifest.json: a tool's parameters", "an object or null")
    read.finish()
    return ToolEntry(name, description, parameters)


def _read_calibration(value: JsonObject) -> CalibrationTable:
    read = _Reader(value, "manifest.json: calibration")
    shift, weights = read.integer("shift", 0, 30), read.items("weights", MAX_TABLE)
    read.finish()
    if not weights or any(type(w) is not int or not 0 <= w <= 2**31 for w in weights):
        raise _wrong("manifest.json: calibration.weights", "whole numbers from 0 to 2**31")
    if weights[0] == 0 or any(a < b for a, b in zip(weights, weights[1:], strict=False)):
        raise _wrong("manifest.json: calibration.weights", "positive at first and never rising")
    return CalibrationTable(shift, tuple(weights))


def _read_policy(value: JsonObject) -> PolicyNumbers:
    read = _Reader(value, "manifest.json: policy")
    policy = PolicyNumbers(read.share("threshold"), read.share("target_precision"))
    read.finish()
    return policy


def _read_member(name: str, value: Any) -> Member:
    read = _Reader(value, f"manifest.json: members: {name}")
    member = Member(read.text("sha256", 64), read.integer("size_bytes", 0, 2**31))
    read.finish()
    return member
