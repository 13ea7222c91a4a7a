"""microresolve: a lexical index in Rust, in memory, given every training text as a seed phrase."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

import microresolve


class MicroResolve:
    """One namespace with one intent per label; its own defaults."""

    name = "microresolve"
    version = f"microresolve {metadata.version('microresolve')}"

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Adds each label as an intent."""
        phrases: dict[str, list[str]] = {}
        for text, label in zip(texts, labels, strict=True):
            phrases.setdefault(label, []).append(text)
        self._engine = microresolve.MicroResolve()
        self._namespace = self._engine.namespace("bench")
        for label, seeds in phrases.items():
            self._namespace.add_intent(label, seeds)

    def predict(self, text: str) -> str:
        """The first intent; an empty string where none matches."""
        found = self._namespace.resolve(text).intents
        return str(found[0].id) if found else ""

    def size_bytes(self) -> int:
        """The namespace as it exports itself."""
        return len(self._namespace.export_json().encode())
