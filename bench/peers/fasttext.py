"""fastText's supervised classifier (PyPI: fasttext-numpy2-wheel, which runs with numpy 2 and needs
no compiler).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import fasttext

_PREFIX = "__label__"
_SETTINGS = {
    "lr": 0.3,
    "epoch": 50,
    "wordNgrams": 1,
    "minn": 3,
    "maxn": 5,
    "bucket": 200_000,
    "thread": 1,
    "seed": 0,
    "verbose": 0,
}
_PIECES = re.compile(r"\w+|[^\w\s]")


class FastText:
    """Words and character n-grams, softmax, one thread; settings: the best of eight on CLINC150's
    valid split.
    """

    name = "fastText"
    version = f"fasttext {metadata.version('fasttext-numpy2-wheel')}"

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learns from labelled texts."""
        self._labels = sorted(set(labels))
        number = {label: i for i, label in enumerate(self._labels)}
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for text, label in zip(texts, labels, strict=True):
                file.write(f"{_PREFIX}{number[label]} {_prepare(text)}\n")
            file.flush()
            self._model = fasttext.train_supervised(file.name, **_SETTINGS)

    def predict(self, text: str) -> str:
        """The likeliest class."""
        found, _ = self._model.predict(_prepare(text))
        return self._labels[int(found[0][len(_PREFIX) :])]

    def size_bytes(self) -> int:
        """The saved model."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.bin"
            self._model.save_model(str(path))
            return path.stat().st_size


def _prepare(text: str) -> str:
    """Lower case, punctuation apart, as fastText's tutorial prepares its texts."""
    return " ".join(_PIECES.findall(text.lower()))
