"""Logs of outcomes made from public sets by hiding their labels: a policy takes a tool for every
text, and only whether that tool was right is written down.

The policy is what somebody has before anyone trains: the router in the package, taught five texts
of each tool. It takes a tool with a probability that grows with its confidence, and now and then
any tool, so that each is possible and how probable it was is known exactly.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.datasets import read_unshared
from bench.taught import group_texts
from edge_router import Router
from edge_router.examples import Example, LoggedOutcome

RIGHT = 0.6
"""The share of rounds in which the policy takes the right tool, in the mean."""
UNIFORM = 0.1
"""The share of rounds in which it takes any tool, each as often."""
SHOTS = 5
"""Texts of each tool that it was taught."""
_LEAST = 1e-9
"""Stands for a confidence that is written as 0."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How probably each tool is taken for each text."""

    tools: tuple[str, ...]
    propensities: NDArray[np.float64]
    """[texts, tools], each above 0, with a sum of 1 for each text."""
    sharpness: float
    """The power of the confidences that makes it right as often as it shall be."""


def make_log(
    dataset: str, *, rounds: int, flipped: float = 0.0, seed: int = 0
) -> list[LoggedOutcome]:
    """``rounds`` of the policy over a set's training texts, all once before any twice; of the share
    ``flipped`` of them the reward says the opposite.
    """
    examples = _read_texts(dataset)
    policy = make_policy(examples, seed=seed)
    source = random.Random(f"{dataset} {seed}")
    order = [i for _ in range(-(-rounds // len(examples))) for i in _shuffle(examples, source)]
    log = []
    for i in order[:rounds]:
        chances = policy.propensities[i]
        taken = source.choices(range(len(policy.tools)), weights=chances.tolist())[0]
        is_right = policy.tools[taken] == examples[i].tool
        # drawn whether it counts or not, so that a log with flips has the same rounds
        is_flipped = source.random() < flipped
        log.append(
            LoggedOutcome(
                text=examples[i].text,
                tool=policy.tools[taken],
                propensity=float(chances[taken]),
                reward=float(is_right != is_flipped),
            )
        )
    return log


def make_policy(examples: Sequence[Example], *, seed: int = 0) -> Policy:
    """The policy for the texts of ``examples``, right in the share :data:`RIGHT` of them."""
    router = _teach(examples, seed)
    tools = tuple(sorted(group_texts(examples)))
    logs = np.log([_read_confidences(router, e.text, tools) for e in examples])
    right = np.array([tools.index(str(e.tool)) for e in examples])
    low, high = 0.0, 64.0
    for _ in range(60):
        middle = (low + high) / 2
        mixed = _mix(middle * logs)
        is_less = mixed[np.arange(len(right)), right].mean() < RIGHT
        low, high = (middle, high) if is_less else (low, middle)
    return Policy(tools, _mix(high * logs), high)


def teach_policy(dataset: str, *, seed: int = 0) -> Router:
    """The router that the policy of :func:`make_log` goes by."""
    return _teach(_read_texts(dataset), seed)


def _read_texts(dataset: str) -> list[Example]:
    return [e for e in read_unshared(dataset, "train") if e.tool is not None]


def _teach(examples: Sequence[Example], seed: int) -> Router:
    groups = group_texts(examples)
    source = random.Random(f"shots {seed}")
    shots = {tool: source.sample(groups[tool], SHOTS) for tool in sorted(groups)}
    return Router.base().teach_tools([], examples=shots)


def _read_confidences(router: Router, text: str, tools: Sequence[str]) -> list[float]:
    candidates = router.route(text, top=len(tools) + 1).candidates
    found = {c.tool: c.confidence for c in candidates}
    return [max(found.get(tool, 0.0), _LEAST) for tool in tools]


def _mix(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A softmax of the scores [texts, tools], with the uniform part."""
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return (1 - UNIFORM) * weights / weights.sum(1, keepdims=True) + UNIFORM / scores.shape[1]


def _shuffle(examples: Sequence[Example], source: random.Random) -> list[int]:
    order = list(range(len(examples)))
    source.shuffle(order)
    return order
