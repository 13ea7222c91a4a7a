"""What is measured of perturbed texts."""

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import robustness
from bench.commands.robustness import compare
from bench.peers import PEERS
from bench.perturbations import PERTURBATIONS
from edge_router import Router

TEXTS = ["dim the lights please", "make the coffee", "will the weather be fine"]


class Strict:
    """Right where a text is as it was."""

    name, version = "strict", "strict 1"

    def predict(self, text: str) -> str:
        return "lights.dim" if text in TEXTS else ""


@pytest.fixture
def rows(monkeypatch, write_sets, request):
    """The rows of a run, by system and perturbation, and what else was written."""
    write_sets(
        {
            "clinc150/test": [(text, "lights.dim") for text in TEXTS],
            "clinc150/oos_test": [("who wrote it", "oos")],
        }
    )
    monkeypatch.setattr(robustness, "fit_peer", lambda module, dataset: Strict())
    written: dict = {}
    monkeypatch.setattr(
        robustness, "write_result", lambda name, found, bundles: written.update(found)
    )
    path = request.config.rootpath / "tests" / "data" / "tiny.router"
    assert main(["robustness", f"--bundle=mine={path}"]) == 0
    return {(row["system"], row["perturbation"]): row for row in written["rows"]}, written, path


def test_every_system_is_measured_on_every_perturbation_and_the_clean_texts(rows):
    found, written, path = rows
    names = ["as it is", *PERTURBATIONS]
    assert list(found) == [(s, name) for s in ("edge-router mine", "strict") for name in names]
    assert (written["dataset"], written["seed"], written["texts"]) == ("clinc150", 0, 4)
    assert written["changed_share"]["as it is"] == written["changed_share"]["lower case"] == 0.0
    assert written["changed_share"]["upper case"] == 1.0
    router = Router.load(path)
    assert {r["sha256"] for r in written["rows"] if "label" in r} == {router.bundle.sha256}


def test_what_is_kept_is_a_share_of_the_clean_accuracy(rows):
    found, _, _ = rows
    assert found["strict", "as it is"]["accuracy"] == found["strict", "as it is"]["kept"] == 1.0
    assert found["strict", "lower case"]["kept"] == 1.0
    assert found["strict", "upper case"]["kept"] == found["strict", "upper case"]["accuracy"] == 0.0


def test_a_bundle_is_measured_as_its_users_call_it(rows):
    found, _, path = rows
    router = Router.load(path)
    for name, texts in (("as it is", TEXTS), ("upper case", [text.upper() for text in TEXTS])):
        decisions = [router.route(text) for text in texts]
        row = found["edge-router mine", name]
        assert row["accuracy"] == sum(d.candidates[0].tool == "lights.dim" for d in decisions) / 3
        assert row["answered_share"] == sum(d.tool is not None for d in decisions) / 3


def test_the_interval_of_what_is_kept_draws_the_same_texts_on_both_sides():
    alike = compare([True, False] * 50, [True, False] * 50)
    assert (alike["accuracy"], alike["kept"], alike["kept_95"]) == (0.5, 1.0, [1.0, 1.0])
    half = compare([True, False, False, False] * 25, [True, True, False, False] * 25)
    assert (half["accuracy"], half["kept"]) == (0.25, 0.5)
    assert half["kept_95"][0] < 0.5 < half["kept_95"][1]


def test_a_peer_that_is_not_installed_is_a_row_that_says_so(monkeypatch):
    monkeypatch.setitem(PEERS, "not_there", "NotThere")
    (row,) = robustness._measure_peer("not_there", {})
    assert row == {
        "system": "not_there",
        "perturbation": "as it is",
        "missing": "not installed (bench.peers.not_there)",
    }
