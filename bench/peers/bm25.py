"""BM25 over tools' names, descriptions and parameters: the floor where tools have no examples
(bm25s with English stemming and stop words, its own settings).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import bm25s
import Stemmer

from edge_router.tool import Tool

_JOINT = re.compile(r"[_.]|(?<=[a-z])(?=[A-Z])")


class Bm25:
    """Tools ranked by the words that a text shares with what is known of them."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        """Counts the words of each tool."""
        self._names = [tool.name for tool in tools]
        self._stemmer = Stemmer.Stemmer("english")
        self._words = bm25s.BM25()
        self._words.index(self._list_words(list(map(_describe, tools))), show_progress=False)

    def list_best(self, text: str, count: int) -> list[str]:
        """The best tools' names, best first."""
        count = min(count, len(self._names))
        best, _ = self._words.retrieve(
            self._list_words([text]), corpus=self._names, k=count, show_progress=False
        )
        return [str(name) for name in best[0]]

    def _list_words(self, texts: Sequence[str]) -> bm25s.tokenization.Tokenized:
        """Stems; of names, those of their parts (``getWeather``, ``get_weather``)."""
        parts = [_JOINT.sub(" ", text) for text in texts]
        return bm25s.tokenize(parts, stopwords="en", stemmer=self._stemmer, show_progress=False)


def _describe(tool: Tool) -> str:
    parameters = json.dumps(tool.parameters["properties"]) if tool.parameters else ""
    return f"{tool.name} {tool.description} {parameters}"
