"""The texts that a bundle carries to be verified by, on every device anew."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, zip_longest

from edge_router.bundle import read_bundle
from edge_router.examples import Example
from edge_router_export.pack import GOLDENS
from edge_router_export.restore import find_base
from edge_router_export.validate import normalize

MOST_CHARS = 1000
"""Longer texts are left out: a bundle that carries a document has no room for it."""
SHORTEST_WORD = 3
MADE_WORDS = (2, 9)
"""Fewest and most words of a text that is made up."""


def pick_goldens(examples: Sequence[Example], *, kind: str, seed: int) -> list[str]:
    """Texts for goldens: for the ``kind`` *examples* those of ``examples``, one of every tool
    before a second of any, the tools in the order of their names and *no tool* last; for *made*
    random words of the packaged base.
    """
    if kind == "made":
        return _make_texts(examples, seed)
    groups: dict[str | None, list[str]] = {}
    for example in examples:
        if len(example.text) <= MOST_CHARS:
            groups.setdefault(example.tool, []).append(example.text)
    ordered = [groups[tool] for tool in sorted(groups, key=lambda name: (name is None, str(name)))]
    rounds = chain.from_iterable(zip_longest(*ordered))
    return [text for text in rounds if text is not None][:GOLDENS]


def _make_texts(examples: Sequence[Example], seed: int) -> list[str]:
    """Texts that say nothing of the examples: the words are those of a vocabulary that was learnt
    without them, and no two that follow each other do so in an example.
    """
    words = [word for word in _base_words() if len(word) >= SHORTEST_WORD]
    told = {pair for e in examples for pair in pairwise(normalize(e.text).split())}
    texts = {normalize(example.text) for example in examples}
    made: list[str] = []
    source = random.Random(seed)
    while len(made) < GOLDENS:
        drawn = source.sample(words, source.randint(*MADE_WORDS))
        text = " ".join(drawn)
        if text not in texts and told.isdisjoint(pairwise(drawn)):
            made.append(text)
    return made


def _base_words() -> Iterator[str]:
    """Whole words of the packaged base's vocabulary, in the order of their ids."""
    vocabulary = json.loads(read_bundle(find_base("base")).tokenizer)["model"]["vocab"]
    return (word for word in vocabulary if word.isalpha())
