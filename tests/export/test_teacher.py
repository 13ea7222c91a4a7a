import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_router.errors import RecipeError
from edge_router_export import load_encoder
from edge_router_export.teacher import FineTunedTeacher, Teacher

transformers = pytest.importorskip("transformers", reason="needs the extra [export]")


@pytest.fixture
def saved(tiny_teacher: Path) -> Path:
    """The tiny teacher's folder."""
    return tiny_teacher


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of the encoder's folder, to spoil."""
    for path in saved.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture(autouse=True)
def no_hub(monkeypatch):
    """Nothing here asks the network."""
    monkeypatch.setattr(load_encoder, "_is_hub_there", lambda: False)


def test_vectors_are_units_in_the_order_of_the_texts_whatever_their_length(saved: Path, quiet):
    teacher = Teacher(str(saved))
    texts = ["red green blue soup", "eat", "paint the red soup now please", "green", "eat soup"]
    together = teacher.embed(texts, quiet, batch=2)
    assert together.shape == (5, 16)
    assert np.allclose(np.linalg.norm(together.astype(float), axis=1), 1, atol=2e-3)
    alone = np.concatenate([teacher.embed([text], quiet) for text in texts])
    # bfloat16 keeps 8 bits, and a padded batch rounds elsewhere
    assert np.abs(together.astype(float) - alone).max() < 0.03
    assert np.abs(together[0].astype(float) - together[1]).max() > 0.1


def test_a_fine_tuned_teacher_learns_and_goes_on_from_its_checkpoint(
    saved: Path, tmp_path, quiet, monkeypatch
):
    monkeypatch.setattr("edge_router_export.steps.SAVED_UPDATES", 6)
    texts, labels = ["red soup", "green", "blue soup", "paint", "eat soup", "red"], [1, 0] * 3

    def fit(checkpoint: Path, progress) -> FineTunedTeacher:
        made = FineTunedTeacher(Teacher(str(saved)), 2, seed=1)
        rest = {"rate": 3e-3, "batch": 2, "seed": 1}
        made.fit(texts, labels, epochs=20, **rest, checkpoint_path=checkpoint, progress=progress)
        return made

    class StopError(Exception):
        pass

    def stop(_step: str, done: int, _total: int) -> None:
        if done == 32:
            raise StopError

    whole = fit(tmp_path / "whole.partial", quiet).logits(texts, quiet)
    assert whole.argmax(1).tolist() == labels
    with pytest.raises(StopError):
        fit(tmp_path / "cut.partial", stop)
    made_again: list[int] = []
    resumed = fit(tmp_path / "cut.partial", lambda _step, done, _total: made_again.append(done))
    assert np.array_equal(resumed.logits(texts, quiet), whole)
    assert made_again == list(range(31, 61))  # after the tenth of twenty epochs


def spoil_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def spoil_kind(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "nothing"}')


def spoil_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def lose_a_layer(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    kept = {key: value for key, value in weights.items() if "layer.1." not in key}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def spoil_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"a": 1}')


def use_another_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text("utf-8"))
    tokenizer["model"]["vocab"] = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])}
    path.write_text(json.dumps(tokenizer), "utf-8")


def remove_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_config,
        spoil_kind,
        spoil_weights,
        remove_weights,
        lose_a_layer,
        spoil_tokenizer,
        use_another_tokenizer,
        remove_all,
    ],
)
def test_a_folder_that_holds_no_whole_encoder_is_one_clear_line(folder: Path, spoil):
    spoil(folder)
    with pytest.raises(RecipeError) as refused:
        Teacher(str(folder))
    message = str(refused.value)
    assert message.startswith(f"no encoder can be loaded from the folder {str(folder)!r} (")
    assert message.endswith("without a teacher: --set teachers=none --set synthetic=0")
    assert "\n" not in message


def test_the_default_teacher_without_a_network_says_three_ways_on(monkeypatch):
    monkeypatch.setattr(load_encoder, "PACKAGED_TEACHER", "no_such_package")
    monkeypatch.setenv("HF_HUB_CACHE", "/nowhere")
    with pytest.raises(RecipeError) as refused:
        Teacher("sentence-transformers/all-MiniLM-L6-v2")
    message = str(refused.value)
    assert message.startswith(
        "the teacher 'sentence-transformers/all-MiniLM-L6-v2' is not on this machine and cannot be"
    )
    assert message.endswith(
        "; connect to the network once, `pip install no-such-package`, give a folder, or train "
        "without a teacher: --set teachers=none --set synthetic=0"
    )
    assert "\n" not in message


def test_another_teacher_without_a_network_is_not_offered_the_package():
    with pytest.raises(
        RecipeError, match="connect to the network once, give a folder, or"
    ) as refused:
        Teacher("somebody/encoder-that-is-nowhere")
    assert "pip install" not in str(refused.value)


@pytest.mark.parametrize("name", ["./here", "/no/such/folder", "a b/c", "", "x/y/z", "-x", "~/e"])
def test_a_name_that_no_hub_has_is_a_missing_folder(name: str):
    with pytest.raises(RecipeError, match="no teacher in the folder"):
        Teacher(name)


def test_a_file_is_no_folder(tmp_path: Path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError, match=r"no teacher in the folder 'model\.safetensors'"):
        Teacher("model.safetensors")


def test_the_network_is_asked_only_for_what_is_not_on_this_machine(saved: Path, monkeypatch):
    asked: list[bool] = []
    real = transformers.AutoModel.from_pretrained

    def record(source, *, local_files_only, **rest):
        asked.append(local_files_only)
        if local_files_only and source == "somebody/encoder":
            raise OSError("not cached")
        return real(str(saved), **rest)

    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", record)
    tokenizers = transformers.AutoTokenizer.from_pretrained
    monkeypatch.setattr(
        transformers.AutoTokenizer, "from_pretrained", lambda *_args, **_rest: tokenizers(saved)
    )
    with pytest.raises(RecipeError, match="not cached"):
        Teacher("somebody/encoder")
    assert asked == [True]
    monkeypatch.setattr(load_encoder, "_is_hub_there", lambda: True)
    assert Teacher(str(saved)).width == 16
    assert asked == [True, True]
    assert Teacher("somebody/encoder").width == 16
    assert asked == [True, True, True, False]


def test_the_packaged_default_is_taken_where_it_is_installed(saved: Path, tmp_path, monkeypatch):
    (tmp_path / "packaged_encoder").mkdir()
    (tmp_path / "packaged_encoder" / "__init__.py").write_text("")
    (tmp_path / "packaged_encoder" / "model").symlink_to(saved)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(load_encoder, "PACKAGED_TEACHER", "packaged_encoder")
    assert Teacher("sentence-transformers/all-MiniLM-L6-v2").width == 16


@pytest.mark.parametrize(("given", "expected"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_wait_without_spinning_unless_the_user_says_so(given: str | None, expected: str):
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    if given:
        environment["OMP_WAIT_POLICY"] = given
    script = "import os, sys, edge_router_export as e; print(os.environ['OMP_WAIT_POLICY'])"
    script += "; assert 'torch' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{expected}\n", "")
