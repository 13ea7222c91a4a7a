"""The gradient of a program's expected loss, exact where tools are torch modules, sampled where
they are not.

With the shares p of the tools for a text and their losses l, what is minimised is the expected loss
``sum p_t l_t``. Where l_t is known (a torch module, or a function whose answer was paid for
before) its term is summed as it stands. Of the other tools one is drawn at most, from q, and its
term is ``(p / q) l``, whose gradient is that of the score-function estimator (Williams, 1992,
REINFORCE) and unbiased. From every loss a baseline is taken, the mean of the other questions of the
batch (leave-one-out; Kool et al., 2019), which leaves the gradient's mean as it is, since the
shares of a text sum to 1, and makes it vary less.

That alone would settle early on whatever tool is right most often, and never try the others again.
So ``spread`` times the entropy of the shares is taken from the loss, less and less (Williams and
Peng, 1991): with it, the best shares are ``softmax(-l / spread)``, a choice by losses with a
temperature that falls.

Hard, the best tool has all the weight forward, and the shares pass the gradient (straight-through;
Bengio et al., 2013, arXiv:1308.3432): modules learn from the questions that they will get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edge_router.errors import DataError
from edge_router_export.program.leaf import GradientTool, SampledTool
from edge_router_export.program.objective import Objective
from edge_router_export.program.questions import Questions
from edge_router_export.program.schedule import PREDICTIONS, Mood

if TYPE_CHECKING:
    from edge_router_export.program.program import Branch, Program


@dataclass(frozen=True)
class Estimate:
    """Of the expected loss of each question."""

    surrogate: Tensor
    """[texts]; only its gradient means anything."""
    value: Tensor
    """[texts], without a gradient; its mean over draws is the expected loss."""


@dataclass(frozen=True)
class _Column:
    """One tool, or the mixture of several, for the questions that it is asked."""

    rows: NDArray[np.int64]
    """The questions by their numbers."""
    weight: Tensor
    """[rows], what its loss weighs; the gradient of the shares passes here."""
    inner: Tensor
    """[rows], what the gradient of its own weighs."""
    estimate: Estimate
    """[rows], its loss with its cost."""


def estimate_loss(program: Program, asked: Questions, objective: Objective, mood: Mood) -> Estimate:
    """Of a program's expected loss, costs included; functions are called for what was drawn."""
    asked = program.read(asked)
    shares = (program.router(asked.texts, mood.dropout) / mood.temperature).softmax(1)
    columns = _list_columns(program, asked, shares, objective, mood)
    value = torch.zeros(len(asked))
    for column in columns:
        weighed = column.weight.detach() * column.estimate.value
        value = value.index_add(0, torch.from_numpy(column.rows), weighed)
    baseline = _leave_one_out(value)
    surrogate = mood.spread * (shares * shares.clamp_min(1e-9).log()).sum(1)
    for column in columns:
        rows = torch.from_numpy(column.rows)
        own = column.estimate.surrogate
        term = column.weight * (column.estimate.value - baseline[rows])
        term = term + column.inner * (own - own.detach())
        surrogate = surrogate.index_add(0, rows, term)
    return Estimate(surrogate, value)


def harden(shares: Tensor) -> Tensor:
    """One for each row's largest share and zero for the others; its gradient is the shares' own."""
    best = nn.functional.one_hot(shares.argmax(1), shares.shape[1]).to(shares.dtype)
    return best + shares - shares.detach()


def _list_columns(
    program: Program, asked: Questions, shares: Tensor, objective: Objective, mood: Mood
) -> list[_Column]:
    everything = np.arange(len(asked))
    weights = harden(shares) if mood.is_hard else shares
    drawn, odds = _draw(shares.detach(), program.costs, mood)
    mixed = _list_mixed(program) if mood.mix == PREDICTIONS else []
    columns = []
    if mixed:
        whole = shares[:, mixed].sum(1)
        estimate = _mix_predictions(program, asked, shares, mixed, objective, mood)
        columns.append(_Column(everything, whole, whole.detach(), estimate))
    for number, branch in enumerate(program.branches):
        if number in mixed:
            continue
        is_known = knows(branch, asked)
        is_asked = is_known | (drawn == number)
        rows = everything[is_asked]
        if not len(rows):
            continue
        estimate = _ask(branch, asked.take(rows), objective, mood)
        paid = torch.from_numpy(is_known[is_asked])
        fair = shares[rows, number] / odds[rows, number]
        weight = torch.where(paid, weights[rows, number], fair)
        total = estimate.value + objective.cost_weight * program.costs[number]
        columns.append(_Column(rows, weight, weight.detach(), Estimate(estimate.surrogate, total)))
    return columns


def knows(branch: Branch, asked: Questions) -> NDArray[np.bool_]:
    """Of which questions the loss is had without a call [texts]."""
    if isinstance(branch, SampledTool):
        return np.array([branch.knows(given) for given in asked.inputs], np.bool_)
    return np.full(len(asked), isinstance(branch, GradientTool) or not branch.is_sampled)


def _draw(shares: Tensor, costs: Sequence[float], mood: Mood) -> tuple[NDArray[np.int64], Tensor]:
    """A tool for each question, and the chance of every tool to be drawn [texts, tools]: its share,
    less where it is dear, since whatever the chance is, the gradient's mean stays the same.
    """
    odds = (1 - mood.explore) * shares + mood.explore / shares.shape[1]
    if dearest := max(costs):
        odds = odds / (1 + mood.thrift * torch.tensor(costs) / dearest)
        odds = odds / odds.sum(1, keepdim=True)
    return torch.multinomial(odds, 1).squeeze(1).numpy(), odds


def _ask(branch: Branch, asked: Questions, objective: Objective, mood: Mood) -> Estimate:
    if not isinstance(branch, GradientTool | SampledTool):
        return estimate_loss(branch, asked, objective, mood)
    losses = objective.measure(branch.name, branch.answer(asked), asked.answers)
    return Estimate(losses, losses.detach())


def _list_mixed(program: Program) -> list[int]:
    """The numbers of the modules, where there are several to mix."""
    branches = enumerate(program.branches)
    numbers = [number for number, branch in branches if isinstance(branch, GradientTool)]
    return numbers if len(numbers) > 1 else []


def _mix_predictions(
    program: Program,
    asked: Questions,
    shares: Tensor,
    mixed: list[int],
    objective: Objective,
    mood: Mood,
) -> Estimate:
    """Of the loss of what the modules say together, each by its share among them."""
    tools = [program.branches[number] for number in mixed]
    said = [tool.answer(asked) for tool in tools if isinstance(tool, GradientTool)]
    if not all(isinstance(one, Tensor) and one.shape == said[0].shape for one in said):
        raise DataError(
            "the predictions of the torch modules are not tensors of one shape, which cannot be "
            "mixed; set mix='losses'"
        )
    among = shares[:, mixed] / shares[:, mixed].sum(1, keepdim=True)
    among = harden(among) if mood.is_hard else among
    stacked = torch.stack([one for one in said if isinstance(one, Tensor)], 1)
    together = (among.reshape(*among.shape, *[1] * (stacked.dim() - 2)) * stacked).sum(1)
    losses = objective.measure(" + ".join(tool.name for tool in tools), together, asked.answers)
    costs = torch.tensor([program.costs[number] for number in mixed])
    total = losses + objective.cost_weight * (among * costs).sum(1)
    return Estimate(total, total.detach())


def _leave_one_out(values: Tensor) -> Tensor:
    """The mean of the others; 0 for one alone."""
    return (values.sum() - values) / max(1, len(values) - 1)
