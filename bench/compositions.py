"""Texts that ask for two things, made of two that ask for one each.

The weights of ``edge_router/routing/cut_score.py`` were fitted on the templates of :data:`FITTED`,
over training and validation texts; what is published is measured on those of :data:`HELD_OUT`, over
test texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_router.examples import Example

FITTED = (
    "{0} and {1}",
    "{0} then {1}",
    "{0}, {1}",
    "{0}. {1}",
    "{0} and then {1}",
    "{0} and also {1}",
    "{0}, then {1}",
)
HELD_OUT = (
    "{0}, and {1}",
    "{0}; {1}",
    "{0} and after that {1}",
    "{0} and next {1}",
    "please {0} and {1}",
    "{0}! also, {1}",
    "{0}\n{1}",
    "hey, {0} and {1}, thanks",
)


@dataclass(frozen=True, slots=True)
class Composition:
    """Two texts as one."""

    text: str
    """The one text."""
    tools: tuple[str | None, str | None]
    """What answers each."""
    template: str
    """What joins them."""
    texts: tuple[str, str]
    """The two, alone."""


def compose(
    examples: Sequence[Example], templates: Sequence[str], count: int, *, seed: int, same: float = 0
) -> Iterator[Composition]:
    """``count`` compositions of two texts drawn at random, of two tools but for a share ``same``;
    the first loses the mark at its end.
    """
    source = random.Random(seed)
    by_tool: dict[str | None, list[Example]] = {}
    for example in examples:
        by_tool.setdefault(example.tool, []).append(example)
    tools = sorted(tool for tool in by_tool if tool is not None)
    for number in range(count):
        first, second = source.sample(tools, 2)
        if source.random() < same:
            second = first
        one, other = source.choice(by_tool[first]), source.choice(by_tool[second])
        template = templates[number % len(templates)]
        texts = one.text.rstrip(".?! "), other.text
        yield Composition(template.format(*texts), (first, second), template, texts)
