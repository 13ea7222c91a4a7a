"""``manifest.json``: every number that both sides need, typed and bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from edge_router.bundle.parts import Parts, parse_parts, read_name
from edge_router.bundle.refusal import refuse, show
from edge_router.bundle.strict_json import JsonObject, ObjectReader, dump_json, parse_json
from edge_router.errors import BundleError

FORMAT_VERSION = 1
MAX_TOKENS = 4096

_FORMAT = f"format {FORMAT_VERSION}"
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
    max_tokens: int
    """Tokens of a text that are read."""
    max_chars: int
    """Characters of a text that are read."""
    parts: Parts
    """What it can do."""
    created_with: dict[str, str] = field(default_factory=dict)
    """Versions of what made the bundle; information only."""
    training: JsonObject = field(default_factory=dict)
    """Recipe, seed, data fingerprints."""
    metrics: JsonObject = field(default_factory=dict)
    """What was measured on held-out texts when the bundle was made."""
    notes: JsonObject = field(default_factory=dict)
    """What its maker wants to say of it; information only, as are the three above."""
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
        return {
            "format_version": FORMAT_VERSION,
            "name": self.name,
            "version": self.version,
            "max_tokens": self.max_tokens,
            "max_chars": self.max_chars,
            "parts": self.parts.to_dict(),
            "created_with": self.created_with,
            "training": self.training,
            "metrics": self.metrics,
            "notes": self.notes,
            "members": {
                k: {"sha256": m.sha256, "size_bytes": m.size_bytes} for k, m in self.members.items()
            },
        }


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``; raises BundleError naming the field that is wrong."""
    read = ObjectReader(parse_json(data, "manifest.json"), "manifest.json")
    _check_format(read.take("format_version"))
    manifest = Manifest(
        name=read_name(read, "name"),
        version=read_name(read, "version"),
        max_tokens=read.integer("max_tokens", 1, MAX_TOKENS),
        max_chars=read.integer("max_chars", 1, 1_000_000),
        parts=parse_parts(read.mapping("parts")),
        created_with=_read_versions(read.mapping("created_with")),
        training=read.mapping("training"),
        metrics=read.mapping("metrics"),
        notes=read.mapping("notes"),
        members={name: _read_member(value) for name, value in read.mapping("members").items()},
    )
    read.finish(_FORMAT)
    return manifest


def _check_format(version: Any) -> None:
    if type(version) is int and version > FORMAT_VERSION:
        raise BundleError(
            f"the bundle has format {version}, made by a newer edge-router; this one reads "
            f"{FORMAT_VERSION}: upgrade with pip install --upgrade edge-router"
        )
    if type(version) is not int or version != FORMAT_VERSION:
        raise refuse(
            f"manifest.json: format_version is {show(version)}, this edge-router reads "
            f"{FORMAT_VERSION}"
        )


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
