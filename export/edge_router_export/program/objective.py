"""What is wanted of a program's answers, and what counts as a right one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import torch
from torch import Tensor

from edge_router.errors import DataError
from edge_router_export.program.leaf import FAILED

Loss = Callable[[Any, Any], Tensor | float]
"""How wrong one answer is, given the right one: a number, or a tensor of one."""
IsRight = Callable[[Any, Any], bool]
"""Whether one answer is the right one."""

_CLOSE = 1e-3
"""Two floats this close, relative to the larger, are the same answer by :func:`is_right`."""


@dataclass(frozen=True)
class Objective:
    """The loss with what it costs to answer."""

    loss: Loss
    """Of one answer."""
    cost_weight: float = 1.0
    """What one unit of cost weighs beside the loss."""
    failed_loss: float = 1.0
    """The loss where a tool has no answer."""

    def measure(self, tool: str, given: Sequence[Any], answers: Sequence[Any]) -> Tensor:
        """The loss of each answer that ``tool`` gave [texts], without its cost; raises DataError
        where one is no finite number.
        """
        pairs = zip(given, answers, strict=True)
        return torch.stack([self._measure(tool, got, answer) for got, answer in pairs])

    def _measure(self, tool: str, got: Any, answer: Any) -> Tensor:
        found = self.failed_loss if got is FAILED else self.loss(got, answer)
        value = found if isinstance(found, Tensor) else torch.tensor(float(found))
        if value.numel() != 1:
            raise DataError(
                f"the loss of one answer of the tool {tool!r} has the shape {list(value.shape)}; "
                "it gets one answer and must give one number, such as its mean"
            )
        if not isfinite(value.item()):
            raise DataError(
                f"the loss of the tool {tool!r} is {value.item()} where the right answer is "
                f"{answer!r}; give a loss that is finite for every answer, or lower the rate"
            )
        return value.reshape(())


def is_right(got: Any, answer: Any) -> bool:
    """Whether an answer is the right one, where nobody says what that means: numbers that agree
    to a thousandth, the class with the highest score, else values that are equal.
    """
    if got is FAILED:
        return False
    if isinstance(got, Tensor) and got.numel() > 1:
        return int(got.argmax()) == int(answer)
    if isinstance(got, Tensor | int | float) and isinstance(answer, Tensor | int | float):
        one, other = float(got), float(answer)
        return abs(one - other) <= _CLOSE * max(abs(one), abs(other))
    return bool(got == answer)
