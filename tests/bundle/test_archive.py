import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from attacks.tokenizers import PLAIN

from edge_router.bundle import Golden, Manifest, pack_bundle, read_bundle, write_bundle
from edge_router.bundle.manifest import Member
from edge_router.bundle.stored_zip import pack_members
from edge_router.errors import BundleError

TOKENIZER = PLAIN.encode()
OLD = b"PK\x03\x04" + bytes(26) + b"golden.json"


def zipped(
    members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.comment = comment
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, compression
            archive.writestr(info, data)
    return buffer.getvalue()


def members_of(packed: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def test_the_file_is_this_byte_for_byte():
    assert pack_members({"a.json": b"{}"}) == (
        b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00\x02\x00\x00\x00\x06\x00\x00\x00"
        b"a.json{}"
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00\x02\x00\x00\x00\x06\x00"
        b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xa4\x01\x00\x00\x00\x00a.json"
        b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x34\x00\x00\x00\x26\x00\x00\x00\x00\x00"
    )


def test_a_stock_zip_reader_reads_it_and_a_stock_writer_gives_the_same_bytes(packed: bytes):
    members = members_of(packed)
    assert [name for name, _ in members] == [
        "golden.json",
        "manifest.json",
        "model.onnx",
        "tokenizer.json",
    ]
    assert zipped(members) == packed


def test_reads_what_was_packed(
    packed: bytes, manifest: Manifest, model: bytes, goldens: tuple[Golden, ...]
):
    bundle = read_bundle(packed)
    assert bundle.manifest == manifest.with_members(bundle.manifest.members)
    assert bundle.manifest.members["tokenizer.json"] == Member(
        hashlib.sha256(TOKENIZER).hexdigest(), 463
    )
    assert (bundle.model, bundle.tokenizer, bundle.goldens) == (model, TOKENIZER, goldens)
    assert (bundle.sha256, bundle.size_bytes) == (hashlib.sha256(packed).hexdigest(), len(packed))


def test_packing_a_bundles_parts_gives_its_file(packed: bytes):
    b = read_bundle(packed)
    assert (
        pack_bundle(manifest=b.manifest, model=b.model, tokenizer=b.tokenizer, goldens=b.goldens)
        == packed
    )


def test_writes_a_file_and_returns_its_hash(
    tmp_path: Path, packed: bytes, manifest: Manifest, model: bytes, goldens
):
    path = tmp_path / "home.router"
    sha256 = write_bundle(
        path, manifest=manifest, model=model, tokenizer=TOKENIZER, goldens=goldens
    )
    assert path.read_bytes() == packed
    assert sha256 == read_bundle(path).sha256 == read_bundle(str(path)).sha256
    assert os.listdir(tmp_path) == ["home.router"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch, manifest: Manifest, model: bytes, failing: str
):
    path = tmp_path / "home.router"
    path.write_bytes(OLD)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(
        BundleError, match=r"No space left on device\); free space on that disk and try again$"
    ):
        write_bundle(path, manifest=manifest, model=model, tokenizer=TOKENIZER, goldens=())
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["home.router"]


def test_a_path_that_cannot_be_written_says_so(tmp_path: Path, manifest: Manifest, model: bytes):
    (tmp_path / "file").write_bytes(b"")
    for path in (
        tmp_path / "file" / "x.router",
        tmp_path,
        Path("/"),
        "nul\0byte",
    ):
        with pytest.raises(BundleError, match=r"choose another path( for the bundle)?$"):
            write_bundle(path, manifest=manifest, model=model, tokenizer=TOKENIZER, goldens=())
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_is_no_bundle_is_not_replaced(tmp_path, manifest: Manifest, model: bytes):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"my notes")
    (tmp_path / "link").symlink_to(path)
    for output in (path, tmp_path / "link"):
        with pytest.raises(BundleError, match=r"no \.router bundle, and is not replaced"):
            write_bundle(output, manifest=manifest, model=model, tokenizer=TOKENIZER, goldens=())
    assert path.read_bytes() == b"my notes"


def test_what_cannot_be_read_back_is_not_written(tmp_path: Path, manifest: Manifest):
    with pytest.raises(BundleError, match=r"model\.onnx"):
        write_bundle(
            tmp_path / "x.router",
            manifest=manifest,
            model=b"no onnx",
            tokenizer=TOKENIZER,
            goldens=(),
        )
    assert os.listdir(tmp_path) == []


def test_a_golden_that_is_not_json_is_refused(manifest: Manifest, model: bytes):
    golden = Golden("\ud800", (), {}, {})
    with pytest.raises(BundleError, match="golden cannot be written as JSON"):
        pack_bundle(manifest=manifest, model=model, tokenizer=TOKENIZER, goldens=[golden])


def test_a_path_that_cannot_be_read_says_what_to_give(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (
        tmp_path / "none.router",
        tmp_path,
        tmp_path / "pipe",
        Path("/dev/zero"),
        "nul\0byte",
        "",
    ):
        with pytest.raises(BundleError, match=r"give the path of a \.router file$"):
            read_bundle(path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path):
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(BundleError, match="larger than the 67108864 bytes"):
        read_bundle(tmp_path / "huge")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a bundle", b"PK\x05\x06" + b"\0" * 18, b"\x1f\x8b" * 100]
)
def test_another_file_is_refused(data: bytes):
    with pytest.raises(BundleError, match=r"not a \.router file; download .* edge-router train$"):
        read_bundle(data)


def test_bytes_before_between_and_after_are_refused(packed: bytes):
    at = packed.index(b"PK\x01\x02")
    for data in (
        b"\0" + packed,
        packed + b"\0",
        packed + packed,
        packed[:at] + b"gap" + packed[at:],
    ):
        with pytest.raises(BundleError, match=r"edge-router train$"):
            read_bundle(data)


def test_a_zip_of_another_form_is_refused(packed: bytes):
    members = members_of(packed)
    forms = {
        "compressed": zipped(members, zipfile.ZIP_DEFLATED),
        "bzip2": zipped(members, zipfile.ZIP_BZIP2),
        "comment": zipped(members, comment=b"hello"),
        "order": zipped(members[::-1]),
        "missing": zipped(members[:3]),
        "unlisted": zipped([*members, ("zz.txt", b"x")]),
        "path": zipped([("../golden.json", b"x"), *members[1:]]),
        "absolute": zipped([("/golden.json", b"x"), *members[1:]]),
        "folder": zipped([*members, ("zz/", b"")]),
        "backslash": zipped([*members, ("zz\\x", b"")]),
        "upper case": zipped([("Golden.json", members[0][1]), *members[1:]]),
        "not ASCII": zipped([*members, ("zü.json", b"")]),
    }
    for name, data in forms.items():
        with pytest.raises(BundleError, match=r"edge-router train$"):
            read_bundle(data)
        assert data != packed, name


def test_a_doubled_member_is_refused(packed: bytes):
    members = members_of(packed)
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([members[0], *members])
    with pytest.raises(BundleError, match="twice"):
        read_bundle(data)


def test_a_zip_bomb_is_refused_before_it_unfolds():
    bomb = zipped([("golden.json", b"\0" * 50_000_000)], zipfile.ZIP_DEFLATED)
    with pytest.raises(BundleError, match="is compressed"):
        read_bundle(bomb)


def test_a_declared_size_beyond_the_file_is_refused(packed: bytes):
    for size in (2**32 - 1, 2**31, len(packed)):
        declared = size.to_bytes(4, "little")
        with pytest.raises(BundleError, match="cut short"):
            read_bundle(packed[:18] + declared * 2 + packed[26:])


def test_encryption_and_extra_fields_are_refused(packed: bytes):
    encrypted = packed[:6] + b"\x01\x00" + packed[8:]
    extra = packed[:28] + b"\x04\x00" + packed[30:]
    for data in (encrypted, extra):
        with pytest.raises(BundleError, match="compressed, encrypted or has extra data"):
            read_bundle(data)


def test_many_members_are_refused_at_once():
    with pytest.raises(BundleError, match="more than 16 members"):
        read_bundle(pack_members({f"m{i}": b"" for i in range(1000)}))


def test_a_member_of_another_hash_is_refused(forge: Callable[..., bytes], packed: bytes):
    manifest = dict(members_of(packed))["manifest.json"]
    with pytest.raises(
        BundleError, match=r"tokenizer\.json is not the one that the manifest names"
    ):
        read_bundle(forge(tokenizer__json=TOKENIZER + b" ", manifest__json=manifest))


def test_a_member_that_is_too_big_is_refused(forge: Callable[..., bytes]):
    with pytest.raises(BundleError, match=r"tokenizer\.json is larger than the 8388608 bytes"):
        read_bundle(forge(tokenizer__json=b"x" * (8 * 2**20 + 1)))


def test_a_manifest_that_lists_other_members_is_refused(
    forge: Callable[..., bytes], manifest: Manifest, packed: bytes
):
    true = read_bundle(packed).manifest.members
    for members in (
        {},
        {**true, "zz.json": Member("a" * 64, 0)},
        {"model.onnx": true["model.onnx"]},
    ):
        with pytest.raises(BundleError, match="members are not those of a bundle"):
            read_bundle(forge(manifest__json=replace(manifest, members=members).to_bytes()))


def test_a_newer_format_with_more_members_asks_for_an_upgrade(
    forge: Callable[..., bytes], packed: bytes
):
    manifest = dict(members_of(packed))["manifest.json"].replace(
        b'"format_version":1', b'"format_version":2'
    )
    with pytest.raises(BundleError, match=r"upgrade edge-router$"):
        read_bundle(forge(manifest__json=manifest, slots__onnx=b"new"))


@pytest.mark.parametrize(
    "written",
    [
        b"[]",
        b'{"goldens":{}}',
        b'{"goldens":[1]}',
        b'{"goldens":[],"more":1}',
        b'{"goldens":[{"decision":{},"outputs_sha256":{"logits":"d"},"text":"a","tokens":[]}]}',
        b'{"goldens":[{"decision":{},"outputs_sha256":{"logits":1},"text":"a","tokens":[]}]}',
        b'{"goldens":[{"decision":{},"outputs_sha256":[],"text":"a","tokens":[]}]}',
        b'{"goldens":[{"decision":[],"outputs_sha256":{},"text":"a","tokens":[]}]}',
        b'{"goldens":[{"decision":{},"outputs_sha256":{},"text":"a","tokens":[true]}]}',
        b'{"goldens":[{"decision":{},"outputs_sha256":{},"text":"a","tokens":[-1]}]}',
        b'{"goldens":[{"decision":{},"outputs_sha256":{},"text":null,"tokens":[]}]}',
        b'{"goldens":[{"decision":{},"extra":1,"outputs_sha256":{},"text":"a","tokens":[]}]}',
    ],
)
def test_goldens_of_a_wrong_form_are_refused(forge: Callable[..., bytes], written: bytes):
    with pytest.raises(BundleError, match=r"golden\.json.*edge-router train$"):
        read_bundle(forge(golden__json=written))
