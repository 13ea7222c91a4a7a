"""What taught routers are measured on: few examples of each tool, descriptions alone, and a
router's own tools beside the taught ones.

Read from the folder that ``EDGE_ROUTER_DATA`` names; the few-shot splits are those of DialoGLUE
(Mehri et al., 2020).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.datasets import read_lines, read_split
from edge_router import Router
from edge_router.examples import Example
from edge_router.tool import Tool

POOL = 100
"""Tools that each BFCL text is asked among."""
SHOWN = 7
"""Candidates that hold five tools, whatever stands for no tool."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text asked of tools that are known by their descriptions."""

    text: str
    """As a user writes it."""
    tools: tuple[Tool, ...]
    """Those to find it among."""
    right: frozenset[str]
    """The names of those that answer it."""


def read_shots(dataset: str, shots: int) -> dict[str, list[str]]:
    """The few texts of each tool."""
    return group_texts(read_split(dataset, f"fewshot_{shots}/train"))


def group_texts(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Texts by tool, without those that fit none."""
    found: dict[str, list[str]] = {}
    for example in examples:
        if example.tool is not None:
            found.setdefault(example.tool, []).append(example.text)
    return found


def list_best(router: Router, text: str) -> list[str]:
    """The router's five best tools, whether it would run one or not."""
    candidates = router.route(text, top=SHOWN).candidates
    return [c.tool for c in candidates if c.tool is not None][:5]


def read_metatool() -> Iterator[Question]:
    """MetaTool's test texts, each among all of its tools."""
    rows = read_lines("metatool/tools.jsonl")
    tools = tuple([Tool(row["name"], row["description"]) for row in rows])
    for row in read_lines("metatool/test.jsonl"):
        yield Question(row["text"], tools, frozenset([row["label"]]))


def read_bfcl(seed: int = 0) -> Iterator[Question]:
    """BFCL's simple and multiple texts, each among its own tools and others drawn at random, none
    of which has a right one's name.
    """
    schemas = {row["id"]: row for row in read_lines("bfcl/tools.jsonl")}
    by_name = {schema["name"]: i for i, schema in schemas.items()}  # some names stand twice
    source = random.Random(seed)
    for file in ("simple_python", "multiple"):
        for row in read_lines(f"bfcl/{file}.jsonl"):
            own: list[str] = row["candidate_ids"]
            names = {schemas[i]["name"] for i in own}
            others = [i for name, i in by_name.items() if name not in names]
            pool = [schemas[i] for i in (*own, *source.sample(others, POOL - len(own)))]
            tools = [Tool(s["name"], s["description"], s["parameters"]) for s in pool]
            yield Question(row["text"], tuple(tools), frozenset(row["labels"]))
