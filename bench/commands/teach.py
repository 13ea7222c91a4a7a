"""The router in the package, taught: by few examples of each tool beside what else learns from
them, by descriptions alone beside BM25, and beside the tools of a trained bundle.

Nothing here was fitted on these texts; how sure a taught router is was fitted on the training
splits, CLINC150's out-of-scope ones included (export/README.md).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from bench.bundles import parse_bundle
from bench.datasets import has_split, read_split
from bench.peers import PeerMissingError, make_peer
from bench.scores import interval_of_share
from bench.stamp import ROOT, note, write_result
from bench.taught import Question, group_texts, list_best, read_bfcl, read_metatool, read_shots
from edge_router import Router
from edge_router.evaluate import area_under_roc
from edge_router.examples import read_examples

SHOTS = (5, 10)
BESIDE = "clinc150"
"""The set whose bundle lacks tools, to be taught beside the others."""
OWN = ("bikes", "kitchen", "office")
"""Small sets of our own, with what taught routers were developed on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure, and which peers learn from the same examples."""
    parser.add_argument(
        "--bundle",
        type=parse_bundle,
        metavar="LABEL=PATH",
        help="trained on CLINC150 without some tools (data --without N), which it is then taught",
    )
    parser.add_argument("--peer", action="append", help="(tfidf_svm and minilm_int8)")
    parser.add_argument("--name", default="teach", help="of the result (teach)")


def run(args: argparse.Namespace) -> int:
    """Measures all of it and writes the result."""
    base, peers = Router.base(), args.peer or ["tfidf_svm", "minilm_int8"]
    few_shot = [
        row
        for dataset in ("clinc150", "banking77")
        for shots in SHOTS
        for row in _measure_shots(base, dataset, shots, peers)
    ]
    few_shot += [row for name in OWN for row in _measure_own(base, name, peers)]
    measured = {
        "sha256": base.bundle.sha256,
        "few_shot": few_shot,
        "described": [
            _measure_described(base, "MetaTool", read_metatool()),
            _measure_described(base, "BFCL simple and multiple", read_bfcl()),
        ],
        "beside": _measure_beside(args.bundle.label, args.bundle.path) if args.bundle else None,
    }
    write_result(args.name, measured, bundles=[args.bundle.path] if args.bundle else [])
    return 0


def _measure_shots(
    base: Router, dataset: str, shots: int, peers: list[str]
) -> Iterable[dict[str, Any]]:
    known = read_shots(dataset, shots)
    asked = [(e.text, str(e.tool)) for e in read_split(dataset, "test")]
    strangers: list[str] = []
    if has_split(dataset, "oos_test"):
        strangers = [example.text for example in read_split(dataset, "oos_test")]
    yield {"dataset": dataset, "shots": shots, **_measure_taught(base, known, asked, strangers)}
    for peer in peers:
        yield {"dataset": dataset, "shots": shots, **_measure_peer(peer, known, asked)}


def _measure_own(base: Router, name: str, peers: list[str]) -> Iterable[dict[str, Any]]:
    folder = ROOT / "tests" / "export" / "data"
    known = group_texts(read_examples(folder / f"{name}.jsonl"))
    rows = read_examples(folder / f"{name}_test.jsonl")
    asked = [(e.text, e.tool) for e in rows if e.tool is not None]
    strangers = [e.text for e in rows if e.tool is None]
    row = {"dataset": name, "shots": max(map(len, known.values()))}
    yield {**row, **_measure_taught(base, known, asked, strangers)}
    for peer in peers:
        yield {**row, **_measure_peer(peer, known, asked)}


def _measure_taught(
    base: Router,
    known: dict[str, list[str]],
    asked: list[tuple[str, str]],
    strangers: list[str],
) -> dict[str, Any]:
    router = base.teach_tools([], examples=known)
    decisions = [(router.route(text), tool) for text, tool in asked]
    is_right = [list_best(router, text)[0] == tool for text, tool in asked]
    answered = [decision.tool == tool for decision, tool in decisions if decision.tool is not None]
    row: dict[str, Any] = {
        "system": "edge-router, taught",
        "tools": len(known),
        **_share(is_right),
        "answered_share": len(answered) / len(asked),
        "precision": sum(answered) / max(len(answered), 1),
    }
    if strangers:
        inside = [_sum_tools(decision.candidates) for decision, _ in decisions]
        others = [router.route(text) for text in strangers]
        row["auroc"] = area_under_roc(inside, [_sum_tools(d.candidates) for d in others])
        row["rejected_share"] = sum(d.tool is None for d in others) / len(others)
    note(f"teach: {len(known)} tools: {row}")
    return row


def _measure_peer(
    module: str, known: dict[str, list[str]], asked: list[tuple[str, str]]
) -> dict[str, Any]:
    try:
        peer = make_peer(module)
    except PeerMissingError as error:
        return {"system": module, "missing": str(error)}
    pairs = [(text, tool) for tool, texts in known.items() for text in texts]
    peer.fit([text for text, _ in pairs], [tool for _, tool in pairs])
    row = {"system": peer.name, **_share([peer.predict(text) == tool for text, tool in asked])}
    note(f"teach: {len(known)} tools: {row}")
    return row


def _measure_described(base: Router, name: str, questions: Iterable[Question]) -> dict[str, Any]:
    """How often the right tool is the best, or among five, by descriptions alone."""
    from bench.peers.bm25 import Bm25  # its packages are the peers'

    found: dict[str, list[list[str]]] = {"taught": [], "bm25": []}
    right: list[frozenset[str]] = []
    for tools, group in groupby(questions, key=lambda question: question.tools):
        router, words = base.teach_tools(tools), Bm25(tools)
        for question in group:
            right.append(question.right)
            found["taught"].append(list_best(router, question.text))
            found["bm25"].append(words.list_best(question.text, 5))
    row: dict[str, Any] = {"dataset": name, "tools": len(tools), "texts": len(right)}
    for system, answers in found.items():
        pairs = list(zip(answers, right, strict=True))
        is_first = [best[0] in names for best, names in pairs]
        row[system] = {
            "top_1": sum(is_first) / len(pairs),
            "top_1_95": interval_of_share(is_first),
            "top_5": sum(not names.isdisjoint(best) for best, names in pairs) / len(pairs),
        }
    note(f"teach: {row}")
    return row


def _measure_beside(label: str, path: Path) -> dict[str, Any]:
    """What the trained tools lose, and how the taught ones do, where a bundle is taught those of
    the set's tools that it lacks.
    """
    router = Router.load(path)
    trained = {tool.name for tool in router.tools}
    taught = {k: v for k, v in read_shots(BESIDE, max(SHOTS)).items() if k not in trained}
    both = router.teach_tools([], examples=taught)
    texts = read_split(BESIDE, "test")
    row: dict[str, Any] = {
        "label": label,
        "sha256": router.bundle.sha256,
        "trained_tools": len(trained),
        "taught_tools": len(taught),
        "shots": max(SHOTS),
    }
    for name, decider, tools in (
        ("trained_alone", router, trained),
        ("trained_beside", both, trained),
        ("taught_beside", both, taught.keys()),
    ):
        mine = [e for e in texts if e.tool in tools]
        row[name] = _share([list_best(decider, e.text)[0] == e.tool for e in mine])
    note(f"teach: {row}")
    return row


def _share(is_right: list[bool]) -> dict[str, Any]:
    return {
        "texts": len(is_right),
        "right": sum(is_right),
        "accuracy": sum(is_right) / len(is_right),
        "accuracy_95": interval_of_share(is_right),
    }


def _sum_tools(candidates: Iterable[Any]) -> float:
    """How sure the router is that some tool fits."""
    return 1.0 - sum(c.confidence for c in candidates if c.tool is None)
