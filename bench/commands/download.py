"""Downloads the public sets from their authors and writes them as the folder that EDGE_ROUTER_DATA
names.

CLINC150 (CC BY 3.0) github.com/clinc/oos-eval, BANKING77 (CC BY 4.0)
github.com/PolyAI-LDN/task-specific-datasets: the sha256 of the originals is pinned here, and our
rows give back the originals byte for byte. SNIPS (CC0; collected by
github.com/sonos/nlu-benchmark), in the lower-cased split of Goo et al. (2018) that papers report,
github.com/MiuLab/SlotGated-SLU: its originals' sha256 is not known to us. What comes is held
against datasets.json, row by row; should it differ there, nothing is written.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.datasets import VARIABLE, DatasetError, check_rows
from bench.stamp import note

Rows = list[tuple[str, str]]
_CLINC = "https://raw.githubusercontent.com/clinc/oos-eval/master/data/data_full.json"
_BANKING = "https://raw.githubusercontent.com/PolyAI-LDN/task-specific-datasets/master/banking_data"
_SNIPS = "https://raw.githubusercontent.com/MiuLab/SlotGated-SLU/master/data/snips"
PINNED = {
    _CLINC: "36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0",
    f"{_BANKING}/train.csv": "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b",
    f"{_BANKING}/test.csv": "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d",
}
"""sha256 of the originals, as several independent projects publish them."""

_LARGEST = 64_000_000
_CLINC_SPLITS = {"val": "valid", "oos_val": "oos_valid"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and which sets."""
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--dataset", action="append", choices=sorted(SETS), help="repeatable; default: all"
    )


def run(args: argparse.Namespace) -> int:
    """Downloads, converts, checks, and only then writes."""
    for dataset in args.dataset or SETS:
        splits = SETS[dataset](fetch)
        for split, rows in splits.items():
            check_rows(f"{dataset}/{split}.jsonl", rows)
        for split, rows in splits.items():
            path = args.folder / dataset / f"{split}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(format_rows(rows), "utf-8")
            note(f"{path}: {len(rows)} rows")
    note(f"now: export {VARIABLE}={args.folder.resolve()}")
    return 0


def fetch(address: str) -> bytes:
    """An original's bytes; raises DatasetError where they are not the pinned ones, OSError without
    network.
    """
    note(f"downloading {address}")
    with urllib.request.urlopen(address, timeout=60) as answer:
        data: bytes = answer.read(_LARGEST)
    pinned = PINNED.get(address)
    if pinned is not None and hashlib.sha256(data).hexdigest() != pinned:
        raise DatasetError(
            f"{address} is not the original that was measured (its sha256 changed); download "
            "it elsewhere"
        )
    return data


def format_rows(rows: Rows) -> str:
    """One JSON object a line, ``text`` and ``label``."""
    lines = (
        json.dumps({"text": t, "label": x}, ensure_ascii=False, separators=(",", ":")) + "\n"
        for t, x in rows
    )
    return "".join(lines)


def convert_clinc150(get: Callable[[str], bytes]) -> dict[str, Rows]:
    """data_full.json: an object of splits, each a list of text and intent; its ``val`` is our
    ``valid``.
    """
    whole = json.loads(get(_CLINC))
    return {
        _CLINC_SPLITS.get(name, name): [(text, label) for text, label in rows]
        for name, rows in whole.items()
    }


def convert_banking77(get: Callable[[str], bytes]) -> dict[str, Rows]:
    """train.csv and test.csv: ``text,category``; some texts hold line ends."""
    return {split: _read_csv(get(f"{_BANKING}/{split}.csv")) for split in ("train", "test")}


def convert_snips(get: Callable[[str], bytes]) -> dict[str, Rows]:
    """For each split seq.in and label, one line a text; bytes that are not UTF-8 become U+FFFD."""
    return {
        split: list(
            zip(
                _lines(get(f"{_SNIPS}/{split}/seq.in")),
                _lines(get(f"{_SNIPS}/{split}/label")),
                strict=True,
            )
        )
        for split in ("train", "valid", "test")
    }


SETS: dict[str, Callable[[Callable[[str], bytes]], dict[str, Rows]]] = {
    "clinc150": convert_clinc150,
    "banking77": convert_banking77,
    "snips": convert_snips,
}


def _read_csv(data: bytes) -> Rows:
    table = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    next(table)  # the head
    return [(text, label) for text, label in table]


def _lines(data: bytes) -> list[str]:
    return [line.strip() for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
