import json

import pytest

from bench.__main__ import main
from bench.commands.table import fill_tables, read_results

STAMP = {
    "machine": {"cpu": "Abacus 3000", "cores": 2, "system": "Linux x86_64"},
    "versions": {
        "python": "3.11.7",
        "edge_router": "0.1.0",
        "numpy": "2.4",
        "onnxruntime": "1.32",
        "tokenizers": "0.23",
    },
    "git_commit": "0123456789abcdef",
    "bundles": {},
    "command": "python -m bench accuracy",
    "date": "2026-01-02",
}
NOTE = (
    "`python -m bench accuracy` · Abacus 3000, 2 cores · onnxruntime 1.32, tokenizers 0.23, numpy 2.4"
    " · 0123456789 · 2026-01-02"
)
ACCURACY = {
    "stamp": STAMP,
    "rows": [
        {
            "dataset": "clinc150",
            "label": "full",
            "accuracy": 0.9612,
            "accuracy_95": [0.955, 0.967],
            "size_bytes": 3_520_585,
            "ece": 0.0123,
            "ece_95": [0.01, 0.02],
            "auroc": 0.965,
            "auroc_95": [0.96, 0.97],
            "answered_share": 0.9,
            "precision": 0.98,
            "rejected_share": 0.85,
            "threshold": 0.77,
        }
    ],
}
PEERS = {
    "stamp": STAMP,
    "rows": [
        {
            "dataset": "clinc150",
            "name": "floor",
            "accuracy": 0.9,
            "accuracy_95": [0.89, 0.91],
            "size_bytes": 9_000_000,
        },
        {"dataset": "clinc150", "name": "fasttext", "missing": "not installed (fasttext)"},
    ],
}
ARM64 = {
    "stamp": STAMP,
    "rows": [
        {
            "label": "full",
            "texts": 1013,
            "goldens": 64,
            "kinds": [{"kind": "Cortex-A72 (Pi 4)", "differing": 1, "goldens_differing": 0}],
            "instructions": {
                "Cortex-A72 (Pi 4)": {"mean": 1_234_567.0, "p50": 1.2e6, "p99": 2.5e6, "texts": 200}
            },
        }
    ],
}
README = "# Title | kept\n<!-- table:accuracy -->\nold\n<!-- /table:accuracy -->\n  after, kept exactly  \n"


@pytest.fixture
def folder(tmp_path):
    for name, result in {"accuracy": ACCURACY, "peers": PEERS, "arm64": ARM64}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(result), "utf-8")
    return tmp_path


def test_accuracy_table_stands_between_its_markers_and_nothing_else_changes(folder):
    assert fill_tables(README, read_results(folder)) == (
        "# Title | kept\n"
        "<!-- table:accuracy -->\n"
        "| accuracy, % | CLINC150 | size, CLINC150 |\n"
        "|---|---:|---:|\n"
        "| **edge-router `full`** | 96.1 (95.5 to 96.7) | 3.5 MB |\n"
        "| floor | 90.0 (89.0 to 91.0) | 9.0 MB |\n"
        "| fasttext | not installed (fasttext) |  |\n"
        "\n"
        "<sub>Measured by</sub>\n"
        "\n"
        f"- {NOTE}\n"
        "<!-- /table:accuracy -->\n"
        "  after, kept exactly  \n"
    )


def test_confidence_table_reads_every_share(folder):
    filled = fill_tables(
        "<!-- table:decisions -->\n<!-- /table:decisions -->\n", read_results(folder)
    )
    assert (
        "| CLINC150 `full` | 0.0123 (0.0100 to 0.0200) | 0.965 (0.960 to 0.970) | 90.0 | 98.0 | 85.0 | 0.770 |"
        in filled
    )


def test_arm64_table_counts_what_differs(folder):
    filled = fill_tables("<!-- table:arm64 -->\n<!-- /table:arm64 -->\n", read_results(folder))
    assert "| `full` | Cortex-A72 (Pi 4) | 1 of 1013 | 0 of 64 |" in filled


def test_table_without_results_is_left_as_it_is(folder, capsys):
    text = "<!-- table:latency -->\nfrom last year\n<!-- /table:latency -->\n"
    assert fill_tables(text, read_results(folder)) == text
    assert "no results of latency" in capsys.readouterr().err


def test_refuses_an_unknown_table(folder):
    with pytest.raises(ValueError, match="no table is called 'speed'"):
        fill_tables("<!-- table:speed -->\n<!-- /table:speed -->\n", read_results(folder))


def test_refuses_a_marker_that_is_not_closed(folder):
    with pytest.raises(ValueError, match="do not pair"):
        fill_tables("<!-- table:accuracy -->\n", read_results(folder))


def test_filling_twice_changes_nothing(folder):
    once = fill_tables(README, read_results(folder))
    assert fill_tables(once, read_results(folder)) == once


def test_check_fails_where_a_number_was_typed_by_hand(folder):
    readme = folder / "README.md"
    readme.write_text(README, "utf-8")
    assert main(["table", str(readme), "--results", str(folder)]) == 0
    assert main(["table", str(readme), "--results", str(folder), "--check"]) == 0
    readme.write_text(readme.read_text("utf-8").replace("96.1", "99.9"), "utf-8")
    assert main(["table", str(readme), "--results", str(folder), "--check"]) == 1
    assert "99.9" in readme.read_text("utf-8")
