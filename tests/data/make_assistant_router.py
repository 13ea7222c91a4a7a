"""Trains assistant.router: a small real router for tests that must run without torch. Needs the
extra; run it by hand.
"""

import tempfile
from pathlib import Path

from edge_router_export.train import train

HERE = Path(__file__).parent
SMALL = {
    "base": "none",
    "vocabulary": "1200",
    "embedding_width": "32",
    "width": "48",
    "epochs": "40",
    "folds": "3",
    "max_error": "0.3",
}


def make_assistant_router(output: Path) -> None:
    examples = HERE.parents[1] / "examples" / "assistant"
    with tempfile.TemporaryDirectory() as folder:
        made = train(
            [examples / "examples.jsonl"],
            tools=examples / "tools.yaml",
            output=Path(folder) / "assistant.router",
            recipe="tiny",
            overrides=SMALL,
            progress=lambda _step, _done, _total: None,
        )
        output.write_bytes(made.bundle_path.read_bytes())


if __name__ == "__main__":
    make_assistant_router(HERE / "assistant.router")
