"""Which of two routers is the better one, by what came of the tools that were taken before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_router.decision import Decision
from edge_router.errors import DataError
from edge_router.examples import LoggedOutcome, normalize
from edge_router.off_policy import (
    Estimate,
    Guesses,
    Numbers,
    Value,
    estimate_mean,
    estimate_value,
    measure_worth,
)

_FOLDS = 5
_RIDGE = 1.0
"""As if so many rows had said nothing of the confidences: few rows cannot tear the model away."""
_ALL = 1 << 30
"""Candidates: more than any router has tools."""


class RoutesText(Protocol):
    """A router, as far as it matters here."""

    def route(
        self, text: str, *, threshold: float | None = None, top: int | None = None
    ) -> Decision:
        """The decision for one text, with its ``top`` candidates."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two routers on one log."""

    rows: int
    """Logged outcomes."""
    texts: int
    """Texts among them that differ in more than case and white space."""
    logged: float
    """The mean worth of what was logged."""
    old: Value
    """What the first is worth."""
    new: Value
    """What the second is worth."""
    gain: Estimate
    """The second less the first, more certain than both, since they mostly agree."""
    differing: int
    """Rows for which they take different tools."""

    @property
    def is_sound(self) -> bool:
        """The log says enough of both for the intervals to be ones."""
        return self.old.is_sound and self.new.is_sound

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {**asdict(self), "is_sound": self.is_sound}


def compare(
    old: RoutesText,
    new: RoutesText,
    outcomes: Sequence[LoggedOutcome],
    *,
    threshold: float | None = None,
    cost_weight: float = 0.0,
    abstention_reward: float | None = None,
) -> Comparison:
    """Both routers' doubly robust values, and the difference.

    A row's worth is its reward less ``cost_weight`` times its cost. What a router abstains from is
    worth ``abstention_reward``, or what the rows without a tool say. A tool that must be confirmed
    counts as taken. Raises DataError where there is no row, one has no propensity, or nothing says
    what abstaining is worth.
    """
    log = _read_log(outcomes, cost_weight)
    decisions = [
        [router.route(o.text, threshold=threshold, top=_ALL) for o in outcomes]
        for router in (old, new)
    ]
    taken = [[d.tool or d.proposed for d in made] for made in decisions]
    if abstention_reward is None:
        _check_abstentions(log, taken)
    model = _fit_rewards(_describe(decisions, log.tools), log)
    of_logged = np.sum(model * _describe(decisions, log.tools), 1)
    values, worths = [], []
    for tools in taken:
        guesses = Guesses(of_logged, np.sum(model * _describe(decisions, tools), 1))
        value, worth = _value(tools, log, guesses, abstention_reward)
        values.append(value)
        worths.append(worth)
    return Comparison(
        rows=len(outcomes),
        texts=int(log.texts.max()) + 1,
        logged=float(log.worths.mean()),
        old=values[0],
        new=values[1],
        gain=estimate_mean(worths[1] - worths[0], log.texts),
        differing=sum(a != b for a, b in zip(*taken, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Log:
    """What was logged, [rows]."""

    tools: list[str | None]
    worths: Numbers
    propensities: Numbers
    texts: NDArray[np.int64]
    """Numbers from 0 on, equal for equal texts."""


def _read_log(outcomes: Sequence[LoggedOutcome], cost_weight: float) -> _Log:
    if not outcomes:
        raise DataError("there is nothing to judge by; give a log with at least one outcome")
    numbers: dict[str, int] = {}
    for o in outcomes:
        if o.propensity is None:
            problem = (
                "has no propensity: what was always taken says nothing of a router that takes "
                "something else; log with a router that explores, or leave such rows out"
            )
            raise DataError(problem, file=o.file or None, line=o.line or None)
        numbers.setdefault(normalize(o.text), len(numbers))
    return _Log(
        [o.tool for o in outcomes],
        np.array([o.reward - cost_weight * o.cost for o in outcomes]),
        np.array([o.propensity for o in outcomes], np.float64),
        np.array([numbers[normalize(o.text)] for o in outcomes]),
    )


def _check_abstentions(log: _Log, taken: Sequence[Sequence[str | None]]) -> None:
    abstained = max(tools.count(None) for tools in map(list, taken))
    if abstained and None not in log.tools:
        raise DataError(
            f"a router abstains on {abstained} of the texts, and the log has no row without a "
            "tool: say what an abstention is worth (--abstention-reward 0.9, such as a remote "
            "model's share of right answers)"
        )


def _describe(
    decisions: Sequence[Sequence[Decision]], tools: Sequence[str | None]
) -> NDArray[np.float64]:
    """What the model of the reward goes by, [rows, 1 + routers]: a one, and the confidence that
    each router has in the row's tool of ``tools``.
    """
    columns = [np.ones(len(tools))]
    for made in decisions:
        found = [
            next((c.confidence for c in decision.candidates if c.tool == tool), 0.0)
            for decision, tool in zip(made, tools, strict=True)
        ]
        columns.append(np.array(found))
    return np.stack(columns, 1)


def _fit_rewards(features: NDArray[np.float64], log: _Log) -> NDArray[np.float64]:
    """The model of the worth for each row, [rows, 1 + routers]: a line through the confidences,
    fitted to the rows of other texts (cross-fitting: Chernozhukov et al., 2018).
    """
    fold = log.texts % _FOLDS
    pull = _RIDGE * np.diag([0.0] + [1.0] * (features.shape[1] - 1))
    model = np.zeros_like(features)
    for number in range(_FOLDS):
        inside, outside = fold == number, fold != number
        if outside.any():
            seen, worths = features[outside], log.worths[outside]
            model[inside] = np.linalg.solve(seen.T @ seen + pull, seen.T @ worths)
    return model


def _value(
    tools: Sequence[str | None], log: _Log, guesses: Guesses, abstention_reward: float | None
) -> tuple[Value, Numbers]:
    """A router's value, and each row's part of it."""
    takes = np.array([float(a == b) for a, b in zip(tools, log.tools, strict=True)])
    worths, propensities = log.worths, log.propensities
    if abstention_reward is not None:
        # what abstaining is worth is known, as if it had been tried on each of these texts
        abstains = np.array([tool is None for tool in tools])
        known = np.full(len(takes), abstention_reward)
        takes = np.where(abstains, 1.0, takes)
        propensities = np.where(abstains, 1.0, propensities)
        worths = np.where(abstains, known, worths)
        guesses = Guesses(
            np.where(abstains, known, guesses.of_logged),
            np.where(abstains, known, guesses.of_taken),
        )
    value = estimate_value(worths, propensities, takes, guesses=guesses, texts=log.texts)
    return value, measure_worth(worths, takes / propensities, guesses)
