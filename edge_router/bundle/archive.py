"""The one file: packed into bytes, read back and checked, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edge_router.bundle.destination import check_output, describe_failure, write_whole
from edge_router.bundle.goldens import Golden, dump_goldens, parse_goldens
from edge_router.bundle.manifest import Manifest, Member, parse_manifest
from edge_router.bundle.onnx_check import check_onnx
from edge_router.bundle.refusal import refuse
from edge_router.bundle.stored_zip import pack_members, unpack_members
from edge_router.bundle.tokenizer_check import check_tokenizer
from edge_router.errors import BundleError

MAX_FILE_BYTES = 64 * 2**20
MEMBERS = ("golden.json", "manifest.json", "model.onnx", "tokenizer.json")
_MAX_MEMBER_BYTES = {
    "golden.json": 4 * 2**20,
    "manifest.json": 16 * 2**20,
    "model.onnx": 48 * 2**20,
    "tokenizer.json": 8 * 2**20,
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A ``.router`` file's checked contents."""

    manifest: Manifest
    """Its description of itself."""
    model: bytes
    """ONNX bytes."""
    tokenizer: bytes
    """``tokenizer.json`` bytes."""
    goldens: tuple[Golden, ...]
    """For ``edge-router verify``."""
    sha256: str
    """Hex digest of the whole file: the bundle's identity."""
    size_bytes: int
    """Length of the file."""

    def to_bytes(self) -> bytes:
        """The file's bytes again."""
        return pack_bundle(
            manifest=self.manifest,
            model=self.model,
            tokenizer=self.tokenizer,
            goldens=self.goldens,
        )


def pack_bundle(
    *, manifest: Manifest, model: bytes, tokenizer: bytes, goldens: Iterable[Golden]
) -> bytes:
    """The bytes of a ``.router`` file; equal arguments give equal bytes. ``manifest.members`` is
    filled in.

    Raises BundleError where the manifest or a golden holds what is not JSON. Packing a bundle's
    parts gives its file.
    """
    contents = {
        "golden.json": dump_goldens(goldens),
        "model.onnx": model,
        "tokenizer.json": tokenizer,
    }
    members = {name: _describe(data) for name, data in contents.items()}
    contents["manifest.json"] = manifest.with_members(members).to_bytes()
    return pack_members(contents)


def write_bundle(
    path: str | os.PathLike[str],
    *,
    manifest: Manifest,
    model: bytes,
    tokenizer: bytes,
    goldens: Iterable[Golden],
) -> str:
    """Writes a ``.router`` file and returns its sha256; on any failure a file that was there before
    stays as it was.

    Raises BundleError where something else than a bundle stands at ``path``.
    """
    data = pack_bundle(manifest=manifest, model=model, tokenizer=tokenizer, goldens=goldens)
    sha256 = read_bundle(data).sha256  # what cannot be read back is not written
    write_whole(check_output(path), data)
    return sha256


def read_bundle(source: str | os.PathLike[str] | bytes | bytearray | memoryview) -> Bundle:
    """The checked contents of a ``.router`` file or its bytes; raises BundleError where anything is
    amiss.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    else:
        data = _read_file(Path(source))
    if len(data) > MAX_FILE_BYTES:
        raise BundleError(
            f"the file is larger than the {MAX_FILE_BYTES} bytes of a bundle; give a .router file"
        )
    contents = unpack_members(data)
    _check_sizes(contents)
    # first of all the manifest: a newer format may have other members, and the message must say so
    manifest = parse_manifest(contents.get("manifest.json", b""))
    _check_members(manifest, contents)
    check_onnx(contents["model.onnx"], max_tokens=manifest.max_tokens)
    check_tokenizer(contents["tokenizer.json"])
    return Bundle(
        manifest=manifest,
        model=contents["model.onnx"],
        tokenizer=contents["tokenizer.json"],
        goldens=parse_goldens(contents["golden.json"]),
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
    )


def _read_file(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would block, a device might never end
            raise BundleError(f"{path} is a directory or a device; give the path of a .router file")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise BundleError(
                    f"{path} is larger than the {MAX_FILE_BYTES} bytes of a bundle; give the "
                    "path of a .router file"
                )
            return file.read()
    except (OSError, ValueError) as error:  # a path with a zero byte in it is a ValueError
        raise BundleError(
            f"{path} cannot be read ({describe_failure(error)}); give the path of a .router file"
        ) from error


def _check_sizes(contents: dict[str, bytes]) -> None:
    for name, data in contents.items():
        if len(data) > _MAX_MEMBER_BYTES.get(name, MAX_FILE_BYTES):
            raise refuse(
                f"{name} is larger than the {_MAX_MEMBER_BYTES[name]} bytes that a bundle's "
                "may have"
            )


def _check_members(manifest: Manifest, contents: dict[str, bytes]) -> None:
    if tuple(contents) != MEMBERS or {*manifest.members, "manifest.json"} != set(MEMBERS):
        raise refuse("the file's members are not those of a bundle")
    for name, member in manifest.members.items():
        if member != _describe(contents[name]):
            raise refuse(f"{name} is not the one that the manifest names (its hash differs)")


def _describe(data: bytes) -> Member:
    return Member(hashlib.sha256(data).hexdigest(), len(data))
