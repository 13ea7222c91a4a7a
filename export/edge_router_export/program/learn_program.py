"""The training of a program: updates over shuffled questions, then the labels that calibration goes
by.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from edge_router.errors import DataError, RecipeError
from edge_router.examples import normalize
from edge_router_export.batches import IdTable, shuffle_batches
from edge_router_export.distill import MAX_GRADIENT, rate_share
from edge_router_export.program.estimate_loss import estimate_loss
from edge_router_export.program.label_held_out import label_choices, label_held_out
from edge_router_export.program.objective import IsRight, Objective
from edge_router_export.program.questions import Questions
from edge_router_export.program.schedule import Schedule
from edge_router_export.steps import (
    Checkpoint,
    Progress,
    code_fingerprint,
    fingerprint,
    hold_lock,
)

if TYPE_CHECKING:
    from edge_router_export.program.program import Program

FEWEST = 10
"""Questions that a program can be fitted on, some of them held out."""
_CODE = ("estimate_loss", "learn_program", "objective", "schedule", "soft_router")


@dataclass(frozen=True)
class Task:
    """What a program shall learn."""

    asked: Questions
    """With their answers."""
    objective: Objective
    """What is minimised."""
    is_right: IsRight
    """By which held-out questions are labelled."""
    schedule: Schedule
    """How long, how fast."""


@dataclass(frozen=True)
class Learnt:
    """What a fit did."""

    questions: int
    """Those that it learnt from."""
    held_out: int
    """Those that it did not learn from."""
    loss: float
    """The mean expected loss of the last pass, costs included."""
    calls: dict[str, int]
    """How often each function was called while the program learnt."""
    label_calls: dict[str, int]
    """How often then, to find a right tool for the held-out questions."""
    unanswered: int
    """The held-out questions for which no tool was right."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {"learnt_from": "the program's answers", **asdict(self)}


def learn_program(
    program: Program, task: Task, *, work_dir: Path | None, progress: Progress
) -> Learnt:
    """Fits the program in place, from the checkpoint in ``work_dir`` where one was left; see
    :meth:`Program.fit`.
    """
    if len(task.asked) < FEWEST:
        raise DataError(
            f"{len(task.asked)} questions are too few to learn from; give {FEWEST} or more"
        )
    learning, held_out = split_questions(task.asked, task.schedule)
    for _, one in program.list_programs():
        one.router.settle(learning.texts)
    optimizer, record = _make_optimizer(program, task.schedule), _Record(program)
    parts = {"program": program, "optimizer": optimizer, "record": record}
    with _keep_checkpoint(program, task, work_dir, parts) as checkpoint:
        epochs = _update_all(program, learning, task, optimizer, record, checkpoint, progress)
        try:
            unanswered = label_held_out(program, held_out, task.is_right)
        finally:  # what was asked is paid for, also where a later call fails
            if checkpoint:
                checkpoint.save(epochs)
    label_choices(program, learning)
    learnt = record.describe(len(learning), len(held_out), unanswered)
    for _, one in program.list_programs():
        one.router.finish(learnt.to_dict(), task.schedule)
    return learnt


def split_questions(asked: Questions, schedule: Schedule) -> tuple[Questions, Questions]:
    """Those to learn from and those held out; questions of one wording stay together."""
    wordings = sorted({normalize(text) for text in asked.texts})
    random.Random(schedule.seed).shuffle(wordings)
    held = set(wordings[: max(1, round(schedule.held_out_share * len(wordings)))])
    is_held = np.array([normalize(text) in held for text in asked.texts])
    if is_held.all():
        raise DataError("all questions are worded alike; give others, too")
    return asked.take(np.flatnonzero(~is_held)), asked.take(np.flatnonzero(is_held))


class _Record:
    """What a fit has done so far, kept with the calls that were paid for."""

    def __init__(self, program: Program) -> None:
        self.functions = dict(program.list_functions())
        self.start = self._count()
        self.end_of_learning: dict[str, int] | None = None
        self.loss = 0.0

    def close_learning(self) -> None:
        """What is called from now on is called for labels; does nothing the second time."""
        if self.end_of_learning is None:
            self.end_of_learning = self._count()

    def describe(self, questions: int, held_out: int, unanswered: int) -> Learnt:
        """All of it."""
        end, now = self.end_of_learning or self.start, self._count()
        return Learnt(
            questions,
            held_out,
            self.loss,
            {name: end[name] - self.start[name] for name in now},
            {name: now[name] - end[name] for name in now},
            unanswered,
        )

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "start": self.start,
            "end_of_learning": self.end_of_learning,
            "loss": self.loss,
            "functions": {name: tool.state_dict() for name, tool in self.functions.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes what :meth:`state_dict` gave."""
        self.start, self.end_of_learning = state["start"], state["end_of_learning"]
        self.loss = state["loss"]
        for name, tool in self.functions.items():
            tool.load_state_dict(state["functions"][name])

    def _count(self) -> dict[str, int]:
        return {name: tool.calls for name, tool in self.functions.items()}


def _update_all(
    program: Program,
    learning: Questions,
    task: Task,
    optimizer: torch.optim.Optimizer,
    record: _Record,
    checkpoint: Checkpoint | None,
    progress: Progress,
) -> int:
    """The number of passes, all of them done."""
    schedule = task.schedule
    lengths = IdTable(program.router.read_ids(learning.texts)).lengths
    per_epoch = len(shuffle_batches(lengths, schedule.batch, [0]))
    epochs = max(schedule.epochs, -(-schedule.updates // per_epoch))
    updates = epochs * per_epoch
    program.train()
    for epoch in range(checkpoint.load() if checkpoint else 0, epochs):
        torch.manual_seed(schedule.seed + epoch)
        batches = shuffle_batches(lengths, schedule.batch, [schedule.seed, epoch])
        losses = []
        for done, rows in enumerate(batches, epoch * per_epoch):
            _set_rates(optimizer, rate_share(done, updates))
            mood = schedule.mood(done, updates)
            estimate = estimate_loss(program, learning.take(rows), task.objective, mood)
            _update(optimizer, estimate.surrogate.mean(), done + 1)
            losses.append(estimate.value.mean().item())
            progress(f"program learns (loss {losses[-1]:.3f})", done + 1, updates)
        record.loss = sum(losses) / len(losses)
        if checkpoint:
            checkpoint.save_when_due(epoch + 1, updates_per_epoch=per_epoch)
    program.eval()
    record.close_learning()
    return epochs


def _make_optimizer(program: Program, schedule: Schedule) -> torch.optim.Optimizer:
    """AdamW: routers as ``distill`` has them, tools without decay and at a rate of their own."""
    encoders = [one.router.student for _, one in program.list_programs()]
    tables = [student.encoder.embedding.weight for student in encoders]
    rest = [p for student in encoders for p in student.parameters()]
    of_routers = {id(parameter) for parameter in rest}
    rest = [p for p in rest if all(p is not table for table in tables)]
    tools = [p for p in program.parameters() if id(p) not in of_routers]
    groups = [
        {"params": tables, "weight_decay": 0.0, "peak": schedule.rate},
        {"params": rest, "weight_decay": 0.01, "peak": schedule.rate},
        {"params": tools, "weight_decay": 0.0, "peak": schedule.tool_rate},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], fused=True)


def _set_rates(optimizer: torch.optim.Optimizer, share: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share


def _update(optimizer: torch.optim.Optimizer, loss: torch.Tensor, update: int) -> None:
    optimizer.zero_grad()
    loss.backward()
    # each group by itself, so that a tool's huge gradient does not silence the routers
    for group in optimizer.param_groups:
        length = nn.utils.clip_grad_norm_(group["params"], MAX_GRADIENT)
        if not isfinite(length.item()):
            raise RecipeError(
                f"the program diverged at update {update}: a gradient is {length.item()}; lower "
                "the schedule's rate or tool_rate, or bound the loss"
            )
    optimizer.step()


@contextmanager
def _keep_checkpoint(
    program: Program, task: Task, work_dir: Path | None, parts: dict[str, Any]
) -> Iterator[Checkpoint | None]:
    """A checkpoint of this very fit; other processes wait for their turn."""
    if work_dir is None:
        yield None
        return
    work_dir.mkdir(parents=True, exist_ok=True)
    path = work_dir / f"program-{_identify(program, task)[:16]}.checkpoint"
    with hold_lock(path.with_suffix(".lock")):
        yield Checkpoint(path, parts)


def _identify(program: Program, task: Task) -> str:
    """Hex sha256 of all that a fit goes by, but for the code of functions and modules."""
    digest = sha256()
    for name, value in sorted(program.state_dict().items()):
        digest.update(f"{name} {value.dtype} {list(value.shape)} ".encode())
        digest.update(value.numpy().tobytes())
    routers = [[path, one.router.names, one.costs] for path, one in program.list_programs()]
    return fingerprint(
        [
            [routers, asdict(task.schedule), digest.hexdigest(), torch.__version__],
            [task.asked.texts, repr(task.asked.inputs), repr(task.asked.answers)],
            code_fingerprint("distill", "batches", "student", *[f"program/{n}" for n in _CODE]),
        ]
    )
