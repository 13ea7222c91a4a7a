"""The public sets that edge-router is measured on, in their official splits, as edge-router's own examples.

They are read from the folder that ``EDGE_ROUTER_DATA`` names (``clinc150/train.jsonl`` and so on, one object a line
with ``text`` and ``label``); ``datasets.json`` has the sha256 of every file, and another file is an error. Originals:
CLINC150 https://github.com/clinc/oos-eval (CC BY 3.0), BANKING77 https://github.com/PolyAI-LDN/task-specific-datasets
(CC BY 4.0), SNIPS https://github.com/sonos/nlu-benchmark (CC0).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from edge_router.examples import Example

VARIABLE = "EDGE_ROUTER_DATA"
CHECKSUMS = Path(__file__).with_name("datasets.json")
OUT_OF_SCOPE = "oos"


class DatasetError(Exception):
    """A set that is not there, or not the official one."""


def read_split(dataset: str, split: str) -> list[Example]:
    """The examples of one split (``train``, ``valid``, ``test``, ``oos_train``, ...); raises DatasetError."""
    return [
        Example(row["text"], None if row["label"] == OUT_OF_SCOPE else row["label"], (), f"{dataset}/{split}", line)
        for line, row in enumerate(_rows(dataset, split), 1)
    ]


def has_split(dataset: str, split: str) -> bool:
    """Whether the official set has this split."""
    return f"{dataset}/{split}.jsonl" in json.loads(CHECKSUMS.read_text("utf-8"))


def training_examples(dataset: str) -> list[Example]:
    """The train split without texts that also stand in the official valid and test splits, ignoring case and spaces."""
    held_back = {
        _key(e.text) for split in ("valid", "test") if has_split(dataset, split) for e in read_split(dataset, split)
    }
    return [e for e in read_split(dataset, "train") if _key(e.text) not in held_back]


def write_examples(examples: list[Example], path: Path) -> None:
    """Writes examples as ``edge-router train`` reads them."""
    rows = (json.dumps({"text": e.text, "tool": e.tool}, ensure_ascii=False) for e in examples)
    path.write_text("".join(row + "\n" for row in rows), "utf-8")


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _rows(dataset: str, split: str) -> list[dict[str, str]]:
    name = f"{dataset}/{split}.jsonl"
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise DatasetError(
            f"set {VARIABLE} to a folder with {dataset}/{split}.jsonl; bench/datasets.py says where they come from"
        )
    name = f"{dataset}/{split}.jsonl"
    try:
        data = (Path(folder) / name).read_bytes()
    except OSError as error:
        raise DatasetError(f"{name} cannot be read in {VARIABLE} ({error.strerror})") from error
    if hashlib.sha256(data).hexdigest() != json.loads(CHECKSUMS.read_text("utf-8")).get(name):
        raise DatasetError(f"{name} is not the official file (its sha256 is not in datasets.json)")
    return [json.loads(line) for line in data.decode("utf-8").splitlines()]
