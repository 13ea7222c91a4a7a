"""What stands at the end of a program's choices: a torch module, or a function that is called."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from edge_router.errors import DataError, ToolError
from edge_router_export.program.questions import Questions

Plain = None | bool | int | float | str | Tensor | list["Plain"]
"""What a function may answer: what a checkpoint can hold, so that no call is paid for twice."""

FAILED = None
"""The answer of a function that raised ToolError."""


class GradientTool:
    """A torch module that is given the inputs of many questions as a list, and answers with one row
    a question. It is run for all of them, since what it costs is the processor's time.
    """

    kind = "gradient"

    def __init__(self, name: str, module: nn.Module) -> None:
        self.name = name
        self.module = module

    def answer(self, asked: Questions) -> Sequence[Any]:
        """A row for each question; raises DataError where there are more or fewer."""
        rows: Sequence[Any] = self.module(list(asked.inputs))
        if not isinstance(rows, Tensor | list | tuple) or len(rows) != len(asked):
            count = len(rows) if hasattr(rows, "__len__") else "no"
            raise DataError(
                f"the tool {self.name!r} gave {count} rows for {len(asked)} questions; a module "
                "gets a list of inputs and gives one row for each"
            )
        return rows


class SampledTool:
    """A function of one input, local or remote: called for the questions that it is drawn for, and
    never twice for one unless it is ``fresh``, since a call may cost money.
    """

    kind = "sampled"

    def __init__(
        self, name: str, function: Callable[[Any], Any], *, is_fresh: bool = False
    ) -> None:
        """``is_fresh``: it may answer otherwise the next time, and is asked each time."""
        self.name = name
        self.function = function
        self.is_fresh = is_fresh
        self.calls = 0
        """How often it was called."""
        self._known: dict[Hashable, Plain] = {}

    def knows(self, given: Any) -> bool:
        """Whether its answer is known without a call."""
        return not self.is_fresh and self._key(given) in self._known

    def answer(self, asked: Questions) -> Sequence[Any]:
        """The answer to each question, :data:`FAILED` where the function raised ToolError."""
        return [self._answer(given) for given in asked.inputs]

    def state_dict(self) -> dict[str, Any]:
        """The calls and what they answered, for a checkpoint."""
        return {"calls": self.calls, "known": list(self._known.items())}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes what :meth:`state_dict` gave, in place of what it knew."""
        self.calls = state["calls"]
        self._known = dict(state["known"])

    def _answer(self, given: Any) -> Plain:
        if self.knows(given):
            return self._known[self._key(given)]
        self.calls += 1
        try:
            found = _make_plain(self.function(given), self.name)
        except ToolError:
            found = FAILED
        if not self.is_fresh:
            self._known[self._key(given)] = found
        return found

    def _key(self, given: Any) -> Hashable:
        if not isinstance(given, Hashable) or isinstance(given, Tensor):  # hashed by its place
            raise DataError(
                f"the input {given!r} of the tool {self.name!r} cannot be told from others; give "
                "tuples, numbers or texts, or name the tool in fresh="
            )
        return given


def _make_plain(found: Any, tool: str) -> Plain:
    if isinstance(found, np.generic):
        found = found.item()
    if isinstance(found, list | tuple):
        return [_make_plain(one, tool) for one in found]
    if found is None or isinstance(found, bool | int | float | str | Tensor):
        return found
    raise DataError(
        f"the tool {tool!r} answered with a {type(found).__name__}; give a number, a text, a "
        "tensor, or a list of these"
    )
