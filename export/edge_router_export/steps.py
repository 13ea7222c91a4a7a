"""Steps that are done once: a result is kept under the hash of all that went into it, a long step
also while it runs.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray

from edge_router.errors import DataError

LOG = logging.getLogger(__name__)

Arrays = dict[str, NDArray[Any]]

Progress = Callable[[str, int, int], None]
"""Called with the step's name, what is done and the total."""

SAVED_UPDATES = 100
"""Updates between two checkpoints at least: one is several times the weights, and an epoch of few
texts is one batch.
"""
SEAL_BYTES = 64
"""A file ends with the hex sha256 of its name and of all before, so that one that was cut, changed
or moved here from another step is not taken. Readers of zip files pass over what follows.
"""
_CHUNK_BYTES = 1 << 20
_REMAINS = re.compile(r"(?P<step>[\w-]+-[0-9a-f]{16})\.(?:lock|(?:npz|partial)\.\d+\.tmp)")


def fingerprint(value: Any) -> str:
    """Hex sha256 of a JSON-like value, equal for equal values."""
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def fingerprint_arrays(*arrays: NDArray[Any] | None) -> str:
    """Hex sha256 of types, shapes and values of these arrays, without those that are not there."""
    digest = hashlib.sha256()
    for values in arrays:
        if values is not None:
            digest.update(f"{values.dtype} {values.shape} ".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def code_fingerprint(*modules: str) -> str:
    """Hex sha256 of what these modules of this package do: their syntax trees, so that a comment
    changes nothing.
    """
    folder = Path(__file__).parent
    return fingerprint(
        [ast.dump(ast.parse((folder / f"{name}.py").read_text("utf-8"))) for name in modules]
    )


class Steps:
    """A folder of finished steps; a second run with the same inputs reads them instead of
    computing.

    What a crash, a full disk or a second training leaves in the folder costs time, never a wrong
    result: a file that is damaged or another step's is made again, and two processes take turns.
    """

    def __init__(self, folder: Path, progress: Progress) -> None:
        """Opens ``folder`` and clears what killed runs left; raises DataError where it cannot be
        written.
        """
        with _blaming(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _clear_remains(folder)
        self.folder = folder
        self.progress = progress
        """Where every step says how far it is."""

    def named(self, part: str) -> Steps:
        """The same folder for a ``part`` of a training, which stands before the steps' names where
        they say how far they are; the kept results do not depend on it.
        """
        other = copy(self)
        other.progress = lambda step, done, total: self.progress(f"{part}: {step}", done, total)
        return other

    def run(self, name: str, inputs: Mapping[str, Any], make: Callable[[Path], Arrays]) -> Arrays:
        """What ``make`` returns, computed unless ``name`` with equal ``inputs`` is already in the
        folder.

        ``make`` gets a path for its checkpoint, which is removed when the step is done. Raises
        DataError where the folder cannot be written.
        """
        stem = f"{name}-{fingerprint([name, dict(inputs)])[:16]}"
        done, checkpoint = self.folder / f"{stem}.npz", self.folder / f"{stem}.partial"
        with hold_lock(self.folder / f"{stem}.lock"):
            found = _read_step(done)
            if found is None:
                found = make(checkpoint)
                write_sealed(done, lambda file: np.savez(file, **found))
            checkpoint.unlink(missing_ok=True)
        return found


@contextmanager
def hold_lock(path: Path, *, may_wait: bool = True) -> Iterator[None]:
    """Keeps other processes out of a step until the block ends; the kernel lets go for one that
    dies. Raises BlockingIOError where it is held and this one may not wait.
    """
    while True:
        with ExitStack() as stack:
            with _blaming(path.parent):
                file = stack.enter_context(path.open("ab"))
                _lock(file, path.stem, may_wait=may_wait)
            if not _is_at(path, file.fileno()):
                continue  # its holder took the file away on leaving: that lock keeps nobody out
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return


def write_sealed(path: Path, write: Callable[[Any], None]) -> None:
    """``write`` fills a file beside ``path`` that takes its place only when it is whole and sealed;
    raises DataError where it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with _blaming(path.parent):
            with temporary.open("w+b") as file:
                write(file)
                size = file.seek(0, os.SEEK_END)
                file.write(_seal(path, file, size))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def is_sealed(path: Path) -> bool:
    """Whether a file is there as :func:`write_sealed` wrote it; says so where it is damaged."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END) - SEAL_BYTES
        if size >= 0 and _seal(path, file, size) == file.read():
            return True
    LOG.warning("%s is damaged or another step's; that step is made again", path)
    return False


class Checkpoint:
    """Where a training stood after its last whole epoch."""

    def __init__(self, path: Path, parts: Mapping[str, Any]) -> None:
        """``parts`` have ``state_dict`` and ``load_state_dict``."""
        self.path = path
        self.parts = parts

    def load(self) -> int:
        """Restores the parts; the number of epochs done, 0 where there is no checkpoint to go on
        from.
        """
        if not is_sealed(self.path):
            return 0
        saved = torch.load(self.path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        return int(saved["epochs"])

    def save_when_due(self, epochs: int, *, updates_per_epoch: int) -> None:
        """Keeps the parts after ``epochs`` whole epochs, if :data:`SAVED_UPDATES` or so were made
        since it last did.
        """
        if epochs % -(-SAVED_UPDATES // updates_per_epoch) == 0:
            self.save(epochs)

    def save(self, epochs: int) -> None:
        """Keeps the parts after ``epochs`` whole epochs; raises DataError where it cannot."""
        saved = {name: part.state_dict() for name, part in self.parts.items()}
        write_sealed(self.path, lambda file: torch.save({"epochs": epochs, **saved}, file))


def _clear_remains(folder: Path) -> None:
    """Removes temporary and lock files of runs that were killed: those of steps that no process has
    locked now.
    """
    for path in list(folder.iterdir()):
        if ours := _REMAINS.fullmatch(path.name):
            lock = folder / f"{ours['step']}.lock"
            with suppress(BlockingIOError), hold_lock(lock, may_wait=False):
                path.unlink(missing_ok=True)


def _read_step(path: Path) -> Arrays | None:
    """The arrays of a finished step; ``None`` where it must be made."""
    if not is_sealed(path):
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _seal(path: Path, file: BinaryIO, size: int) -> bytes:
    """Over the first ``size`` bytes of an open file, which is left standing behind them."""
    digest = hashlib.sha256(path.name.encode())
    file.seek(0)
    for start in range(0, size, _CHUNK_BYTES):
        digest.update(file.read(min(_CHUNK_BYTES, size - start)))
    return digest.hexdigest().encode()


def _lock(file: BinaryIO, step: str, *, may_wait: bool) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not may_wait:
            raise
        LOG.warning("another process has the step %s; waiting for it", step)
        fcntl.flock(file, fcntl.LOCK_EX)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextmanager
def _blaming(folder: Path) -> Iterator[None]:
    """Turns what a disk refuses into a DataError that names the folder and the way out."""
    try:
        yield
    except BlockingIOError:  # a lock that another process holds is no fault of the disk
        raise
    except (OSError, RuntimeError) as error:
        # torch's writer, stopped by an OSError, fails once more with a message of its own
        cause = error if isinstance(error, OSError) else error.__context__
        if not isinstance(cause, OSError):
            raise
        raise DataError(
            f"cannot be written ({cause.strerror or cause}); make room there, or give another "
            "folder with --work-dir",
            file=str(folder),
        ) from error
