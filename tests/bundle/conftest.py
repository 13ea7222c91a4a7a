"""A small whole bundle, and the means to forge one whose hashes and sums are right."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.tokenizers import PLAIN

from edge_router.bundle import (
    CalibrationTable,
    Choice,
    Golden,
    Manifest,
    Parts,
    PolicyNumbers,
    pack_bundle,
)
from edge_router.bundle.stored_zip import pack_members, unpack_members
from edge_router.tool import Tool

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def model() -> bytes:
    return (DATA / "tiny.onnx").read_bytes()


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return Manifest(
        name="tiny",
        version="1",
        max_tokens=16,
        max_chars=512,
        parts=Parts(
            Choice(
                tools=(
                    Tool("lights.dim", "Dims a lamp", {"type": "object"}),
                    Tool("café.öffnen"),
                ),
                answers_no_tool=True,
                calibration=CalibrationTable(2, (2**30, 2**29, 0)),
                policy=PolicyNumbers(0.83, 0.98),
            )
        ),
        metrics={"accuracy": 0.5},
    )


@pytest.fixture(scope="session")
def goldens() -> tuple[Golden, ...]:
    return (
        Golden('say "hi"\n\\', (1, 2), {"logits": "d" * 64}, {"tool": None, "confidence": 0.25}),
        Golden("", (), {}, {}),
    )


@pytest.fixture(scope="session")
def packed(manifest: Manifest, model: bytes, goldens: tuple[Golden, ...]) -> bytes:
    return pack_bundle(manifest=manifest, model=model, tokenizer=PLAIN.encode(), goldens=goldens)


@pytest.fixture(scope="session")
def forge(packed: bytes) -> Callable[..., bytes]:
    """Packs the bundle anew with other members; the manifest, unless given, names their true
    hashes.
    """

    def forge(**changed: bytes) -> bytes:
        contents = unpack_members(packed)
        contents |= {name.replace("__", "."): data for name, data in changed.items()}
        if "manifest__json" not in changed:
            manifest = json.loads(contents["manifest.json"])
            for name, member in manifest["members"].items():
                member["sha256"] = hashlib.sha256(contents[name]).hexdigest()
                member["size_bytes"] = len(contents[name])
            text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            contents["manifest.json"] = text.encode()
        return pack_members(contents)

    return forge
