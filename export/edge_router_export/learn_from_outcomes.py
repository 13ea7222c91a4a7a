"""What a model learns from logged outcomes: that a tool was taken for a text, and what came of it.

A *worth* is a reward brought to 0 (the worst of the log) to 1 (the best). Five objectives, each a
loss to be made small, ``p`` being the model's probabilities, ``a`` the logged tool, ``q`` its
propensity, ``r`` the worth:

- ``likelihood``: that of the worth, where one tool is right: ``-r log p(a) - (1 - r) log(1 -
  p(a))``. It says as much of a failure as of a success, needs no propensity, and is consistent
  whatever the policy that logged, if ``p`` can be right at all. Where a share ``e`` of the rewards
  says the opposite (the recipe's ``flipped``), ``(1 - e) p + e (1 - p)`` stands for ``p``
  (Natarajan et al., 2013, "Learning with noisy labels").
- ``ips``: the value ``r p(a) / q``, whose gradient is unbiased (Horvitz and Thompson, 1952).
- ``snips``: the same over the sum of ``p(a) / q`` of a batch, which adding a number to all rewards
  does not change (Swaminathan and Joachims, 2015, "The self-normalized estimator"). The mean of
  ``p(a) / q`` is held at 1, which it is for every policy: or else one that takes what was never
  logged would look as good (Joachims et al., 2018, "Deep learning with logged bandit feedback").
- ``dr``: the likelihood, and the value of its own reward model put right by the log, ``sum_b p(b)
  g(b) + (r - g(a)) p(a) / q`` with ``g`` the model's (or its teacher's) probabilities held fixed
  (Dudík, Langford and Li, 2011, arXiv:1103.4601).
- ``each``: the likelihood where several tools may be right, or none: what is expected of a tool is
  the logistic function of its own logit, ``-r log s(a) - (1 - r) log(1 - s(a))``, whatever the
  others' are. Such a router can weigh a reward against a cost where it runs.

Weights ``1 / q`` are clipped at the recipe's ``max_weight``: a little bias for much less variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import logsigmoid

from edge_router.examples import LoggedOutcome
from edge_router_export.recipe import EACH, TrainRecipe

NOT_LOGGED = -1
"""Stands for the tool of a text of which no outcome is known."""
RECIPE_KEYS = ("objective", "flipped", "max_weight", "weak_weight")
"""What of a recipe the losses go by."""
_NEVER = 1e-30
"""Stands for 0 where a logarithm is taken, or a division made."""


@dataclass(frozen=True)
class Feedback:
    """What is known of each text that a model learns from; arrays [texts]."""

    taken: NDArray[np.int64]
    """The answer that was taken, or :data:`NOT_LOGGED`."""
    worth: NDArray[np.float32]
    """What came of it, from 0 to 1."""
    propensity: NDArray[np.float32]
    """The probability with which it was taken; 1 where none was."""
    weight: NDArray[np.float32]
    """What the text counts: 1, less for a weak word, 0 where none was taken."""

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """All of it, in a fixed order."""
        return (self.taken, self.worth, self.propensity, self.weight)

    def lengthen(self, further: int) -> Feedback:
        """The same with so many further texts of which no outcome is known."""
        return _place(self, 0, further)


def make_feedback(
    rows: Sequence[LoggedOutcome],
    worths: Sequence[float],
    answers: dict[str | None, int],
    recipe: TrainRecipe,
    *,
    before: int = 0,
) -> Feedback:
    """The feedback of ``rows``, ``before`` which stand so many texts without any."""
    alone = Feedback(
        np.array([answers[o.tool] for o in rows], np.int64),
        np.array(worths, np.float32),
        np.array([o.propensity for o in rows], np.float32),
        np.array([recipe.weak_weight if o.is_weak else 1.0 for o in rows], np.float32),
    )
    return _place(alone, before, 0)


def _place(feedback: Feedback, before: int, after: int) -> Feedback:
    none = (NOT_LOGGED, 0.0, 1.0, 0.0)
    return Feedback(
        *[
            np.pad(values, (before, after), constant_values=value)
            for values, value in zip(feedback.arrays, none, strict=True)
        ]
    )


def measure_outcome_loss(
    logits: Tensor,
    feedback: Feedback,
    rows: NDArray[np.int64],
    recipe: TrainRecipe,
    guesses: Tensor | None = None,
) -> Tensor:
    """The recipe's objective for the texts ``rows`` with ``logits`` [rows, answers]: the sum over
    those with an outcome, divided by the number of all.

    ``guesses`` [rows, answers] are a reward model's worths, where there is a better one than the
    model's own probabilities.
    """
    batch = _Batch.make(logits, feedback, rows, recipe)
    if recipe.objective in ("likelihood", EACH):
        loss = batch.measure_unlikelihood(recipe.flipped)
    elif recipe.objective == "ips":
        loss = -batch.estimate_value()
    elif recipe.objective == "snips":
        loss = -batch.estimate_normalised_value()
    else:
        known = batch.log_probabilities.detach().exp() if guesses is None else guesses
        loss = batch.measure_unlikelihood(recipe.flipped) - batch.estimate_robust_value(known)
    return loss / len(rows)


@dataclass(frozen=True)
class _Batch:
    """A batch in torch; all but the first [rows]."""

    log_probabilities: Tensor
    """[rows, answers]."""
    logit: Tensor | None
    """Of the logged answers, where each tool is judged by its own."""
    taken: Tensor
    """Column of the logged answer; 0 where there is none."""
    worth: Tensor
    share: Tensor
    """What the row counts; 0 without an outcome."""
    weight: Tensor
    """That, divided by the propensity, clipped."""

    @staticmethod
    def make(
        logits: Tensor, feedback: Feedback, rows: NDArray[np.int64], recipe: TrainRecipe
    ) -> _Batch:
        share = torch.from_numpy(feedback.weight[rows])
        inverse = 1.0 / torch.from_numpy(feedback.propensity[rows])
        taken = torch.from_numpy(np.maximum(feedback.taken[rows], 0))
        own = logits.float().gather(1, taken.unsqueeze(1)).squeeze(1)
        return _Batch(
            logits.float().log_softmax(1),
            own if recipe.objective == EACH else None,
            taken,
            torch.from_numpy(feedback.worth[rows]),
            share,
            share * inverse.clamp_max(recipe.max_weight),
        )

    def of_taken(self, values: Tensor) -> Tensor:
        """``values`` [rows, answers] of the logged answers."""
        return values.gather(1, self.taken.unsqueeze(1)).squeeze(1)

    def take(self) -> Tensor:
        """The probabilities of the logged answers."""
        return self.of_taken(self.log_probabilities).exp()

    def measure_unlikelihood(self, flipped: float) -> Tensor:
        # not 1 - p: where the model is sure and wrong, that has no digits left to learn from
        if self.logit is not None:
            own, others = logsigmoid(self.logit), logsigmoid(-self.logit)
        else:
            own = self.of_taken(self.log_probabilities)
            rest = self.log_probabilities.scatter(1, self.taken.unsqueeze(1), -torch.inf)
            others = rest.logsumexp(1)
        told, turned = log1p(-flipped), log(max(flipped, _NEVER))
        success = torch.logaddexp(own + told, others + turned)
        failure = torch.logaddexp(others + told, own + turned)
        return -(self.share * (self.worth * success + (1 - self.worth) * failure)).sum()

    def estimate_value(self) -> Tensor:
        return (self.weight * self.worth * self.take()).sum()

    def estimate_normalised_value(self) -> Tensor:
        weights, rows = self.weight * self.take(), self.share.sum().clamp_min(_NEVER)
        value = (weights * self.worth).sum() / weights.sum().clamp_min(_NEVER)
        # times the rows that count, so that it is a sum as the others are
        return rows * (value - (weights.sum() / rows - 1).square())

    def estimate_robust_value(self, guesses: Tensor) -> Tensor:
        direct = (self.log_probabilities.exp() * guesses).sum(1)
        left = self.worth - self.of_taken(guesses)
        return (self.share * direct + self.weight * left * self.take()).sum()
