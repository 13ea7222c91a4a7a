"""Writes ``files/``, the hostile members that are small enough to keep. Run it by hand in the folder
``tests``: ``python -m attacks.make_attacks``.
"""

from pathlib import Path

from attacks.graphs import make_big_graphs, make_graphs
from attacks.tokenizers import make_big_tokenizers, make_tokenizers

FILES = Path(__file__).parent / "files"


def make_attacks() -> dict[str, bytes]:
    """File name to bytes of all attacks that are kept."""
    return _name(make_tokenizers(), make_graphs())


def make_big_attacks() -> dict[str, bytes]:
    """File name to bytes of the others."""
    return _name(make_big_tokenizers(), make_big_graphs())


def _name(tokenizers: dict[str, str], graphs: dict[str, bytes]) -> dict[str, bytes]:
    texts = {f"{name}.json": text.encode() for name, text in tokenizers.items()}
    return texts | {f"{name}.onnx": data for name, data in graphs.items()}


if __name__ == "__main__":
    for name, data in make_attacks().items():
        (FILES / name).write_bytes(data)
