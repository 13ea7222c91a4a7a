"""A program of tools with a router in front, of which only the final answers are judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from edge_router.errors import DataError
from edge_router_export.program.draw_program import draw_program
from edge_router_export.program.leaf import GradientTool, SampledTool
from edge_router_export.program.learn_program import Learnt, Task, learn_program
from edge_router_export.program.objective import IsRight, Loss, Objective, is_right
from edge_router_export.program.questions import Questions, make_questions
from edge_router_export.program.schedule import Schedule
from edge_router_export.program.soft_router import SoftRouter
from edge_router_export.steps import Progress

Names = tuple[str, ...]
"""The tools that lead somewhere."""


@dataclass(frozen=True)
class Answer:
    """What a program said to one question."""

    path: Names
    """The tools by name; several where a tool is a program itself."""
    value: Any
    """What the last of them answered; ``None`` where it failed."""
    cost: float
    """What they cost together."""


@dataclass(frozen=True)
class Marks:
    """How good a program's answers are."""

    answers: tuple[Answer, ...]
    """One for each question."""
    is_right: tuple[bool, ...]
    """Whether it is the right one."""

    @property
    def right_share(self) -> float:
        """The share of right answers."""
        return sum(self.is_right) / max(1, len(self.is_right))

    @property
    def mean_cost(self) -> float:
        """The mean cost of a question."""
        return sum(answer.cost for answer in self.answers) / max(1, len(self.answers))


class Program(nn.Module):
    """A router and the tools that it chooses from: torch modules, functions, or programs again.

    Modules and functions learn together with the routers, from the final answers alone; nobody says
    which tool is right. A program as a tool is a second hop; with ``before`` it routes what a tool
    made of the text.
    """

    def __init__(
        self,
        router: SoftRouter,
        tools: Mapping[str, Any],
        *,
        cost: Mapping[str, float] | None = None,
        fresh: Collection[str] = (),
        before: Callable[[str], str] | None = None,
    ) -> None:
        """``cost`` is that of one question by tool, in one unit of your choice, 0 where nothing is
        said; ``fresh`` names functions that may answer otherwise the next time; ``before`` is what
        the text is sent through before router and tools read it.

        Raises DataError where tools and router do not name the same, or a cost is none.
        """
        super().__init__()
        costs = dict(cost or {})
        _check_names(router, tools, costs, fresh)
        self.router = router
        self.branches: tuple[Branch, ...] = tuple(
            [_make_branch(name, tools[name], is_fresh=name in fresh) for name in router.names]
        )
        """The tools in the order of the router's logits."""
        self.costs = tuple([costs.get(name, 0.0) for name in router.names])
        """Of one question, in the same order."""
        self.before = None if before is None else SampledTool("before", before)
        """What the text is sent through."""
        self._modules_of_tools = nn.ModuleList(
            [tool for tool in tools.values() if isinstance(tool, nn.Module)]
        )

    @property
    def is_sampled(self) -> bool:
        """Something in it is a function, so that it is run only for questions it is drawn for."""
        return next(self.list_functions(), None) is not None

    def fit(
        self,
        questions: Sequence[str],
        answers: Sequence[Any],
        *,
        loss: Loss,
        inputs: Sequence[Any] | None = None,
        is_right: IsRight = is_right,
        schedule: Schedule | None = None,
        work_dir: Path | None = None,
        progress: Progress | None = None,
    ) -> Learnt:
        """Learns routers and modules from the right ``answers``; then asks tools, the cheapest
        first, for one that is right on questions held out, by which ``router.export`` calibrates.

        ``loss`` says how wrong one answer is, ``is_right`` whether it is right, ``inputs`` what
        tools get in place of the text. With a ``work_dir`` a stopped run goes on where it stood,
        and no call is paid for twice. Raises DataError or RecipeError with what to correct.
        """
        chosen = schedule or Schedule()
        asked = make_questions(questions, inputs, answers)
        objective = Objective(loss, chosen.cost_weight, chosen.failed_loss)
        quiet: Progress = lambda _step, _done, _total: None  # noqa: E731 - a name for nothing
        task = Task(asked, objective, is_right, chosen)
        return learn_program(self, task, work_dir=work_dir, progress=progress or quiet)

    def answer(self, texts: Sequence[str], inputs: Sequence[Any] | None = None) -> list[Answer]:
        """What the program says, each question by its best tool alone, as on the device."""
        with torch.no_grad():
            return self._answer(make_questions(texts, inputs))

    def mark(
        self,
        texts: Sequence[str],
        answers: Sequence[Any],
        *,
        inputs: Sequence[Any] | None = None,
        is_right: IsRight = is_right,
    ) -> Marks:
        """What it says, and which of it is right."""
        asked = make_questions(texts, inputs, answers)
        given = self.answer(texts, inputs)
        pairs = zip(given, asked.answers, strict=True)
        return Marks(
            tuple(given), tuple([bool(is_right(one.value, right)) for one, right in pairs])
        )

    def read(self, asked: Questions) -> Questions:
        """The questions as router and tools get them."""
        if self.before is None:
            return asked
        made = self.before.answer(Questions(asked.texts, asked.texts))
        pairs = zip(made, asked.texts, strict=True)
        return asked.rewrite([new if isinstance(new, str) else old for new, old in pairs])

    def list_programs(
        self, path: tuple[str, ...] = ()
    ) -> Iterator[tuple[tuple[str, ...], Program]]:
        """This one and those among its tools, each with the tools that lead to it."""
        yield path, self
        for branch, name in zip(self.branches, self.router.names, strict=True):
            if isinstance(branch, Program):
                yield from branch.list_programs((*path, name))

    def list_functions(self) -> Iterator[tuple[str, SampledTool]]:
        """Every function in it, with the names that lead to it: ``home/lights``."""
        for path, program in self.list_programs():
            own = [program.before, *program.branches]
            for tool in own:
                if isinstance(tool, SampledTool):
                    yield "/".join((*path, tool.name)), tool

    def __repr__(self) -> str:
        """The whole as a table: steps, tools, their kinds, costs, parameters and calls."""
        return draw_program(self)

    def _answer(self, asked: Questions) -> list[Answer]:
        asked = self.read(asked)
        chosen = self.router.rank(asked.texts).argmax(1).numpy()
        found: list[Answer] = [Answer((), None, 0.0)] * len(asked)
        for number, (branch, name) in enumerate(zip(self.branches, self.router.names, strict=True)):
            rows = np.flatnonzero(chosen == number)
            if not len(rows):
                continue
            part, cost = asked.take(rows), self.costs[number]
            if isinstance(branch, Program):
                given = branch._answer(part)
            else:
                given = [Answer((), value, 0.0) for value in branch.answer(part)]
            for row, one in zip(rows, given, strict=True):
                found[row] = Answer((name, *one.path), one.value, cost + one.cost)
        return found


Branch = GradientTool | SampledTool | Program
"""What a router of a program may choose."""


def _make_branch(name: str, tool: Any, *, is_fresh: bool) -> Branch:
    if isinstance(tool, Program):
        return tool
    if isinstance(tool, nn.Module):
        return GradientTool(name, tool)
    return SampledTool(name, tool, is_fresh=is_fresh)


def _check_names(
    router: SoftRouter,
    tools: Mapping[str, Any],
    costs: Mapping[str, float],
    fresh: Collection[str],
) -> None:
    for name in router.names:
        if name not in tools:
            raise DataError(f"the router knows {name!r}, which is none of the tools; add it")
        if not callable(tools[name]):
            raise DataError(f"the tool {name!r} is no module, function or program; give one")
    for name in (*tools, *costs, *fresh):
        if name not in router.names:
            raise DataError(
                f"the router does not know {name!r}; its tools are {', '.join(router.names)}"
            )
    for name, cost in costs.items():
        if not isfinite(cost) or cost < 0:
            raise DataError(f"the cost of {name!r} is {cost}; give a number from 0 on")
