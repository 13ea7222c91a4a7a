"""A router in torch, inside a program: differentiable while it learns, a bundle when it ships."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from edge_router.bundle import Bundle, CalibrationTable, read_bundle
from edge_router.errors import DataError
from edge_router.examples import Example
from edge_router.tool import NAME_RULE, Tool, is_name
from edge_router.tools.schemas.collection import collect_tools
from edge_router_export.batches import IdTable
from edge_router_export.export_onnx import import_head, import_projection
from edge_router_export.load_data import Data
from edge_router_export.pack import load_tokenizer
from edge_router_export.program.schedule import Schedule
from edge_router_export.quantize import quantize_encoder, restore_encoder
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.rehearse import rehearse
from edge_router_export.restore import STATISTICS_TEXTS, find_base, make_encoder
from edge_router_export.start_head import start_at_means, start_at_random
from edge_router_export.steps import Progress, Steps
from edge_router_export.student import ACTIVATION_STEP, Student
from edge_router_export.train import TrainResult, make_bundle
from edge_router_export.train_student import Trained

_BATCH = 256

Named = str | Tool | Callable[..., Any] | dict[str, Any]
"""What may name a tool: its name, or whatever :func:`collect_tools` reads."""


class SoftRouter(torch.nn.Module):
    """The student of a bundle with its tokenizer: shares of the tools for a text, with gradients.

    It computes through the rounding that it will ship with, so that what a program learns with is
    what the device decides with.
    """

    def __init__(
        self, student: Student, tools: Sequence[Tool], base: Bundle, recipe: TrainRecipe
    ) -> None:
        """``base`` gives the tokenizer and the space of taught tools; ``recipe`` says from where it
        was read, and what the bundle shall promise.
        """
        super().__init__()
        self.student = student.eval()
        self.tools = tuple(tools)
        """What it chooses from, in the order of the logits."""
        self.recipe = recipe
        """What a bundle is made by; the passes and rates are those of the last ``fit``."""
        self.examples: tuple[Example, ...] = ()
        """The questions that it learnt from, each with the tool that it takes now."""
        self.held_out: tuple[Example, ...] = ()
        """Questions that it did not learn from, with the cheapest tool whose answer was right."""
        self.learnt: dict[str, Any] = {}
        """What the program says of its learning; information for the manifest."""
        self._tokenizer_json = base.tokenizer
        self._tokenizer = load_tokenizer(base.tokenizer, recipe.max_tokens)

    @classmethod
    def from_bundle(
        cls, path: str | Path, *, overrides: dict[str, str] | None = None
    ) -> SoftRouter:
        """The router of a ``.router`` file, as sure of each text as its calibration makes it.

        Its answer *no tool* is left out, since a program always takes a tool. ``overrides`` are
        keys of the recipe *tiny* as text. Raises DataError where the bundle knows no tools.
        """
        bundle = read_bundle(Path(path))
        choice = bundle.manifest.parts.choice
        if choice is None:
            raise DataError(
                f"knows no tools yet; use SoftRouter.from_tools([...], base={str(path)!r})",
                file=str(path),
            )
        recipe = read_recipe(TrainRecipe, "tiny", overrides)
        recipe = replace(recipe, base=str(path), max_tokens=bundle.manifest.max_tokens)
        student = _restore_student(bundle, choice.tools, recipe)
        head = torch.from_numpy(import_head(bundle.model)[:, : len(choice.tools)].T.copy())
        with torch.no_grad():
            student.head.copy_(head * (_logit_step(choice.calibration) / ACTIVATION_STEP))
        return cls(student, choice.tools, bundle, recipe)

    @classmethod
    def from_tools(
        cls,
        tools: Iterable[Named],
        *,
        base: str | Path | None = None,
        overrides: dict[str, str] | None = None,
    ) -> SoftRouter:
        """A router that has learnt nothing yet of ``tools`` (names, functions with a docstring,
        schemas), on the packaged base encoder or that of the bundle ``base``.

        Where all have descriptions, it starts by them; else at random. ``overrides`` are keys of
        the recipe *tiny* as text: ``{"seed": "7"}``.
        """
        found = _read_tools(tools)
        recipe = read_recipe(TrainRecipe, "tiny", overrides)
        recipe = replace(recipe, base=str(base) if base else "base")
        bundle = read_bundle(find_base(recipe.base))
        student = _restore_student(bundle, found, recipe)
        projection = import_projection(bundle.model)
        if projection is not None and all(tool.description for tool in found):
            ids = _make_ids(bundle, [_describe(tool) for tool in found], recipe)
            start_at_means(student, ids, np.arange(len(found)), projection)
        else:
            start_at_random(student, recipe.seed)
        return cls(student, found, bundle, recipe)

    @property
    def names(self) -> tuple[str, ...]:
        """The tools by name, in the order of the logits."""
        return tuple([tool.name for tool in self.tools])

    def forward(self, texts: Sequence[str], dropout: float = 0.0) -> Tensor:
        """Logits [texts, tools], with gradients; a text without a token is one unknown token."""
        ids = self._read(texts)
        logits: Tensor = self.student(ids.batch(np.arange(len(texts))), dropout=dropout)
        return logits

    def rank(self, texts: Sequence[str]) -> Tensor:
        """The logits [texts, tools] as the device will have them but for their step, without
        gradients, whatever mode the router is in.
        """
        was_training = self.student.training
        self.student.eval()
        ids = self._read(texts)
        with torch.no_grad():
            parts = [
                self.student(ids.batch(np.arange(start, min(start + _BATCH, len(ids)))))
                for start in range(0, len(ids), _BATCH)
            ]
        self.student.train(was_training)
        return torch.cat(parts) if parts else torch.zeros(0, len(self.tools))

    def choose(self, texts: Sequence[str]) -> list[str]:
        """The best tool of each text, by name."""
        names = self.names
        return [names[number] for number in self.rank(texts).argmax(1).tolist()]

    def read_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of each text."""
        return [self._tokenizer.encode(text).ids for text in texts]

    def settle(self, texts: Sequence[str]) -> None:
        """Measures the normalisation's statistics on ``texts``, so that training starts from what
        the router computes now; its weights become those that would ship.
        """
        ids = self._read(texts[:STATISTICS_TEXTS])
        batches = [
            ids.batch(np.arange(start, min(start + _BATCH, len(ids))))
            for start in range(0, len(ids), _BATCH)
        ]
        encoder = self.student.encoder
        restore_encoder(quantize_encoder(encoder), encoder, batches)
        self.student.eval()

    def finish(self, learnt: dict[str, Any], schedule: Schedule) -> None:
        """Notes what the program learnt and how, for the manifest of what is exported."""
        self.learnt = {"program": learnt}
        self.recipe = replace(
            self.recipe,
            epochs=schedule.epochs,
            batch=schedule.batch,
            rate=schedule.rate,
            token_dropout=schedule.token_dropout,
            seed=schedule.seed,
        )

    def export(
        self, output: str | Path, *, work_dir: Path | None = None, progress: Progress | None = None
    ) -> TrainResult:
        """Writes the bundle ``output`` with a report beside it, by the steps of ``train``:
        quantise, check parity, calibrate, choose the threshold, pack.

        Calibration and threshold go by :attr:`held_out`. Raises DataError where the program was
        never fitted, or no bundle can hold it.
        """
        if not self.held_out:
            raise DataError("the router has learnt nothing to ship; call Program.fit first")
        output = Path(output)
        data = Data(
            train=self.examples,
            valid=self.held_out,
            test=(),
            tools=self.tools,
            answers_no_tool=False,
            warnings=(),
            files={},
        )
        rehearse(data, self.recipe, output)
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = work_dir or output.with_name(f"{output.name}.work")
        steps = Steps(folder, progress or (lambda _step, _done, _total: None))
        trained = Trained(self._tokenizer_json, self.student.eval())
        return make_bundle(trained, data, self.recipe, steps, output, learnt=self.learnt)

    def _read(self, texts: Sequence[str]) -> IdTable:
        return IdTable(self.read_ids(texts))


def _read_tools(tools: Iterable[Named]) -> tuple[Tool, ...]:
    """The tools in the order of their names, as a bundle has them; raises DataError for fewer than
    two, an unfit name or one that stands twice.
    """
    found = collect_tools([Tool(one) if isinstance(one, str) else one for one in tools])
    if unfit := [tool.name for tool in found if not is_name(tool.name)]:
        raise DataError(f"{unfit[0]!r} cannot name a tool; {NAME_RULE}")
    if len(found) < 2:
        raise DataError(f"a router chooses from two tools or more, not from {len(found)}; add some")
    return tuple(sorted(found, key=lambda tool: tool.name))


def _describe(tool: Tool) -> str:
    return f"{tool.name}: {tool.description}"


def _make_ids(bundle: Bundle, texts: Sequence[str], recipe: TrainRecipe) -> IdTable:
    tokenizer = load_tokenizer(bundle.tokenizer, recipe.max_tokens)
    return IdTable([tokenizer.encode(text).ids for text in texts])


def _restore_student(bundle: Bundle, tools: Sequence[Tool], recipe: TrainRecipe) -> Student:
    """The bundle's encoder with an empty head; ``settle`` measures better statistics than those of
    the tools' names, once there are questions.
    """
    ids = _make_ids(bundle, [_describe(tool) for tool in tools], recipe)
    return Student(make_encoder(bundle.model, ids, np.arange(len(tools))), len(tools))


def _logit_step(table: CalibrationTable) -> float:
    """What one step of the bundle's logits is worth, by the first two weights of its table: they
    say how many steps halve a probability.
    """
    if len(table.weights) < 2:
        return 1.0
    octaves = math.log2(table.weights[0] / max(1, table.weights[1]))
    return math.log(2.0) * octaves / (1 << table.shift)
