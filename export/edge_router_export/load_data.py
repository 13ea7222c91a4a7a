"""Reads the files of a training into examples that are checked, split and told apart by use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from edge_router.errors import DataError
from edge_router.examples import Example, read_examples
from edge_router.tool import Tool
from edge_router.tools.file import read_tools
from edge_router_export.recipe import TrainRecipe
from edge_router_export.validate import normalize, validate

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

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in this order."""
        return (*self.examples, *([self.tools] if self.tools else []), *self.valid, *self.test)


@dataclass(frozen=True)
class Data:
    """The examples, split."""

    train: tuple[Example, ...]
    """What the model learns from."""
    valid: tuple[Example, ...]
    """Held-out examples; empty where the folds of a cross-validation take their place."""
    test: tuple[Example, ...]
    """For the report alone."""
    tools: tuple[Tool, ...]
    """In the order of their names, which is that of the logits."""
    answers_no_tool: bool
    """Some training examples fit no tool, so that this is an answer too."""
    warnings: tuple[str, ...]
    """What is worth a look, each with file and line."""
    files: dict[str, str]
    """Hex sha256 of each file."""

    @property
    def labels(self) -> dict[str | None, int]:
        """Tool to answer; *no tool*, where the data has it, is the last."""
        names: list[str | None] = [tool.name for tool in self.tools]
        return {name: i for i, name in enumerate([*names, None] if self.answers_no_tool else names)}


def load_data(files: Files, recipe: TrainRecipe) -> Data:
    """The examples of ``files``, a share of them held out where they are many and none are given
    for it; raises DataError with every problem that must be corrected.
    """
    given = _read_all(files.examples)
    specs: list[Tool] = []
    if files.tools is not None:
        specs, more = read_tools(files.tools)
        given += more
    valid, test = _read_all(files.valid), _read_all(files.test)
    findings = validate(given, specs, held_back=[*valid, *test])
    findings.raise_errors()
    _check_apart(valid, test)
    train = list(findings.examples)
    if not valid and len(train) >= ENOUGH_TO_HOLD_OUT:
        train, valid = _split(train, recipe.valid_share, recipe.seed)
    names = sorted({example.tool for example in train if example.tool is not None})
    answers_no_tool = any(example.tool is None for example in train)
    valid = [e for e in valid if e.tool in names or (e.tool is None and answers_no_tool)]
    described = {spec.name: spec for spec in specs}
    return Data(
        train=tuple(train),
        valid=tuple(valid),
        test=tuple(test),
        tools=tuple([described.get(name, Tool(name)) for name in names]),
        answers_no_tool=answers_no_tool,
        warnings=findings.warnings,
        files={path.name: sha256(path.read_bytes()).hexdigest() for path in files.paths},
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


def _read_all(paths: Sequence[Path]) -> list[Example]:
    return [example for path in paths for example in read_examples(path)]


def _check_apart(valid: Sequence[Example], test: Sequence[Example]) -> None:
    tested = {normalize(example.text) for example in test}
    for example in valid:
        if normalize(example.text) in tested:
            raise DataError(
                "the held-out text is also a test text; remove it here",
                file=example.file,
                line=example.line,
            )


def _split(
    examples: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Training and held-out examples: of every tool its ``share``, but never its last two."""
    held: set[int] = set()
    for group in group_by_tool(examples, seed).values():
        held |= {id(e) for e in group[: min(round(len(group) * share), len(group) - 2)]}
    return [e for e in examples if id(e) not in held], [e for e in examples if id(e) in held]
