"""A file that keeps what texts mean to a bundle, so that thousands of taught tools load at once.

It is a cache: what it says follows from the bundle and the texts, neither of which it holds. A line
that names format and bundle, then for each text the sha256 of it and its direction, then the
sha256 of all before. A file that is damaged or another bundle's is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle.destination import write_whole
from edge_router.errors import BundleError, DataError

LOG = logging.getLogger(__name__)

Vectors = dict[bytes, NDArray[np.float32]]
"""Directions [width] by :func:`key_of` their texts."""

MAX_BYTES = 1 << 30
_MAGIC = b"edge-router vectors 1 "
_HASH_BYTES = 32


def key_of(text: str) -> bytes:
    """What stands for a text in the file."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@contextmanager
def keep_vectors(path: Path, vectors: Vectors, bundle_sha256: str, width: int) -> Iterator[None]:
    """Adds what the file ``path`` keeps to ``vectors``, and keeps what the block added beside.

    Raises DataError where it is a file of something else.
    """
    known = read_vectors(path, bundle_sha256, width)
    vectors.update(known)
    yield
    if vectors.keys() - known.keys():
        write_vectors(path, bundle_sha256, vectors)


def read_vectors(path: Path, bundle_sha256: str, width: int) -> Vectors:
    """The directions that the file ``path`` keeps for a bundle; none where it is not there, damaged
    or another bundle's. Raises DataError where it is a file of something else.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refuse(path)
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DataError(
            f"cannot be read ({error.strerror}); name another file", file=str(path)
        ) from error
    if not data.startswith(_MAGIC[: len(data)]):
        raise _refuse(path)
    head = _make_head(bundle_sha256)
    body, seal = data[len(head) : -_HASH_BYTES], data[-_HASH_BYTES:]
    row = np.dtype([("key", f"V{_HASH_BYTES}"), ("direction", "<i2", (width,))])
    if (
        not data.startswith(head)
        or len(body) % row.itemsize
        or hashlib.sha256(data[:-_HASH_BYTES]).digest() != seal
    ):
        return {}
    rows = np.frombuffer(body, row)
    keys = rows["key"].tobytes()
    directions = rows["direction"].astype(np.float32)
    return {keys[i * _HASH_BYTES : (i + 1) * _HASH_BYTES]: directions[i] for i in range(len(rows))}


def write_vectors(path: Path, bundle_sha256: str, vectors: Vectors) -> None:
    """Keeps ``vectors``; where the disk refuses, says so in the log and leaves the file as it was:
    a router is not the worse for it.
    """
    rows = [key + vectors[key].astype("<i2").tobytes() for key in sorted(vectors)]
    data = _make_head(bundle_sha256) + b"".join(rows)
    try:
        write_whole(Path(os.path.realpath(path)), data + hashlib.sha256(data).digest())
    except BundleError as error:
        LOG.warning("vectors are not kept: %s", error)


def _make_head(bundle_sha256: str) -> bytes:
    return _MAGIC + bundle_sha256.encode() + b"\n"


def _refuse(path: Path) -> DataError:
    return DataError(
        "is no file of vectors; name another, or one that is not there", file=str(path)
    )
