"""A program of six tools that learns from its final answers alone, on made-up questions.

Nobody says which tool is right: three torch modules learn what they compute, three functions are
called where they are drawn, one of them for money. Beside it the same student trained with labels
of the right tool (the ceiling), the best single tool and a random one (the floors). All routers are
measured as bundles, through ``Router``, on questions in wordings that no training question has.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from bench.datasets import write_examples
from bench.made_up_questions import TEST_WORDINGS, TRAIN_WORDINGS, MadeUp, make_up
from bench.made_up_tools import COSTS, is_right, make_tools, measure_loss
from bench.program_tables import CEILING, LEARNT
from bench.stamp import note, write_result
from edge_router import Router
from edge_router.examples import Example
from edge_router_export.program import Learnt, Program, Schedule, SoftRouter
from edge_router_export.program.learn_program import split_questions
from edge_router_export.program.questions import make_questions
from edge_router_export.train import train

TEST_EACH = 80
"""Test questions of each tool."""
SINGLE, RANDOM = "best single tool", "random tool"


@dataclass(frozen=True)
class Condition:
    """What is learnt from."""

    name: str
    """What the table calls it."""
    each: int
    """Questions of each tool."""
    wrong_share: float = 0.0
    """The share of the given answers that are another question's; of the labels, another tool's."""
    mix: str = "losses"
    """What is mixed of the torch modules."""


CONDITIONS = (
    Condition("100 questions a tool", 100),
    Condition("25 questions a tool", 25),
    Condition("100, a tenth of the answers wrong", 100, wrong_share=0.1),
    Condition("100, predictions mixed", 100, mix="predictions"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many seeds, and of which conditions."""
    parser.add_argument("--seeds", type=int, default=3, help="1 to this number (3)")
    names = [condition.name for condition in CONDITIONS]
    parser.add_argument("--condition", action="append", choices=names, help="repeatable (all)")
    parser.add_argument("--updates", type=int, default=Schedule().updates, help="of a training")
    parser.add_argument("--name", default="program", help="of the result (program)")


def run(args: argparse.Namespace) -> int:
    """Trains and measures every condition with every seed."""
    chosen = [c for c in CONDITIONS if args.condition is None or c.name in args.condition]
    rows = [
        {"condition": condition.name, "seed": seed, **row}
        for condition in chosen
        for seed in range(1, args.seeds + 1)
        for row in measure(condition, seed=seed, updates=args.updates)
    ]
    write_result(args.name, {"test_questions": 6 * TEST_EACH, "rows": rows})
    return 0


def measure(condition: Condition, *, seed: int, updates: int) -> list[dict[str, Any]]:
    """A row a system."""
    learning = make_up(TRAIN_WORDINGS, each=condition.each, seed=seed)
    test = make_up(TEST_WORDINGS, each=TEST_EACH, seed=seed)
    # the large model knows the right answers, whatever the learning program is told
    tools = make_tools({one.text: one.answer for one in (*learning, *test)})
    router = SoftRouter.from_tools(tools, overrides={"seed": str(seed)})
    program = Program(router, tools, cost=COSTS)
    schedule = Schedule(
        updates=updates, tool_rate=0.05, cost_weight=0.3, mix=condition.mix, seed=seed
    )
    told = _tell_wrong(learning, condition.wrong_share, seed)
    learnt = program.fit(
        [one.text for one in told],
        [one.answer for one in told],
        loss=measure_loss,
        is_right=is_right,
        schedule=schedule,
    )
    judge = _Judge(program, test)
    with TemporaryDirectory() as folder:
        bundle = program.router.export(Path(folder) / "program.router").bundle_path
        found = {LEARNT: judge.mark_router(bundle) | _describe(learnt, program, bundle, test)}
        if condition.mix == Schedule().mix:
            labelled = _train_labelled(told, schedule, Path(folder))
            found[CEILING] = judge.mark_router(labelled)
    found |= judge.mark_floors()
    for system, row in found.items():
        note(f"program: {condition.name}, seed {seed}, {system}: {row}")
    return [{"system": system, **row} for system, row in found.items()]


class _Judge:
    """What each of the fitted tools says to each test question, so that every way of choosing is
    judged by the same answers.
    """

    def __init__(self, program: Program, test: Sequence[MadeUp]) -> None:
        asked = make_questions([one.text for one in test])
        self._test = test
        self._is_right: dict[str, list[bool]] = {}
        for name, tool in zip(program.router.names, program.branches, strict=True):
            assert not isinstance(tool, Program)
            with torch.no_grad():
                pairs = zip(tool.answer(asked), test, strict=True)
                self._is_right[name] = [is_right(got, one.answer) for got, one in pairs]

    def mark_router(self, path: Path) -> dict[str, Any]:
        """A bundle's best candidates, and what it decides at its own threshold."""
        router = Router.load(path)
        decisions = [router.route(one.text) for one in self._test]
        answered = [
            d.tool == one.tool for d, one in zip(decisions, self._test, strict=True) if d.tool
        ]
        return {
            **self._mark(lambda row: str(decisions[row].candidates[0].tool)),
            "answered_share": len(answered) / len(self._test),
            "precision": sum(answered) / max(1, len(answered)),
        }

    def mark_floors(self) -> dict[str, dict[str, Any]]:
        """The tool that is right most often, for every question; and each tool as often."""
        best = max(self._is_right, key=lambda name: sum(self._is_right[name]))
        each = [self._mark(lambda _row, name=name: name) for name in self._is_right]
        mean = {key: sum(one[key] for one in each) / len(each) for key in each[0]}
        return {SINGLE: {**self._mark(lambda _row: best), "tool": best}, RANDOM: mean}

    def _mark(self, choose: Callable[..., str]) -> dict[str, float]:
        chosen = [choose(row) for row in range(len(self._test))]
        count = len(chosen)
        return {
            "tool_right": sum(c == one.tool for c, one in zip(chosen, self._test, strict=True))
            / count,
            "answer_right": sum(self._is_right[c][row] for row, c in enumerate(chosen)) / count,
            "mean_cost": sum(COSTS.get(c, 0.0) for c in chosen) / count,
        }


def _describe(
    learnt: Learnt, program: Program, bundle: Path, test: Sequence[MadeUp]
) -> dict[str, Any]:
    """What the learning cost, and on how many questions the device chooses otherwise than the
    program at its end did.
    """
    router, texts = Router.load(bundle), [one.text for one in test]
    soft = program.router.choose(texts)
    best = [router.route(text).candidates[0].tool for text in texts]
    return {
        "questions": learnt.questions,
        "held_out": learnt.held_out,
        "calls": learnt.calls,
        "label_calls": learnt.label_calls,
        "spent": _price(learnt.calls) + _price(learnt.label_calls),
        "spent_if_all_were_asked": _price(dict.fromkeys(COSTS, learnt.questions + learnt.held_out)),
        "differs": sum(one != other for one, other in zip(soft, best, strict=True)),
        "texts": len(texts),
    }


def _price(calls: Mapping[str, int]) -> float:
    return sum(COSTS.get(name, 0.0) * count for name, count in calls.items())


def _tell_wrong(questions: Sequence[MadeUp], share: float, seed: int) -> list[MadeUp]:
    """The questions as they are told: a share of them with another one's answer and tool."""
    source = random.Random(seed)
    told = []
    for one in questions:
        other = source.choice(questions)
        is_wrong = source.random() < share
        told.append(replace(one, answer=other.answer, tool=other.tool) if is_wrong else one)
    return told


def _train_labelled(told: Sequence[MadeUp], schedule: Schedule, folder: Path) -> Path:
    """The bundle of the same student on the same questions, with the tool of each as its label."""
    tool_of = {one.text: one.tool for one in told}
    parts = split_questions(make_questions(list(tool_of)), schedule)
    paths = [folder / "learning.jsonl", folder / "held_out.jsonl"]
    for path, part in zip(paths, parts, strict=True):
        examples = [Example(text, tool_of[text], (), path.name, 1) for text in part.texts]
        write_examples(examples, path)
    made = train(
        paths[:1],
        valid=paths[1:],
        output=folder / "labelled.router",
        recipe="tiny",
        overrides={"updates": str(schedule.updates), "seed": str(schedule.seed)},
        progress=lambda _step, _done, _total: None,
    )
    return made.bundle_path
