"""Reads the files of a training into examples that are checked, split and told apart by use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from edge_router.errors import DataError, RecipeError
from edge_router.examples import Example, LoggedOutcome, drop_weak, normalize, read_examples
from edge_router.tool import Tool
from edge_router.tools.file import read_tools
from edge_router_export.load_outcomes import (
    Logged,
    read_logs,
    refuse_unknown,
    rewarded,
    split_log,
    take_as_labels,
)
from edge_router_export.pack import MAX_CHARS_PER_TOKEN
from edge_router_export.recipe import EACH, NONE, TrainRecipe
from edge_router_export.validate import validate

ENOUGH_TO_HOLD_OUT = 3000
"""From so many examples on a share of them is held out; below, cross-validation makes every one
count twice.
"""


@dataclass(frozen=True, kw_only=True)
class Files:
    """What a training reads."""

    examples: tuple[Path, ...]
    """Labelled examples, JSONL or CSV."""
    tools: Path | None = None
    """Tools with their descriptions and examples, YAML or JSON."""
    valid: tuple[Path, ...] = ()
    """Examples to calibrate on; never trained on."""
    test: tuple[Path, ...] = ()
    """Examples for the report alone."""
    takes_weak: bool = False
    """Also learn from the weak examples among ``examples``; none is ever held out."""
    outcomes: tuple[Path, ...] = ()
    """Logged outcomes, JSONL."""
    takes_labels: bool = False
    """Rewarded outcomes without a propensity are examples; otherwise they are refused."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in this order."""
        tools = [self.tools] if self.tools else []
        return (*self.examples, *tools, *self.valid, *self.test, *self.outcomes)


@dataclass(frozen=True)
class Data:
    """The examples, split."""

    train: tuple[Example, ...]
    """What the model learns from."""
    valid: tuple[Example, ...]
    """Held-out examples, those that fit no tool also where training has no such; empty where the
    folds of a cross-validation take their place.
    """
    test: tuple[Example, ...]
    """For the report alone."""
    tools: tuple[Tool, ...]
    """In the order of their names, which is that of the logits."""
    answers_no_tool: bool
    """Some training examples fit no tool, so that this is an answer too."""
    warnings: tuple[str, ...]
    """What is worth a look, each with file and line."""
    files: dict[str, str]
    """Hex sha256 of each file, by the end of its path that tells it apart."""
    logged: Logged | None = None
    """Outcomes to learn from, where there are any."""
    liked: tuple[Example, ...] = ()
    """Of the outcomes to learn from those with a good reward, as examples of what was taken."""

    @property
    def known(self) -> tuple[Example, ...]:
        """All that stands for the tools: the training examples, and what was rewarded."""
        return (*self.train, *self.liked)

    @property
    def labels(self) -> dict[str | None, int]:
        """Tool to answer; *no tool*, where the data has it, is the last."""
        names: list[str | None] = [tool.name for tool in self.tools]
        return {name: i for i, name in enumerate([*names, None] if self.answers_no_tool else names)}


def load_data(files: Files, recipe: TrainRecipe) -> Data:
    """The examples of ``files``, a share of them held out where they are many and none are given
    for it; raises DataError with every problem that must be corrected.
    """
    given = drop_weak(_read_all(files.examples, takes_weak=files.takes_weak))
    specs: list[Tool] = []
    if files.tools is not None:
        specs, more = read_tools(files.tools)
        given += more
    valid, test = _read_all(files.valid), _read_all(files.test)
    most = recipe.max_tokens * MAX_CHARS_PER_TOKEN
    log = read_logs(files.outcomes, most)
    if files.takes_labels:
        given += _without_known(take_as_labels(log, recipe), given, [*valid, *test])
        log = [o for o in log if o.propensity is not None]
    refuse_unknown(log)
    logged, left_out = None, []
    if recipe.objective == EACH:
        _check_for_each(given, valid, log, recipe)
    if log:
        held_back = {normalize(example.text) for example in (*valid, *test)}
        logged, left_out = split_log(log, held_back, {spec.name for spec in specs}, recipe)
    liked = rewarded(logged.train, recipe) if logged else []
    findings = validate(given, specs, held_back=[*valid, *test], liked=liked)
    findings.raise_errors()
    _check_apart(valid, test)
    if not logged and all(example.is_weak for example in findings.examples):
        raise DataError("all examples are weak; add some whose tool a person named")
    train, long = _cut(findings.examples, most)
    valid, more_long = _cut(valid, most)
    if not valid and not logged and len(train) >= ENOUGH_TO_HOLD_OUT:
        train, valid = _split(train, recipe.valid_share, recipe.seed)
    stand_for_tools = [*train, *liked]
    names = sorted({example.tool for example in stand_for_tools if example.tool is not None})
    described = {spec.name: spec for spec in specs}
    return Data(
        train=tuple(train),
        valid=tuple(valid),
        test=tuple(test),
        tools=tuple([described.get(name, Tool(name)) for name in names]),
        answers_no_tool=any(example.tool is None for example in stand_for_tools),
        warnings=(*findings.warnings, *long, *more_long, *left_out),
        files=_hash_files(files.paths),
        logged=logged,
        liked=tuple(liked),
    )


def _check_for_each(
    given: Sequence[Example],
    valid: Sequence[Example],
    log: Sequence[LoggedOutcome],
    recipe: TrainRecipe,
) -> None:
    """Raises where more is given, or less, than outcomes of which each is judged by itself."""
    if not log:
        raise DataError("objective = each learns from logged outcomes; give them by --outcomes")
    named = [*given, *valid]
    if named:
        raise DataError(
            "names one tool as right, and by objective = each several may be; leave labelled "
            "examples out, or log them: their tool with the reward 1, another one with 0",
            file=named[0].file,
            line=named[0].line,
        )
    if recipe.prior != NONE:
        raise RecipeError(
            "'prior' names a router whose answers exclude each other, by objective = each none "
            "does; leave it out, or choose another objective"
        )


def group_by_tool(examples: Sequence[Example], seed: int) -> dict[str | None, list[Example]]:
    """The examples of each tool (of none: ``None``) in a random order of the tool's own, so that a
    new tool changes no other's split.
    """
    groups: dict[str | None, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.tool, []).append(example)
    for tool in sorted(groups, key=str):
        random.Random(f"{seed} {tool}").shuffle(groups[tool])
    return groups


def _read_all(paths: Sequence[Path], *, takes_weak: bool = False) -> list[Example]:
    return [example for path in paths for example in read_examples(path, takes_weak=takes_weak)]


def _without_known(
    found: Sequence[Example], given: Sequence[Example], held_back: Sequence[Example]
) -> list[Example]:
    """The examples that a log gives, but for texts of which something is said elsewhere."""
    told = {normalize(example.text) for example in (*given, *held_back)}
    return [example for example in found if normalize(example.text) not in told]


def _check_apart(valid: Sequence[Example], test: Sequence[Example]) -> None:
    tested = {normalize(example.text) for example in test}
    for example in valid:
        if normalize(example.text) in tested:
            raise DataError(
                "the held-out text is also a test text; remove it here",
                file=example.file,
                line=example.line,
            )

    if valid and not any(example.tool for example in valid):
        raise DataError("holds texts that fit no tool only; add some of tools", file=valid[0].file)


def _cut(examples: Sequence[Example], most: int) -> tuple[list[Example], list[str]]:
    """The examples with what a router reads of their texts, and a warning for each that is cut."""
    cut: list[Example] = []
    warnings = []
    for example in examples:
        text = example.text.lstrip()
        if len(text) > most:
            warnings.append(
                f"{example.file}:{example.line}: the text has {len(text)} characters, of which "
                f"the router reads {most}; write it shorter"
            )
            cut.append(replace(example, text=text[:most], slots=()))
        else:
            cut.append(example)
    return cut, warnings


def _hash_files(paths: Sequence[Path]) -> dict[str, str]:
    """Hex sha256 of each file, by its name, and of files with one name by as many folders before it
    as tell them apart: a bundle need not say where on its maker's disk they were.
    """
    parts = [path.absolute().parts for path in dict.fromkeys(paths)]
    hashes = {}
    for own in parts:
        count = 1
        while sum(other[-count:] == own[-count:] for other in parts) > 1:
            count += 1
        hashes["/".join(own[-count:])] = sha256(Path(*own).read_bytes()).hexdigest()
    return hashes


def _split(
    examples: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Training and held-out examples: of every tool its ``share``, but never its last two, and
    none that is weak.
    """
    held: set[int] = set()
    for group in group_by_tool([e for e in examples if not e.is_weak], seed).values():
        held |= {id(e) for e in group[: min(round(len(group) * share), len(group) - 2)]}
    return [e for e in examples if id(e) not in held], [e for e in examples if id(e) in held]
