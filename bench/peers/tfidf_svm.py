"""The floor of every table: character n-grams, TF-IDF, a linear SVM (scikit-learn)."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC


class TfidfSvm:
    """Character 2- to 5-grams inside words."""

    name = "char n-gram TF-IDF + linear SVM"
    version = f"scikit-learn {sklearn.__version__}"

    def __init__(self) -> None:
        """Unfitted."""
        words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._pipeline = make_pipeline(words, LinearSVC(random_state=0))

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learns from labelled texts."""
        self._pipeline.fit(texts, labels)

    def predict(self, text: str) -> str:
        """The class with the highest margin."""
        return str(self._pipeline.predict([text])[0])

    def size_bytes(self) -> int:
        """The fitted pipeline, serialised."""
        return len(pickle.dumps(self._pipeline))
