"""Steps that are done once: a result is kept under the hash of all that went into it, a long step
also while it runs.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

Progress = Callable[[str, int, int], None]
"""Called with the step's name, what is done and the total."""


def fingerprint(value: Any) -> str:
    """Hex sha256 of a JSON-like value, equal for equal values."""
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


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
    """

    def __init__(self, folder: Path, progress: Progress) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.progress = progress
        """Where every step says how far it is."""

    def run(self, name: str, inputs: Mapping[str, Any], make: Callable[[Path], Arrays]) -> Arrays:
        """What ``make`` returns, computed unless ``name`` with equal ``inputs`` is already in the
        folder.

        ``make`` gets a path for its checkpoint, which is removed when the step is done.
        """
        stem = f"{name}-{fingerprint([name, dict(inputs)])[:16]}"
        done, checkpoint = self.folder / f"{stem}.npz", self.folder / f"{stem}.partial"
        if not done.exists():
            write_atomically(done, lambda path: np.savez(path, **make(checkpoint)))
            checkpoint.unlink(missing_ok=True)
        with np.load(done, allow_pickle=False) as arrays:
            return dict(arrays)


def write_atomically(path: Path, write: Callable[[Any], None]) -> None:
    """``write`` fills a file beside ``path`` that takes its place only when it is whole."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class Checkpoint:
    """Where a training stood after its last whole epoch."""

    def __init__(self, path: Path, parts: Mapping[str, Any]) -> None:
        """``parts`` have ``state_dict`` and ``load_state_dict``."""
        self.path = path
        self.parts = parts

    def load(self) -> int:
        """Restores the parts; the number of epochs done, 0 where there is no checkpoint."""
        if not self.path.exists():
            return 0
        saved = torch.load(self.path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        return int(saved["epochs"])

    def save(self, epochs: int) -> None:
        """Keeps the parts after ``epochs`` whole epochs."""
        saved = {name: part.state_dict() for name, part in self.parts.items()}
        write_atomically(self.path, lambda file: torch.save({"epochs": epochs, **saved}, file))
