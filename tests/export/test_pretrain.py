import hashlib
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_router import Router
from edge_router.cli.main import main
from edge_router.verify import verify
from edge_router_export.export_onnx import import_encoder

TEXTS = [
    " ".join(words)
    for words in itertools.permutations(["red", "green", "blue", "soup", "paint", "eat"], 4)
]
SMALL = {
    "vocabulary": 60,
    "embedding_width": 8,
    "width": 16,
    "layers": 1,
    "epochs": 40,
    "batch": 64,
    "projection_texts": 300,
    "max_tokens": 12,
}


@pytest.fixture(scope="module")
def pretrain(tiny_teacher: Path, tmp_path_factory) -> Callable[..., Path]:
    """Runs ``edge-router pretrain`` on the texts above with other values of the recipe."""
    folder = tmp_path_factory.mktemp("pretrain")
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(TEXTS), "utf-8")

    def run(name: str, **changed: object) -> Path:
        values = {"teacher": str(tiny_teacher), **SMALL, **changed}
        settings = [f"--set={key}={json.dumps(value)}" for key, value in values.items()]
        output = folder / f"{name}.router"
        work = ["--work-dir", str(folder / "work")]
        assert main(["pretrain", str(corpus), "-o", str(output), "--json", *work, *settings]) == 0
        return output

    return run


@pytest.fixture(scope="module")
def made(pretrain) -> Path:
    return pretrain("made")


def test_the_base_places_texts_as_its_teacher_does(made: Path):
    base = Router.load(made)
    manifest = base.bundle.manifest
    assert manifest.parts.outputs == ("embedding",)
    assert base.embed("red soup").shape == (16,)
    assert manifest.metrics["projection_cosine"] > 0.9
    assert verify(base) == ()
    assert len(base.bundle.goldens) == 17


def test_a_second_run_takes_every_step_from_the_folder_and_gives_the_same_bytes(
    made: Path, pretrain, monkeypatch
):
    monkeypatch.setattr("edge_router_export.pretrain.Teacher", None)
    before = made.read_bytes()
    assert pretrain("made").read_bytes() == before
    again, first = Router.load(pretrain("again")).bundle, Router.load(made).bundle
    assert (again.model, again.tokenizer) == (first.model, first.tokenizer)


def test_a_base_can_be_kept_and_its_projection_fitted_anew(made: Path, pretrain):
    kept = pretrain("kept", base=str(made), projection_texts=200)
    before, after = Router.load(made).bundle, Router.load(kept).bundle
    assert before.tokenizer == after.tokenizer
    old, new = import_encoder(before.model), import_encoder(after.model)
    assert np.array_equal(old.table, new.table)
    for one, other in zip(old.convolutions, new.convolutions, strict=True):
        assert np.array_equal(one.weight, other.weight)
        assert np.array_equal(one.bias, other.bias)
        assert np.array_equal(one.rescale, other.rescale)
    assert before.model != after.model
    assert after.manifest.training["encoder"] == before.manifest.training
    again = Router.load(pretrain("again kept", base=str(kept), projection_texts=200)).bundle
    assert again.manifest.training["encoder"] == before.manifest.training
    assert after.manifest.metrics["projection_cosine"] > 0.9


def test_the_sets_of_tools_that_teaching_was_fitted_on_are_in_the_manifest(
    made: Path, pretrain, tmp_path: Path
):
    path = tmp_path / "set.jsonl"
    rows = [{"text": text, "tool": text.split()[0]} for text in TEXTS[:240:4]]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    manifest = Router.load(
        pretrain("taught", base=str(made), tool_sets=[str(path)])
    ).bundle.manifest
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest.training["tool_sets_sha256"] == {"set.jsonl": sha256}
    assert manifest.training["recipe"]["tool_sets"] == ["set.jsonl"]
    assert (
        manifest.parts.embedding.teaching
        != Router.load(made).bundle.manifest.parts.embedding.teaching
    )
