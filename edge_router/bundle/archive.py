"""The one file: packed into bytes, read back and checked, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_router.bundle.manifest import Manifest, Member, parse_manifest
from edge_router.bundle.onnx_check import check_onnx
from edge_router.bundle.strict_json import dump_json, parse_json
from edge_router.errors import BundleError

MAX_FILE_BYTES = 64 * 2**20
MEMBERS = ("golden.json", "manifest.json", "model.onnx", "tokenizer.json")
_MAX_MEMBER_BYTES = {
    "golden.json": 4 * 2**20,
    "manifest.json": 16 * 2**20,
    "model.onnx": 48 * 2**20,
    "tokenizer.json": 8 * 2**20,
}
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Golden:
    """A text with what the bundle's maker computed for it."""

    text: str
    """The text."""
    tokens: tuple[int, ...]
    """Its token ids."""
    logits_sha256: str
    """Hex digest of its logits as little-endian int32."""
    decision: dict[str, Any]
    """``Decision.to_dict()``."""


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


def pack_bundle(*, manifest: Manifest, model: bytes, tokenizer: bytes, goldens: Iterable[Golden]) -> bytes:
    """The bytes of a ``.router`` file; equal arguments give equal bytes. ``manifest.members`` is filled in."""
    contents = {"golden.json": _dump_goldens(goldens), "model.onnx": model, "tokenizer.json": tokenizer}
    members = {name: Member(hashlib.sha256(data).hexdigest(), len(data)) for name, data in contents.items()}
    contents["manifest.json"] = manifest.with_members(members).to_bytes()
    return _zip(contents)


def write_bundle(
    path: str | os.PathLike[str], *, manifest: Manifest, model: bytes, tokenizer: bytes, goldens: Iterable[Golden]
) -> str:
    """Writes a ``.router`` file and returns its sha256; on any failure a file that was there before stays as it was."""
    data = pack_bundle(manifest=manifest, model=model, tokenizer=tokenizer, goldens=goldens)
    read_bundle(data)  # what cannot be read back is not written
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise BundleError(f"{target} cannot be written ({error.strerror}); free the disk or choose another path") from error
    finally:
        temporary.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def read_bundle(source: str | os.PathLike[str] | bytes) -> Bundle:
    """The checked contents of a ``.router`` file or its bytes; raises BundleError where anything is not as it must be."""
    data = source if isinstance(source, bytes) else _read_file(Path(source))
    contents = _unzip(data)
    manifest = parse_manifest(contents["manifest.json"])
    _check_members(manifest, contents)
    check_onnx(contents["model.onnx"])
    return Bundle(
        manifest=manifest,
        model=contents["model.onnx"],
        tokenizer=contents["tokenizer.json"],
        goldens=_parse_goldens(contents["golden.json"]),
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
    )


def _zip(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, contents[name])
    return buffer.getvalue()


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}); give the path of a .router file") from error
    if len(data) > MAX_FILE_BYTES:
        raise BundleError(f"{path} is larger than {MAX_FILE_BYTES} bytes and no bundle; give the path of a .router file")
    return data


def _unzip(data: bytes) -> dict[str, bytes]:
    """The members' bytes. Only the exact bytes that :func:`_zip` makes of them pass: nothing is left to interpret."""
    if len(data) > MAX_FILE_BYTES or data[:4] != b"PK\x03\x04":
        raise BundleError("this is not a .router file; give one that edge-router train wrote")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if tuple(i.filename for i in infos) != MEMBERS:
                raise BundleError("the file's members are not those of a bundle; get it again")
            contents = {info.filename: _read_member(archive, info, len(data)) for info in infos}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError, OverflowError) as error:
        raise BundleError(f"the file is damaged ({error}); get it again") from error
    if _zip(contents) != data:
        raise BundleError("the file's bytes are not those of a bundle with these contents; get it again")
    return contents


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    size = info.file_size
    is_plain = info.compress_type == zipfile.ZIP_STORED and size == info.compress_size
    if not is_plain or size > min(limit, _MAX_MEMBER_BYTES[info.filename]):
        raise BundleError(f"{info.filename} is compressed or larger than a bundle's may be; get the file again")
    return archive.read(info)


def _check_members(manifest: Manifest, contents: dict[str, bytes]) -> None:
    if set(manifest.members) != set(MEMBERS) - {"manifest.json"}:
        raise BundleError("manifest.json does not list the bundle's members; get the file again")
    for name, member in manifest.members.items():
        if member != Member(hashlib.sha256(contents[name]).hexdigest(), len(contents[name])):
            raise BundleError(f"{name} is not what the manifest says (its hash differs); get the file again")


def _dump_goldens(goldens: Iterable[Golden]) -> bytes:
    rows = [{"text": g.text, "tokens": list(g.tokens), "logits_sha256": g.logits_sha256, "decision": g.decision} for g in goldens]
    return dump_json({"goldens": rows})


def _parse_goldens(data: bytes) -> tuple[Golden, ...]:
    whole = parse_json(data, "golden.json")
    try:
        return tuple([_parse_golden(row) for row in whole["goldens"]])
    except (TypeError, KeyError, ValueError) as error:
        raise BundleError(f"golden.json is not a list of goldens ({error!r}); get the bundle again") from error


def _parse_golden(row: dict[str, Any]) -> Golden:
    golden = Golden(row["text"], tuple(row["tokens"]), row["logits_sha256"], row["decision"])
    is_typed = isinstance(golden.text, str) and isinstance(golden.decision, dict) and isinstance(golden.logits_sha256, str)
    if not is_typed or any(type(t) is not int for t in golden.tokens):
        raise ValueError("a golden of wrong types")
    return golden
