"""Times from a clock that the test turns, and one run of the whole command."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import main
from bench.commands import latency
from bench.commands.latency import summarize, time_rounds


def test_percentiles_are_in_microseconds_over_all_measurements():
    times = np.arange(1, 1002)[::-1].reshape(7, 143) * 1000  # 1 to 1001 us in two dimensions
    found = summarize(times, ["go"] * 143, beside=times)
    assert found["p50_us"] == 501.0
    assert found["p99_us"] == 991.0
    assert found["p999_us"] == pytest.approx(1000.0)
    assert found["mean_us"] == 501.0


def test_times_are_told_by_length_in_words_with_both_ends_inside():
    times = np.array([[1000, 3000, 7000]])
    texts = ["go on and on", "turn the lights down now", "a " * 17]
    found = summarize(times, texts, beside=times)["by_words"]
    assert {words: (part["texts"], part["p50_us"]) for words, part in found.items()} == {
        "1-4": (1, 1.0),
        "5-8": (1, 3.0),
        "17-1000": (1, 7.0),
    }


def test_a_text_that_was_slow_once_is_not_a_slow_text():
    times = np.array([[1000, 9000], [1000, 1000], [1000, 1000]])
    assert summarize(times, ["a", "b"], beside=times)["per_text"]["p999_us"] == 1.0


def test_the_ratio_is_that_of_the_same_round():
    noisy = np.array([[1000, 1000], [9000, 9000], [1000, 1000]])
    found = summarize(noisy * 3, ["a", "b"], beside=noisy)
    assert found["p50_ratio"] == 3.0
    assert found["p50_ratio_range"] == [3.0, 3.0]
    drifting = summarize(np.array([[2000], [9000], [3000]]), ["a"], beside=np.array([[1000]] * 3))
    assert drifting["p50_ratio"] == 3.0
    assert drifting["p50_ratio_range"] == [2.0, 9.0]


def test_a_round_times_every_text_with_one_system_after_the_other(monkeypatch):
    clock = itertools.count(0, 5)
    monkeypatch.setattr(latency.time, "perf_counter_ns", lambda: next(clock))
    calls: list[str] = []
    systems = {name: lambda text, name=name: calls.append(name + text) for name in ("A", "B")}
    texts = [str(i) for i in range(25)]
    found = time_rounds(systems, texts, rounds=2, warm_up=3)
    assert {name: times.tolist() for name, times in found.items()} == {
        "A": [[5] * 25] * 2,
        "B": [[5] * 25] * 2,
    }
    one_round = [s + t for s in ("A", "B") for t in [*texts[:20], *texts]]
    assert calls == [s + t for s in ("A", "B") for t in texts[:3]] + one_round * 2


def test_the_first_fresh_process_does_not_count(monkeypatch):
    times = itertools.cycle([99.0, 1.0, 3.0, 2.0])
    monkeypatch.setattr(latency, "_time_process", lambda *_: next(times))
    found = latency._measure_cold(Path("a.router"), "text", 3)
    assert len(found) == 3
    assert all(
        stage == {"median_s": 2.0, "min_s": 1.0, "max_s": 3.0, "runs": 3}
        for stage in found.values()
    )


def test_a_process_that_is_not_pinned_is_started_anew_on_one_core_in_one_thread(monkeypatch):
    started: list[dict] = []
    pinned: list = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, cores: pinned.append(cores))
    monkeypatch.setattr(os, "execve", lambda _path, _args, environment: started.append(environment))
    assert latency.pin(None) == 1
    assert pinned == [{1}]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
    assert [started[0][name] for name in names] == ["1"] * 4


def test_a_process_that_is_pinned_goes_on(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1})
    for name in latency._ONE_THREAD:
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("started anew"))
    assert latency.pin(1) == 1


def test_the_command_times_a_bundle_and_its_cold_start(write_sets, assistant_path, monkeypatch):
    write_sets({"toys/test": [("dim the lights", "lights"), ("play some jazz music now", "music")]})
    monkeypatch.setattr(latency, "pin", lambda _: 0)
    written: dict = {}
    monkeypatch.setattr(latency, "write_result", lambda name, found, bundles: written.update(found))
    bundle = f"--bundle=mine={assistant_path}"
    assert (
        main(["latency", bundle, "--dataset=toys", "--peer=none", "--rounds=2", "--cold-runs=1"])
        == 0
    )
    assert (written["texts"], written["rounds"], written["gc"]) == (2, 2, "on")
    assert written["ratios_to"] == "edge-router mine"
    assert len(written["sha256"]["edge-router mine"]) == 64
    found = written["systems"]["edge-router mine"]
    assert 1 < found["p50_us"] <= found["p99_us"] <= found["p999_us"] < 1e6
    assert found["p50_ratio"] == 1.0
    stages = [stage["median_s"] for stage in written["cold_start"]["mine"].values()]
    assert 0 < stages[2] < stages[0] < 100
