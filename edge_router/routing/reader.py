"""Reads texts for teaching: each once, as a direction, as tokens and as stems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edge_router.routing.embedding import to_direction
from edge_router.routing.lexicon import Stems
from edge_router.routing.tokenizer import Tokenizer
from edge_router.routing.vectors import Vectors, key_of


class Reader:
    """A bundle's tokenizer and encoder with what they said before, which follows from the bundle
    alone: routers that were taught from one another share it.
    """

    def __init__(
        self, tokenizer: Tokenizer, embed: Callable[[list[int]], NDArray[np.int32]]
    ) -> None:
        """``embed`` gives a text's integers for its token ids, one or more."""
        self._tokenizer = tokenizer
        self._embed = embed
        self.directions: Vectors = {}
        """What it knows, by the keys of the texts."""
        self._stems: Stems | None = None

    def direction(self, text: str) -> NDArray[np.float32] | None:
        """The text's direction [width]; ``None`` where it holds no token."""
        key = key_of(text)
        found = self.directions.get(key)
        if found is None:
            ids = self._tokenizer.encode(text).ids
            if not ids:
                return None
            found = self.directions[key] = to_direction(self._embed(ids))
        return found

    def tokens(self, text: str) -> tuple[int, ...]:
        """The ids that are read when the text is routed."""
        return tuple(self._tokenizer.encode(text).ids)

    def stems(self, text: str) -> list[int]:
        """The stems of all words of a text, however long."""
        return self.vocabulary_stems.of(self._tokenizer.encode_in_rust(text))

    @property
    def vocabulary_stems(self) -> Stems:
        """The stems of the vocabulary: made when first asked for, since that takes a while."""
        if self._stems is None:
            self._stems = Stems(self._tokenizer.vocabulary)
        return self._stems
