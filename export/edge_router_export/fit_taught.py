"""How sure a router is of tools that are taught on the device: fitted on many small sets of tools,
each taught as a user would teach it, with texts that belong to none of them.

What is measured is what runs: ``TaughtTools.logits`` of the shipped arithmetic.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from edge_router.bundle import PolicyNumbers, Teaching, read_bundle
from edge_router.errors import DataError
from edge_router.examples import Example, read_examples
from edge_router.routing.calibration import Calibration
from edge_router.routing.embedding import COSINE
from edge_router.routing.engine import EMBEDDING, Engine
from edge_router.routing.reader import Reader
from edge_router.routing.taught_head import weigh_halvings
from edge_router.routing.taught_tools import TaughtTools, rest_logit
from edge_router.routing.tokenizer import Tokenizer
from edge_router.tool import Tool
from edge_router.tools.file import read_tools
from edge_router_export.fit_threshold import fit_threshold
from edge_router_export.recipe import PretrainRecipe
from edge_router_export.restore import find_base

SHOTS = (1, 3, 5, 10)
"""Examples of each tool; where the tools have descriptions, they are also taught by these alone."""
OCTAVES = 15
"""Sets of 1, 2, 4, ... up to 2**14 tools are tried."""
MOST_SURPRISE = 8.0
"""Nats."""
OWN_SHARE = 0.8
"""Of the texts that a router gets, those that belong to its tools: what a threshold lets through of
the others depends on how many there are.
"""
TEXTS = 300
"""Of the taught tools in a trial; half as many of the others of their set, and of strangers."""
_FIRST = Teaching(halving=COSINE // 16, rest=(0,), policy=PolicyNumbers(0.0, 1.0))


@dataclass(frozen=True)
class ToolSet:
    """Labelled texts of tools that belong together, as one router would have them."""

    tools: tuple[Tool, ...]
    """All of them."""
    examples: tuple[Example, ...]
    """Their texts; those with ``None`` as tool fit none of them."""


@dataclass(frozen=True)
class Trial:
    """What a router said that was taught some of a set's tools."""

    tools: int
    """How many it was taught."""
    logits: NDArray[np.int64]
    """[texts, tools + 1], the last for the rest."""
    labels: NDArray[np.int64]
    """[texts], the right one of the tools; ``tools``: none of them."""

    @property
    def tells_both(self) -> bool:
        """Whether it has texts of its tools and texts of none."""
        return 0 < np.count_nonzero(self.labels == self.tools) < len(self.labels)


class TextEncoder:
    """A base's tokenizer and model, as the trials need them."""

    def __init__(self, tokenizer: Tokenizer, model: bytes) -> None:
        """Both as the bundle will have them."""
        engine = Engine(model, outputs=[EMBEDDING], max_tokens=tokenizer.max_tokens)
        self.reader = Reader(tokenizer, lambda ids: engine.run(ids, EMBEDDING))
        self._tokenizer, self._engine = tokenizer, engine
        self._known: dict[str, tuple[list[int], NDArray[np.int32]] | None] = {}

    def read(self, text: str) -> tuple[list[int], NDArray[np.int32]] | None:
        """A text's ids and embedding; ``None`` where it holds no token."""
        if text not in self._known:
            ids = self._tokenizer.encode(text).ids
            self._known[text] = (ids, self._engine.run(ids, EMBEDDING)) if ids else None
        return self._known[text]


def fit_taught(
    sets: Sequence[ToolSet],
    strangers: Sequence[str],
    encoder: TextEncoder,
    recipe: PretrainRecipe,
) -> Teaching:
    """The numbers for teaching that make what is right in the trials likeliest, and the confidence
    from which no more than the recipe's share of their answers is wrong.

    ``strangers`` are texts of all kinds, few of which belong to any of the tools.
    """
    trials = list(make_trials(sets, strangers, encoder, recipe.seed))

    def loss(scale: float) -> float:
        return float(np.mean([found for _, found in _fit_rests(trials, scale).values()]))

    scale = float(minimize_scalar(loss, bounds=(3.0, 40.0), method="bounded").x)
    rests = {octave: rest for octave, (rest, _) in _fit_rests(trials, scale).items()}
    # more tools are more to be mistaken for: where few trials say otherwise, they are not believed
    known = np.maximum.accumulate([rests[octave] for octave in sorted(rests)])
    rest = np.interp(np.arange(max(rests) + 1), sorted(rests), known)
    teaching = replace(
        _FIRST,
        halving=round(np.log(2) / scale * COSINE),
        rest=tuple([round(value * COSINE) for value in rest.tolist()]),
    )
    return replace(teaching, policy=_fit_policy(trials, teaching, recipe.taught_max_error))


def find_teaching() -> Teaching:
    """The numbers of the base in the package; raises DataError where it has none."""
    part = read_bundle(find_base("base")).manifest.parts.embedding
    if part is None or part.teaching is None:
        raise DataError("the package's base has no numbers for teaching; name sets of tools")
    return part.teaching


def read_tool_sets(paths: Sequence[Path]) -> list[ToolSet]:
    """The tools and texts of each file; raises DataError where one has no tool with a text."""
    found = []
    for path in paths:
        if path.suffix.lower() in (".jsonl", ".csv"):
            described, examples = [], read_examples(path)
        else:
            described, examples = read_tools(path)
        by_name = {tool.name: tool for tool in described}
        names = sorted({example.tool for example in examples if example.tool})
        if not names:
            raise DataError("has no tool with a text; give files of examples", file=str(path))
        tools = tuple([by_name.get(name, Tool(name)) for name in names])
        found.append(ToolSet(tools, tuple(examples)))
    return found


def make_trials(
    sets: Sequence[ToolSet], strangers: Sequence[str], encoder: TextEncoder, seed: int
) -> Iterator[Trial]:
    """Every set in sizes of 1, 2, 4, ... tools up to all of them, by every number of examples;
    small sizes several times.
    """
    for number, tools in enumerate(sets):
        sizes = {min(1 << octave, len(tools.tools)) for octave in range(OCTAVES)}
        is_described = all(tool.description for tool in tools.tools)
        for size in sorted(sizes):
            for shots in (0, *SHOTS) if is_described else SHOTS:
                for again in range(max(1, min(5, 16 // size))):
                    source = random.Random(f"{seed} {number} {size} {shots} {again}")
                    trial = _try(tools, strangers, size, shots, source, encoder)
                    if trial.tells_both:
                        yield trial


def _try(
    tools: ToolSet,
    strangers: Sequence[str],
    size: int,
    shots: int,
    source: random.Random,
    encoder: TextEncoder,
) -> Trial:
    chosen = sorted(source.sample(tools.tools, size), key=lambda tool: tool.name)
    if shots and source.random() < 0.5:  # descriptions beside examples are worth a try, too
        chosen = [Tool(tool.name) for tool in chosen]
    names = [tool.name for tool in chosen]
    by_tool: dict[str | None, list[str]] = {}
    for example in source.sample(tools.examples, len(tools.examples)):
        by_tool.setdefault(example.tool, []).append(example.text)
    taught = TaughtTools(
        chosen,
        [(text, name) for name in names for text in by_tool[name][:shots]],
        reader=encoder.reader,
        teaching=_FIRST,
    )
    each = max(2, TEXTS // size)
    asked = [(t, i) for i, n in enumerate(names) for t in by_tool[n][shots : shots + each]]
    near = [text for name, texts in by_tool.items() if name not in names for text in texts]
    for texts in (near, strangers):
        asked += [(t, size) for t in source.sample(texts, min(TEXTS // 2, len(texts)))]
    read = [(taught.logits(*found)[1], i) for t, i in asked if (found := encoder.read(t))]
    return Trial(
        size, np.array([logits for logits, _ in read], np.int64), np.array([i for _, i in read])
    )


def _fit_rests(trials: Sequence[Trial], scale: float) -> dict[int, tuple[float, float]]:
    """By octave of the number of tools the rest's cosine that makes the trials likeliest, at
    ``scale`` nats a cosine, and the loss that is left.
    """
    by_octave: dict[int, list[Trial]] = {}
    for trial in trials:
        by_octave.setdefault(trial.tools.bit_length() - 1, []).append(trial)
    found = {}
    for octave, group in by_octave.items():
        losses = [_loss_by_rest(trial, scale) for trial in group]
        fitted = minimize_scalar(
            lambda rest, losses=losses: float(np.mean([loss(rest) for loss in losses])),
            bounds=(0.0, 2.0),
            method="bounded",
        )
        found[octave] = (float(fitted.x), float(fitted.fun))
    return found


def _loss_by_rest(trial: Trial, scale: float) -> Callable[[float], float]:
    """The trial's mean surprise as a function of the rest's cosine."""
    nats = trial.logits[:, :-1] * (scale / COSINE)
    is_own = trial.labels < trial.tools
    tools = np.logaddexp.reduce(nats, axis=1)
    own = nats[np.flatnonzero(is_own), trial.labels[is_own]]

    def loss(rest: float) -> float:
        total = np.logaddexp(tools, scale * rest)
        # a text may be mislabelled: beyond this no single one counts for more
        surprise = np.minimum(total[is_own] - own, MOST_SURPRISE).mean()
        strangers = np.minimum(total[~is_own] - scale * rest, MOST_SURPRISE).mean()
        return float(OWN_SHARE * surprise + (1 - OWN_SHARE) * strangers)

    return loss


def _fit_policy(trials: Sequence[Trial], teaching: Teaching, max_error: float) -> PolicyNumbers:
    confidences: list[float] = []
    is_right: list[bool] = []
    shift, weights = weigh_halvings(teaching.halving)
    for trial in trials:
        labels = [*map(str, range(trial.tools)), None]
        calibration = Calibration(shift=shift, weights=weights, labels=labels, top=1)
        logits = trial.logits.astype(np.int32)
        logits[:, -1] = rest_logit(teaching.rest, trial.tools)
        for number in _as_they_come(trial):
            (best,) = calibration.rank(logits[number])
            if best.tool is not None:
                confidences.append(best.confidence)
                is_right.append(int(best.tool) == trial.labels[number])
    promise = fit_threshold(confidences, is_right, max_error=max_error)
    return PolicyNumbers(promise.threshold, promise.max_error)


def _as_they_come(trial: Trial) -> list[int]:
    """The numbers of the trial's own texts, and of as many others as come with so many."""
    is_own = trial.labels < trial.tools
    own, strangers = np.flatnonzero(is_own).tolist(), np.flatnonzero(~is_own).tolist()
    count = round(len(own) * (1 - OWN_SHARE) / OWN_SHARE)
    return own + strangers[:: max(1, len(strangers) // max(count, 1))]
