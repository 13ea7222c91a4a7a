"""Texts that ask for two things, and texts that say what is not to be done, through
``Router.split``.

Two actions: texts of CLINC150's test split composed by templates that nothing was fitted on; both
parts must be decided, and right. Beside it the single texts of the same split, which must stay
whole.
Negations: our own texts over the example assistant's tools, taught from its examples.

``--fit`` measures nothing: it fits the numbers of ``edge_router/routing/cut_score.py`` again, on
training and validation texts, and prints them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from bench.bundles import parse_bundle, parse_entry
from bench.compositions import HELD_OUT, Composition, compose
from bench.cut_weights import Material, fit_weights
from bench.datasets import read_split, read_unshared
from bench.negations import HARMLESS, make_negations
from bench.scores import interval_of_share
from bench.stamp import ROOT, note, write_result
from bench.taught import group_texts, read_shots
from edge_router import Part, Router
from edge_router.examples import Example, read_examples
from edge_router.part import Stance

DATASET = "clinc150"
SHOTS = 10
"""Examples of each tool that the router in the package is taught."""
ASSISTANT = ROOT / "examples/assistant/examples.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundles, how many compositions."""
    parser.add_argument(
        "--bundle", type=parse_bundle, action="append", default=[], metavar="LABEL=PATH"
    )
    parser.add_argument("--compositions", type=int, default=2000, help="per router (2000)")
    parser.add_argument(
        "--fit",
        type=parse_entry,
        action="append",
        metavar="DATASET/LABEL=PATH",
        help="print the weights of a cut, fitted with this bundle, too; measure nothing",
    )


def run(args: argparse.Namespace) -> int:
    """Measures each bundle and the router in the package, taught; or fits."""
    if args.fit:
        print(*fit_weights(_list_materials(args.fit)))
        return 0
    routers = {bundle.label: Router.load(bundle.path) for bundle in args.bundle}
    routers[f"taught, {SHOTS} examples"] = _teach_shots()
    examples = read_split(DATASET, "test")
    composed = list(compose(examples, HELD_OUT, args.compositions, seed=0))
    rows = [
        {"label": label, "sha256": router.bundle.sha256, **_measure(router, composed, examples)}
        for label, router in routers.items()
    ]
    assistant = Router.base().load_taught(ASSISTANT)
    measured = {"dataset": DATASET, "rows": rows, **measure_negations(assistant)}
    write_result("split", measured, bundles=[bundle.path for bundle in args.bundle])
    return 0


def _measure(
    router: Router, composed: Sequence[Composition], examples: Sequence[Example]
) -> dict[str, Any]:
    note(f"split: {router}")
    are_right = [is_both(router.split(c.text), c) for c in composed]
    ceiling = [_are_known(router, c) for c in composed]
    parted = [router.split(example.text) for example in examples]
    are_split = [len(parts) > 1 for parts in parted]
    return {
        "compositions": len(composed),
        "both_right": _share(are_right),
        "both_right_95": interval_of_share(are_right),
        "both_right_by_template": {
            template: _share(
                [
                    is_right
                    for is_right, c in zip(are_right, composed, strict=True)
                    if c.template == template
                ]
            )
            for template in HELD_OUT
        },
        "both_right_alone": _share(ceiling),
        "singles": len(examples),
        "false_splits": _share(are_split),
        "false_splits_95": interval_of_share(are_split),
        "not_asked": _share([any(p.stance is not Stance.ASKED for p in parts) for parts in parted]),
    }


def is_both(parts: Sequence[Part], composition: Composition) -> bool:
    """Whether there are two parts, decided as they should be, in order."""
    return [part.decision.tool for part in parts] == list(composition.tools)


def measure_negations(router: Router) -> dict[str, Any]:
    """What a program would run of texts that say not to."""
    negations = []
    for is_kept in (False, True):
        texts = list(make_negations(is_kept=is_kept))
        run = [any(p.decision.tool == n.tool for p in router.split(n.text)) for n in texts]
        negations.append(
            {
                "texts_are": "kept for the report" if is_kept else "developed on",
                "texts": len(texts),
                "run": _share(run),
                "run_95": interval_of_share(run),
                "run_unsplit": _share([router.route(n.text).tool == n.tool for n in texts]),
            }
        )
    answered = [any(p.decision.tool == tool for p in router.split(text)) for text, tool in HARMLESS]
    return {"negations": negations, "harmless": {"texts": len(HARMLESS), "run": _share(answered)}}


def _are_known(router: Router, composition: Composition) -> bool:
    return all(
        router.route(t).tool == tool
        for t, tool in zip(composition.texts, composition.tools, strict=True)
    )


def _list_materials(entries: Sequence[Any]) -> list[Material]:
    valid, train = read_unshared(DATASET, "valid"), read_unshared(DATASET, "train")
    ours = [example for example in read_examples(ASSISTANT) if example.tool is not None]
    half = Router.base().teach_tools([], examples=group_texts(ours[::2]))
    materials = [
        Material(_teach_shots(), valid, [*valid, *train[::4]], 2500),
        Material(half, ours[1::2], ours[1::2], 1000),
    ]
    for entry in entries:
        texts = read_unshared(entry.dataset, "train")[::2]
        own = read_unshared(entry.dataset, "valid") if entry.dataset == DATASET else []
        composed = own or texts[::2]
        materials.append(
            Material(Router.load(entry.path), composed, [*own, *texts], 2500 if own else 1000)
        )
    return materials


def _teach_shots() -> Router:
    return Router.base().teach_tools([], examples=read_shots(DATASET, SHOTS))


def _share(are_so: Sequence[bool]) -> float:
    return sum(are_so) / len(are_so)
