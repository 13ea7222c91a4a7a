import json
import sys
from pathlib import Path

import pytest

# bench/ belongs to the checkout, not to the installed package; made_up_results stands here
sys.path += [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from bench import datasets


@pytest.fixture
def write_sets(tmp_path, monkeypatch):
    """Writes splits (name: rows of text and label) that count as the official ones."""

    def write(splits: dict[str, list[tuple[str, str]]]) -> Path:
        listed = {}
        for name, rows in splits.items():
            path = tmp_path / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = [json.dumps({"text": t, "label": x}, ensure_ascii=False) for t, x in rows]
            path.write_text("".join(line + "\n" for line in lines), "utf-8")
            sha256 = datasets.checksum_rows(rows)
            listed[f"{name}.jsonl"] = {"rows": len(rows), "sha256": sha256}
        checksums = tmp_path / "datasets.json"
        checksums.write_text(json.dumps(listed), "utf-8")
        monkeypatch.setattr(datasets, "CHECKSUMS", checksums)
        monkeypatch.setenv("EDGE_ROUTER_DATA", str(tmp_path))
        return tmp_path

    return write
