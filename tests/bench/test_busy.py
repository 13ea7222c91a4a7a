import subprocess
from argparse import Namespace

import pytest

pytest.importorskip("torch", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import busy


def test_the_four_cases_are_measured_round_by_round(monkeypatch):
    times = iter([10.0, 20.0, 1.0, 5.0, 12.0, 22.0, 3.0, 7.0, 11.0, 24.0, 2.0, 6.0])
    asked: list[tuple[str, int]] = []
    running: list[int] = []

    class Process:
        def __init__(self, _command):
            running.append(1)

        def kill(self):
            running.pop()

        def wait(self):
            pass

    def train(policy, _args):
        asked.append((policy, len(running)))
        return next(times), 2

    monkeypatch.setattr(busy, "_train", train)
    monkeypatch.setattr(subprocess, "Popen", Process)
    written: dict = {}
    monkeypatch.setattr(busy, "write_result", lambda name, found: written.update(found))
    assert main(["busy", "--rounds=3"]) == 0
    assert asked == [("", 0), ("PASSIVE", 0), ("", 1), ("PASSIVE", 1)] * 3
    assert not running
    assert written["threads"] == 2
    assert [(row["is_busy"], row["updates_per_s"], row["range"]) for row in written["rows"]] == [
        (False, 11.0, [10.0, 12.0]),
        (False, 22.0, [20.0, 24.0]),
        (True, 2.0, [1.0, 3.0]),
        (True, 6.0, [5.0, 7.0]),
    ]


def test_torch_is_loaded_before_the_package_that_sets_its_policy():
    script = busy._TRAINING
    assert script.index("import torch") < script.index("edge_router_export")


def test_a_training_in_a_process_of_its_own_is_counted():
    updates_per_s, threads = busy._train("PASSIVE", Namespace(seconds=0.05, threads=1))
    assert 0 < updates_per_s < 10_000
    assert threads == 1


def test_a_training_that_fails_is_said(monkeypatch):
    monkeypatch.setattr(busy, "_TRAINING", "raise SystemExit('no luck')")
    with pytest.raises(OSError, match="the training ended with 1: no luck"):
        busy._train("", Namespace(seconds=1.0, threads=None))


def test_the_busy_process_ends_with_its_block():
    with busy.keep_a_core_busy():
        pass
