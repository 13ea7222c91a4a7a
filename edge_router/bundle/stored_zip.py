"""The container of a bundle: a zip file of which only one form is read, the form that
:func:`pack_members` writes.

Written here and not by ``zipfile``, so that the bytes of a bundle do not depend on the Python that
makes or reads it. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central
directory) and 4.3.16 (its end).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping

from edge_router.bundle.refusal import refuse, show

MAX_MEMBERS = 16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NAME = re.compile(rb"[a-z0-9_]+(\.[a-z0-9_]+)*")
_VERSION, _UNIX, _DATE = 20, 3 << 8, 33  # zip 2.0; made on Unix; 1980-01-01
_MODE = 0o644 << 16


def pack_members(contents: Mapping[str, bytes]) -> bytes:
    """The bytes of a zip file with these members, stored, sorted by name; equal contents give equal
    bytes.
    """
    return b"".join(_layout(contents))


def unpack_members(data: bytes) -> dict[str, bytes]:
    """Name to bytes of each member; raises BundleError unless ``data`` is exactly what
    :func:`pack_members` makes.

    Nothing is left to interpret: no compression, encryption, comment, extra field, second
    directory, gap or tail.
    """
    contents: dict[str, bytes] = {}
    position = 0
    while data.startswith(b"PK\x03\x04", position):
        name, start, end = _read_local(data, position)
        if name in contents or len(contents) == MAX_MEMBERS:
            raise refuse(
                f"the file has the member {show(name)} twice, or more than {MAX_MEMBERS} members"
            )
        contents[name] = data[start:end]
        position = end
    if not contents:
        raise refuse("this is not a .router file")
    if not _has_layout(data, contents):
        raise refuse("the file is damaged or was not written by edge-router")
    return contents


def _read_local(data: bytes, position: int) -> tuple[str, int, int]:
    """Name, start and end of the member whose header is at ``position``; nothing is read past the
    end of ``data``.
    """
    if len(data) - position < _LOCAL.size:
        raise refuse("the file is cut short")
    _, _, flags, method, _, _, _, stored_size, size, name_size, extra_size = _LOCAL.unpack_from(
        data, position
    )
    name = data[position + _LOCAL.size : position + _LOCAL.size + name_size]
    if method != 0 or flags != 0 or extra_size != 0 or stored_size != size:
        raise refuse(f"the member {show(name)} is compressed, encrypted or has extra data")
    if not _NAME.fullmatch(name):
        raise refuse(f"the file has a member of the name {show(name)}")
    start = position + _LOCAL.size + name_size
    if size > len(data) - start:
        raise refuse(f"the file is cut short: {show(name)} has {len(data) - start} of {size} bytes")
    return name.decode("ascii"), start, start + size


def _has_layout(data: bytes, contents: Mapping[str, bytes]) -> bool:
    position = 0
    for part in _layout(contents):
        if not data.startswith(part, position):
            return False
        position += len(part)
    return position == len(data)


def _layout(contents: Mapping[str, bytes]) -> Iterator[bytes]:
    """The file, part by part."""
    directory = b""
    offset = 0
    for name in sorted(contents):
        body, label = contents[name], name.encode("ascii")
        sizes = (zlib.crc32(body), len(body), len(body), len(label), 0)
        yield _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, *sizes) + label
        yield body
        central = (_VERSION | _UNIX, _VERSION, 0, 0, 0, _DATE, *sizes, 0, 0, 0, _MODE, offset)
        directory += _CENTRAL.pack(b"PK\x01\x02", *central) + label
        offset += _LOCAL.size + len(label) + len(body)
    yield directory
    yield _END.pack(b"PK\x05\x06", 0, 0, len(contents), len(contents), len(directory), offset, 0)
