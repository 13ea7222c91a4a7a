"""Numbers, times and arguments out of texts, without training: against the cases of
Recognizers-Text, on BFCL's simple calls and on Home Assistant's sentences with the tool given; and
the days and times found in CLINC150's test texts.

Every second row of BFCL and Home Assistant is kept for the report; the grammar was developed on
the others.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.datasets import DatasetError, read_lines, read_split
from bench.gold import KINDS, find_wrong, is_recognized
from bench.scores import interval_of_share
from bench.stamp import note, write_result
from edge_router.tools.arguments import Filler, Kind, Source, recognize
from edge_router.tools.gazetteer import Gazetteer

NOW = datetime(2023, 6, 1, 12, 0)
"""The clock where a set has none of its own."""
HOME_WORDS = Path(__file__).parents[1] / "home_assistant.json"
_NAMES = ("name", "area", "floor")
_SETS = ("recognizers", "clinc150", "bfcl", "home_assistant")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sets, and the language of the first."""
    parser.add_argument("--set", action="append", choices=_SETS, dest="sets", help="(all)")
    parser.add_argument("--language", action="append", help="of the recognizers' cases (en)")
    parser.add_argument("--show", action="store_true", help="print what is wrong")
    parser.add_argument("--name", default="arguments", help="of the result (arguments)")


def run(args: argparse.Namespace) -> int:
    """Measures each set and writes the result."""
    sets = args.sets or _SETS
    measured: dict[str, Any] = {}
    if "recognizers" in sets:
        measured["recognizers"] = [
            row
            for language in args.language or ["en"]
            for row in _measure_recognizers(language, is_shown=args.show)
        ]
    if "clinc150" in sets:
        measured["clinc150"] = _count_times()
    if "bfcl" in sets:
        measured["bfcl"] = _measure_calls("bfcl", _list_bfcl(), is_shown=args.show)
    if "home_assistant" in sets:
        measured["home_assistant"] = _measure_calls(
            "home_assistant", _list_home(), is_shown=args.show
        )
    write_result(args.name, measured)
    return 0


def _measure_recognizers(language: str, *, is_shown: bool) -> Iterator[dict[str, Any]]:
    """For each kind, the share of sentences whose every span and value is right."""
    for kind, kinds in KINDS.items():
        rights = []
        for case in read_lines(f"recognizers/{language}_{kind}.jsonl"):
            now = datetime.fromisoformat(case.get("clock") or NOW.isoformat())
            found = recognize(case["text"], now=now, language=language)
            found = tuple(r for r in found if r.kind in kinds)
            gold = [g for g in case["results"] if not g["type"].startswith("ordinal.")]
            rights.append(is_recognized(kind, gold, found))
            if is_shown and not rights[-1]:
                note(f"  {case['text']!r}: {[(r.text, r.value) for r in found]}")
        row = {"language": language, "kind": kind, "cases": len(rights), "right": sum(rights)}
        note(f"recognizers: {language} {kind}: {row['right']} of {row['cases']}")
        yield {**row, "share_95": interval_of_share(rights)}


def _count_times() -> dict[str, Any]:
    """Days and times found in the texts, by kind; whether each is one, a reader must say."""
    counts: Counter[str] = Counter()
    texts = [example.text for example in read_split("clinc150", "test")]
    for text in texts:
        kinds = {r.kind for r in recognize(text, now=NOW)}
        counts.update(k for k in kinds if k in (Kind.DATE, Kind.TIME, Kind.DATETIME))
    note(f"clinc150: {dict(counts)} in {len(texts)} texts")
    return {"texts": len(texts), "texts_with": dict(sorted(counts.items()))}


Call = tuple[str, Filler, dict[str, Any]]
"""A text, its tool's filler, and the values that each parameter may have."""


def _measure_calls(name: str, calls: Iterator[Call], *, is_shown: bool) -> list[dict[str, Any]]:
    """The share of calls with all arguments right: on the rows developed on, and on the others."""
    rights: tuple[list[bool], list[bool]] = ([], [])
    for place, (text, filler, gold) in enumerate(calls):
        wrong = find_wrong(gold, _fill(filler, text))
        rights[place % 2].append(not wrong)
        if is_shown and wrong and place % 2 == 0:
            note(f"  {text}: {wrong}")
    rows = [
        {
            "rows": part,
            "calls": len(right),
            "all_right": sum(right),
            "share_95": interval_of_share(right),
        }
        for part, right in zip(("developed on", "kept for the report"), rights, strict=True)
    ]
    for row in rows:
        note(f"{name}: {row['all_right']} of {row['calls']} ({row['rows']})")
    return rows


def _fill(filler: Filler, text: str) -> dict[str, Any]:
    """What the text says, defaults left out; of what is ambiguous the likeliest."""
    filled = filler.fill(text, now=NOW)
    found = {a.name: a.value for a in filled.arguments if a.source is not Source.DEFAULT}
    return found | {a.name: a.readings[0].value for a in filled.ambiguous}


def _list_bfcl() -> Iterator[Call]:
    tools = {tool["id"]: tool for tool in read_lines("bfcl/tools.jsonl")}
    for row in read_lines("bfcl/simple_python.jsonl"):
        filler = Filler(tools[row["candidate_ids"][0]]["parameters"])
        yield row["text"], filler, next(iter(row["answer"][0].values()))


def _list_home() -> Iterator[Call]:
    """Home Assistant's sentences: names are those of the house, the words of choices our own.

    An area that the text does not name comes from where the device stands: it is not asked for.
    """
    rows = read_lines("home_assistant/en.jsonl")
    words = json.loads(HOME_WORDS.read_text("utf-8"))
    names = {
        key: Gazetteer(sorted({r["args"][key] for r in rows if _is_name(r["args"].get(key))}))
        for key in _NAMES
    }
    fillers = {}
    for tool in read_lines("home_assistant/tools.jsonl"):
        known = {} if "Timer" in tool["name"] else names  # a timer's name is any word
        fillers[tool["name"]] = Filler(_make_schema(tool, words), gazetteers=known)
    for row in rows:
        if row["label"] not in fillers:
            raise DatasetError(f"home_assistant has no tool {row['label']!r}; fetch it again")
        yield row["text"], fillers[row["label"]], _make_gold(row)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != "all"


def _make_schema(tool: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema of a tool's slots, which have descriptions alone."""
    properties: dict[str, Any] = {}
    for name, slot in tool["parameters"].items():
        is_number = any(
            part in slot["description"] for part in ("Number of", "0 to 100", "Hours", "Minutes",
                                                     "Seconds", "in degrees")
        )  # fmt: skip
        kind = "number" if name == "temperature" else "integer" if is_number else "string"
        properties[name] = {"type": kind, "description": slot["description"]}
        if name in words:
            properties[name]["x-synonyms"] = words[name]
            if kind == "string":
                properties[name]["enum"] = list(words[name])
    required = [name for name, slot in tool["parameters"].items() if slot["required"]]
    return {"type": "object", "properties": properties, "required": required}


def _make_gold(row: dict[str, Any]) -> dict[str, Any]:
    gold = {
        name: value if isinstance(value, list) else [value]
        for name, value in row["args"].items()
        if value != "all"
    }
    area = row["args"].get("area")
    if area and area.casefold() not in row["text"].casefold():
        del gold["area"]
    return gold
