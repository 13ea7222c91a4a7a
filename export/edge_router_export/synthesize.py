"""More texts for the teacher to label, made from the examples alone: crossovers, dropped words,
typing errors.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from edge_router.examples import Example
from edge_router_export.mistype import mistype


def synthesize(examples: Sequence[Example], count: int, seed: int) -> list[str]:
    """``count`` new texts, none equal to an example; fewer where the examples allow no more."""
    source = random.Random(seed)
    by_tool: dict[str | None, list[str]] = {}
    for example in examples:
        by_tool.setdefault(example.tool, []).append(example.text)
    known = {example.text for example in examples}
    made: dict[str, None] = {}
    for _ in range(3 * count):
        if len(made) >= count:
            break
        example = source.choice(examples)
        text = source.choice((_cross, _cross, _drop, _mistype))(
            example.text, by_tool[example.tool], source
        )
        if text.strip() and text not in known:
            made[text] = None
    return list(made)


def _cross(text: str, siblings: list[str], source: random.Random) -> str:
    """The beginning of one text of a tool and the end of another."""
    first, second = text.split(), source.choice(siblings).split()
    return " ".join(
        first[: source.randint(1, len(first))] + second[source.randint(0, len(second) - 1) :]
    )


def _drop(text: str, _: list[str], source: random.Random) -> str:
    """The text without one word in five."""
    return " ".join(word for word in text.split() if source.random() > 0.2)


def _mistype(text: str, _: list[str], source: random.Random) -> str:
    return mistype(text, source)
