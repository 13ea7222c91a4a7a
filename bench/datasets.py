"""The public sets that edge-router is measured on, in their official splits, as edge-router's own
examples.

They are read from the folder that ``EDGE_ROUTER_DATA`` names (``clinc150/train.jsonl`` and so on,
one object a line with ``text`` and ``label``); ``python -m bench download`` makes that folder from
the originals. ``datasets.json`` has every split's number of rows and the sha256 of its texts and
labels in their order: another split is an error.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_router.examples import Example

VARIABLE = "EDGE_ROUTER_DATA"
CHECKSUMS = Path(__file__).with_name("datasets.json")
OUT_OF_SCOPE = "oos"
LATER = {"train": ("valid", "oos_valid", "test", "oos_test"), "valid": ("test", "oos_test")}
"""Where no text of a split may stand."""


class DatasetError(Exception):
    """A set that is not there, or not the official one."""


def read_split(dataset: str, split: str) -> list[Example]:
    """The examples of one split (``train``, ``valid``, ``test``, ``oos_train``, ...); raises
    DatasetError.
    """
    return [
        Example(text, None if label == OUT_OF_SCOPE else label, (), f"{dataset}/{split}", line)
        for line, (text, label) in enumerate(read_rows(dataset, split), 1)
    ]


def read_rows(dataset: str, split: str) -> list[tuple[str, str]]:
    """Text and label of every row of one official split; raises DatasetError."""
    name = f"{dataset}/{split}.jsonl"
    try:
        rows = [(row["text"], row["label"]) for row in read_lines(name)]
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{name} is not JSON lines with text and label ({error})") from error
    check_rows(name, rows)
    return rows


def read_lines(name: str) -> list[dict[str, Any]]:
    """The objects of a file; raises DatasetError."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise DatasetError(
            f"set {VARIABLE} to a folder with {name}; `python -m bench download FOLDER` makes "
            "one from the originals"
        )
    try:
        lines = (Path(folder) / name).read_text("utf-8").split("\n")
        return [json.loads(line) for line in lines if line]
    except OSError as error:
        raise DatasetError(f"{name} cannot be read in {VARIABLE} ({error.strerror})") from error
    except ValueError as error:
        raise DatasetError(f"{name} is not JSON lines ({error})") from error


def has_split(dataset: str, split: str) -> bool:
    """Whether the official set has this split."""
    return f"{dataset}/{split}.jsonl" in json.loads(CHECKSUMS.read_text("utf-8"))


def read_unshared(dataset: str, split: str) -> list[Example]:
    """One split without the texts that a later one (of train, valid, test) also has, ignoring case
    and spaces: what may be trained or calibrated on; raises DatasetError.
    """
    later = {
        _key(example.text)
        for name in LATER.get(split.removeprefix("oos_"), ())
        if has_split(dataset, name)
        for example in read_split(dataset, name)
    }
    return [example for example in read_split(dataset, split) if _key(example.text) not in later]


def write_examples(examples: list[Example], path: Path) -> None:
    """Writes examples as ``edge-router train`` reads them."""
    rows = (json.dumps({"text": e.text, "tool": e.tool}, ensure_ascii=False) for e in examples)
    path.write_text("".join(row + "\n" for row in rows), "utf-8")


def write_tools(examples: list[Example], tools: list[dict[str, Any]], path: Path) -> None:
    """Writes tools with their descriptions and examples as ``edge-router train --tools`` reads
    them; those without an example are left out.
    """
    by_tool: dict[str | None, list[str]] = {}
    for example in examples:
        by_tool.setdefault(example.tool, []).append(example.text)
    described = [
        {"name": t["name"], "description": t["description"], "examples": by_tool[t["name"]]}
        for t in tools
        if t["name"] in by_tool
    ]
    path.write_text(json.dumps({"tools": described}, ensure_ascii=False, indent=1), "utf-8")


def check_rows(name: str, rows: Sequence[tuple[str, str]]) -> None:
    """Raises DatasetError unless these are the official split's texts and labels, in its order."""
    listed = json.loads(CHECKSUMS.read_text("utf-8")).get(name)
    if listed is None:
        raise DatasetError(
            f"{name} is not listed in datasets.json; the splits there are the ones that are "
            "measured"
        )
    if len(rows) != listed["rows"]:
        raise DatasetError(
            f"{name} is not the official split: {len(rows)} rows, {listed['rows']} expected"
        )
    if checksum_rows(rows) != listed["sha256"]:
        raise DatasetError(
            f"{name} is not the official split: its texts or labels differ (sha256 in "
            "datasets.json)"
        )


def checksum_rows(rows: Sequence[tuple[str, str]]) -> str:
    """sha256 over text and label of every row, whatever else a file holds and however it is
    written.
    """
    return hashlib.sha256(
        json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
