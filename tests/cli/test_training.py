"""``train`` and ``pretrain``: what they hand to the training side, and what they print of it."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from edge_router import MissingExtraError
from edge_router.cli import training
from edge_router.cli.main import main
from edge_router.cli.training import split_override
from edge_router.errors import RecipeError

HELD_OUT = {"accuracy": 0.9, "answered_share": 0.8, "precision": 0.975}


@pytest.fixture
def trained(monkeypatch):
    """What ``train`` was called with; nothing is trained."""
    calls = []

    def train(*arguments, progress, **settings):
        calls.append((arguments, settings))
        progress("student learns", 1, 1)
        return SimpleNamespace(
            bundle_path=Path("home.router"),
            report_path=Path("home-report/report.md"),
            sha256="ab12",
            metrics={"held_out": HELD_OUT},
            warnings=("the text '\u202e' stands twice",),
        )

    module = ModuleType("edge_router_export.train")
    module.train = train
    monkeypatch.setitem(sys.modules, "edge_router_export.train", module)
    monkeypatch.setattr("edge_router.cli.train.prepare_export", calls.append)
    return calls


def test_train_hands_on_what_it_was_given(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "a.jsonl", "-o", "home.router"]) == 0
    threads, (examples, settings) = trained
    assert threads is None
    assert examples == ([Path("a.jsonl")],)
    assert settings == {
        "tools": None,
        "output": Path("home.router"),
        "recipe": "small",
        "overrides": {},
        "valid": [],
        "test": [],
        "takes_weak": False,
        "outcomes": [],
        "takes_labels": False,
        "work_dir": None,
    }
    trained.clear()
    options = "--tools t.yaml --recipe tiny --set epochs=3 --set seed=2 --max-error 5%"
    files = "--valid v1.jsonl v2.jsonl --test u.jsonl --work-dir w --threads 1 --weak"
    given = ["train", "-o", "h.router", *options.split(), *files.split()]
    assert main([*given, "--json", "a.jsonl", "b.jsonl"]) == 0
    threads, (examples, settings) = trained
    assert threads == 1
    assert examples == ([Path("a.jsonl"), Path("b.jsonl")],)
    assert settings == {
        "tools": Path("t.yaml"),
        "output": Path("h.router"),
        "recipe": "tiny",
        "overrides": {"epochs": "3", "seed": "2", "max_error": "0.05"},
        "valid": [Path("v1.jsonl"), Path("v2.jsonl")],
        "test": [Path("u.jsonl")],
        "takes_weak": True,
        "outcomes": [],
        "takes_labels": False,
        "work_dir": Path("w"),
    }


def test_train_hands_on_logged_outcomes_and_a_prior(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = ["train", "-o", "h.router", "--outcomes", "l1.jsonl", "l2.jsonl"]
    assert main([*given, "--without-propensity", "labels", "--prior", 'old "1".router']) == 0
    _, (examples, settings) = trained
    assert examples == ([],)
    assert settings["outcomes"] == [Path("l1.jsonl"), Path("l2.jsonl")]
    assert settings["takes_labels"] is True
    assert settings["overrides"] == {"prior": r'"old \"1\".router"'}
    assert main([*given, "--without-propensity", "yes"]) == 2
    assert "choose from" in capsys.readouterr().err


def test_train_prints_what_a_log_says_where_there_are_no_labels(
    trained, tmp_path, monkeypatch, capsys
):
    found = {"outcomes": {"sentence": "learned from 90 logged outcomes: value estimate ..."}}
    made = SimpleNamespace(
        bundle_path=Path("h.router"),
        report_path=Path("h-report/report.md"),
        sha256="ab12",
        metrics=found,
        warnings=(),
    )
    module = sys.modules["edge_router_export.train"]
    monkeypatch.setattr(module, "train", lambda *_, **__: made)
    assert main(["train", "--outcomes", "l.jsonl", "-o", str(tmp_path / "h.router")]) == 0
    assert capsys.readouterr().out == (
        "h.router  sha256 ab12\n"
        "learned from 90 logged outcomes: value estimate ...\n"
        "report: h-report/report.md\n"
    )


def test_train_prints_where_the_bundle_is_and_how_good(trained, tmp_path, capsys):
    assert main(["train", "a.jsonl", "-o", str(tmp_path / "home.router")]) == 0
    assert capsys.readouterr() == (
        "home.router  sha256 ab12\n"
        "held-out accuracy 90.00 %\n"
        "answered 80.00 %, of these right 97.50 %\n"
        "report: home-report/report.md\n",
        "student learns: 1 in 0 s\nedge-router: warning: the text '\\u202e' stands twice\n",
    )


def test_train_with_json_prints_one_object_and_only_warnings_beside_it(trained, tmp_path, capsys):
    assert main(["train", "a.jsonl", "-o", str(tmp_path / "home.router"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "bundle": "home.router",
        "report": "home-report/report.md",
        "sha256": "ab12",
        "held_out": HELD_OUT,
    }
    assert captured.err == "edge-router: warning: the text '\\u202e' stands twice\n"


def test_wrong_arguments_are_told_before_anything_is_imported(trained, tmp_path, capsys):
    given = ["train", "a.jsonl", "-o", str(tmp_path / "home.router")]
    for wrong, said in (
        (["--set", "epochs"], "write --set KEY=VALUE"),
        (["--max-error", "98"], "write 98% or 0.98"),
        (["--threads", "0"], "not from 1 to"),
    ):
        assert main([*given, *wrong]) == 2
        assert said in capsys.readouterr().err
    assert trained == []


def test_an_override_is_a_key_and_a_value():
    assert split_override("base=none") == ("base", "none")
    assert split_override(" rate = 1e-3 ") == ("rate", "1e-3")
    assert split_override("path=a=b") == ("path", "a=b")
    with pytest.raises(RecipeError, match="has no '='"):
        split_override("epochs")


def test_without_the_extra_both_commands_say_how_to_install_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "edge_router_export", None)
    with pytest.raises(MissingExtraError):
        training.prepare_export(None)
    for command in ("train", "pretrain"):
        assert main([command, "a.txt", "-o", str(tmp_path / "x.router")]) == 2
        assert 'pip install "edge-router[export]"' in capsys.readouterr().err


@pytest.mark.skipif(find_spec("torch") is None, reason="needs the extra [export]")
def test_the_number_of_threads_is_known_before_numpy_and_torch_are_imported():
    code = """
import os, sys
seen = {}
def watch(event, arguments):
    if event == "import" and arguments[0] in ("numpy", "torch"):
        seen.setdefault(arguments[0], os.environ.get("OMP_NUM_THREADS"))
sys.addaudithook(watch)
from edge_router.cli.training import prepare_export
prepare_export(2)
import numpy, torch
assert seen == {"numpy": "2", "torch": "2"}, seen
assert torch.get_num_threads() == 2
prepare_export(1)
assert torch.get_num_threads() == 1
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
