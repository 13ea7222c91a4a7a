"""Reads logged outcomes into what can be learnt from: those with a propensity, their rewards on one
scale, a share of the texts held out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge_router.errors import DataError
from edge_router.examples import Example, LoggedOutcome, normalize, read_outcomes
from edge_router_export.recipe import EACH, TrainRecipe

MOST_OF_FEW = 300
"""Held-out rows that a small log gives up to a third of itself for: with fewer, nothing can be said
of the router.
"""


@dataclass(frozen=True)
class Logged:
    """The outcomes of a training."""

    train: tuple[LoggedOutcome, ...]
    """What the model learns from."""
    held_out: tuple[LoggedOutcome, ...]
    """What it is judged by; no text of these is among the others."""
    lowest: float
    """Worst reward of the log, costs taken off."""
    highest: float
    """Its best."""
    cost_weight: float = 0.0
    """What a cost of 1 takes off."""

    def worths(self, rows: Iterable[LoggedOutcome]) -> list[float]:
        """The rewards of ``rows``, costs taken off, from 0 (worst of the log) to 1 (best)."""
        span = self.highest - self.lowest
        return [(net_reward(o, self.cost_weight) - self.lowest) / span for o in rows]

    def mean_cost(self, tool: str | None) -> float:
        """What ``tool`` cost when it was taken."""
        costs = [o.cost for o in (*self.train, *self.held_out) if o.tool == tool]
        return sum(costs) / len(costs)


def net_reward(outcome: LoggedOutcome, cost_weight: float) -> float:
    """The reward less what it cost."""
    return outcome.reward - cost_weight * outcome.cost


def read_logs(paths: Sequence[Path], most: int) -> list[LoggedOutcome]:
    """The rows of all these files, with the ``most`` characters that a router reads of a text.

    Raises DataError where a file has none.
    """
    rows: list[LoggedOutcome] = []
    for path in paths:
        found = read_outcomes(path)
        if not found:
            raise DataError(
                "holds no outcomes; of a journal, edge-router export --outcomes writes those of "
                "which somebody said whether they were right",
                file=str(path),
            )
        rows += found
    return [
        replace(o, text=o.text.lstrip()[:most]) if len(o.text.lstrip()) > most else o for o in rows
    ]


def take_as_labels(rows: Sequence[LoggedOutcome], recipe: TrainRecipe) -> list[Example]:
    """The rows without a propensity whose reward is good, as labelled examples; of one text the
    last.
    """
    found = {
        normalize(o.text): Example(o.text, o.tool, (), o.file, o.line)
        for o in rows
        if o.propensity is None and o.reward >= recipe.good_reward
    }
    return list(found.values())


def refuse_unknown(rows: Sequence[LoggedOutcome]) -> None:
    """Raises DataError where a row has no propensity."""
    unknown = [o for o in rows if o.propensity is None]
    if unknown:
        more = f"; {len(unknown) - 1} further rows have none either" if len(unknown) > 1 else ""
        raise DataError(
            "has no propensity, and without the probability with which its tool was taken nobody "
            "can tell what other tools would have earned; log it (1 where the tool is always the "
            "same for the text), leave the row out, or take rewarded rows without one as labels: "
            f"--without-propensity labels{more}",
            file=unknown[0].file,
            line=unknown[0].line,
        )


def rewarded(rows: Iterable[LoggedOutcome], recipe: TrainRecipe) -> list[Example]:
    """The rows whose reward is good, as examples of the tools that were taken."""
    return [
        Example(o.text, o.tool, (), o.file, o.line) for o in rows if o.reward >= recipe.good_reward
    ]


def split_log(
    rows: Sequence[LoggedOutcome],
    held_back: Collection[str],
    declared: Collection[str],
    recipe: TrainRecipe,
) -> tuple[Logged, list[str]]:
    """The rows that can be learnt from, a share of their texts held out, and what is worth a look:
    how many were left out, and why. ``held_back`` are normalised texts that must not be trained on;
    ``declared`` are the tools of a tools file, where there is one.

    Raises DataError where nothing can be learnt.
    """
    known = {o.tool for o in rows if o.reward >= recipe.good_reward}
    left_out: Counter[str] = Counter()
    kept = []
    for outcome in rows:
        if declared and outcome.tool is not None and outcome.tool not in declared:
            left_out[f"the tool {outcome.tool} is not in the tools file"] += 1
        elif reason := _find_reason(outcome, held_back, known):
            left_out[reason] += 1
        else:
            kept.append(outcome)
    goes_each = recipe.objective == EACH
    if goes_each:
        _refuse_off_scale(kept)
    cost_weight = 0.0 if goes_each else recipe.cost_weight
    nets = [net_reward(o, cost_weight) for o in kept]
    if not kept or min(nets) == max(nets):
        raise DataError(
            "has nothing to learn from: all rewards are the same; log failures as well",
            file=rows[0].file,
        )
    held = _hold_out(kept, recipe)
    logged = Logged(
        tuple([o for o in kept if normalize(o.text) not in held]),
        tuple([o for o in kept if normalize(o.text) in held]),
        0.0 if goes_each else min(nets),
        1.0 if goes_each else max(nets),
        cost_weight,
    )
    return logged, [f"{count} logged rows are left out: {why}" for why, count in left_out.items()]


def _refuse_off_scale(rows: Sequence[LoggedOutcome]) -> None:
    """Raises DataError where a reward is no share of a success: what is expected of a tool must
    mean the same in every log.
    """
    for outcome in rows:
        if not 0 <= outcome.reward <= 1:
            raise DataError(
                f"its reward is {outcome.reward:g}; objective = each takes rewards from 0 to 1: "
                "bring them to that scale",
                file=outcome.file,
                line=outcome.line,
            )


def _find_reason(
    outcome: LoggedOutcome, held_back: Collection[str], known: Collection[str | None]
) -> str | None:
    key = normalize(outcome.text)
    if not key:
        return "their text is empty"
    if key in held_back:
        return "their texts are held-out or test texts, too"
    if outcome.tool not in known:
        name = "no tool" if outcome.tool is None else outcome.tool
        return f"{name} was never rewarded, so that the router will not know it"
    return None


def _hold_out(rows: Sequence[LoggedOutcome], recipe: TrainRecipe) -> set[str]:
    """The normalised texts that are held out: whole texts, so that none is on both sides."""
    texts = list(dict.fromkeys(normalize(o.text) for o in rows))
    random.Random(f"{recipe.seed} outcomes").shuffle(texts)
    count = max(recipe.valid_share * len(texts), min(MOST_OF_FEW, len(texts) / 3))
    return set(texts[: round(count)])
