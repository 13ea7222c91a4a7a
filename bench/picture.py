"""Pictures that say which results they show."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

PAPER = "#ffffff"


def start_picture() -> tuple[Any, Any]:
    """An empty figure with axes, as wide as a page shows it."""
    import matplotlib as mpl

    mpl.use("Agg")  # draws to files, needs no display
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(8, 4.6), layout="constrained", facecolor=PAPER)


def save_picture(figure: Any, path: Path, digest: str) -> None:
    """Writes the picture, with the ``digest`` of what it shows inside."""
    from matplotlib import pyplot as plt

    # dpi: twice the 800 pixels that a page shows, for screens that have them
    figure.savefig(path, dpi=200, metadata={"Software": None, "Comment": digest})
    plt.close(figure)


def digest_of(shown: object, module: str) -> str:
    """Hex sha256 of what is ``shown`` and of the file ``module``, which draws it."""
    code = Path(module).read_text("utf-8")
    return hashlib.sha256(repr([shown, code]).encode()).hexdigest()


def has_digest(path: Path, digest: str) -> bool:
    """Whether the picture shows what has this ``digest``."""
    return path.exists() and digest.encode() in path.read_bytes()
