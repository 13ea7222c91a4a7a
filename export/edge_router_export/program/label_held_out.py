"""Which tool a question has, by the answers alone: the cheapest one that is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from edge_router.examples import Example
from edge_router_export.program.leaf import GradientTool, SampledTool
from edge_router_export.program.objective import IsRight
from edge_router_export.program.questions import Questions

if TYPE_CHECKING:
    from edge_router_export.program.program import Program
    from edge_router_export.program.soft_router import SoftRouter

SOURCE = "questions"
"""What stands for a file in the examples that are made here."""


@dataclass(frozen=True)
class _Way:
    """One tool at the end of a program's choices, for one question."""

    cost: float
    """Of all tools on the way."""
    doubt: float
    """The negative logarithm of the program's own share of it."""
    leaf: GradientTool | SampledTool
    """The tool."""
    asked: Questions
    """The one question as the tool gets it."""
    turns: tuple[tuple[SoftRouter, str, str], ...]
    """Each router on the way, the text that it read, and the tool to take there."""


def label_held_out(program: Program, asked: Questions, is_right: IsRight) -> int:
    """Gives every router its held-out examples: the tool to take is the one whose answer is right
    at the least cost, of equally dear ones the likeliest; the number of questions without any.

    Tools are asked in that order until one is right, so that dear ones are asked last. Where none
    is, the question fits no tool.
    """
    found: dict[int, list[Example]] = {id(one.router): [] for _, one in program.list_programs()}
    unanswered = 0
    with torch.no_grad():
        for row in range(len(asked)):
            one = asked.take(np.array([row]))
            way = _find_right(program, one, is_right)
            turns = way.turns if way else ((program.router, program.read(one).texts[0], None),)
            unanswered += way is None
            for router, text, tool in turns:
                found[id(router)].append(Example(text, tool, (), SOURCE, row + 1))
    for _, one in program.list_programs():
        one.router.held_out = tuple(found[id(one.router)])
    return unanswered


def label_choices(program: Program, asked: Questions) -> None:
    """Gives every router the questions that it learnt from, each with the tool that it takes now:
    they stand for its tools where more are taught beside them.
    """
    asked = program.read(asked)
    chosen = program.router.rank(asked.texts).argmax(1).numpy()
    names = program.router.names
    program.router.examples = tuple(
        [
            Example(text, names[number], (), SOURCE, row)
            for row, (text, number) in enumerate(zip(asked.texts, chosen, strict=True), 1)
        ]
    )
    for number, branch in enumerate(program.branches):
        if not isinstance(branch, GradientTool | SampledTool):
            label_choices(branch, asked.take(np.flatnonzero(chosen == number)))


def _find_right(program: Program, one: Questions, is_right: IsRight) -> _Way | None:
    for way in sorted(_list_ways(program, one), key=lambda way: (way.cost, way.doubt)):
        (given,) = way.leaf.answer(way.asked)
        if is_right(given, one.answers[0]):
            return way
    return None


def _list_ways(program: Program, one: Questions) -> Iterator[_Way]:
    one = program.read(one)
    router, text = program.router, one.texts[0]
    doubts = (-router.rank([text]).log_softmax(1)[0]).tolist()
    for name, branch, cost, doubt in zip(
        router.names, program.branches, program.costs, doubts, strict=True
    ):
        turn = (router, text, name)
        if isinstance(branch, GradientTool | SampledTool):
            yield _Way(cost, doubt, branch, one, (turn,))
            continue
        for way in _list_ways(branch, one):
            total = (cost + way.cost, doubt + way.doubt)
            yield _Way(*total, way.leaf, way.asked, (turn, *way.turns))
