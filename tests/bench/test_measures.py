import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from bench.bundles import parse_bundle
from bench.commands.arm64 import count_differences, summarize_counts
from bench.commands.latency import summarize
from bench.peers import PEERS, PeerMissingError, make_peer
from bench.stamp import write_result


def test_percentiles_are_in_microseconds_and_by_length_in_words():
    times = np.array([[1000, 3000], [1000, 5000]])
    found = summarize(times, ["go", "turn the lights down now"], beside=times * 2)
    assert found["p50_us"] == 2.0
    assert found["by_words"]["1-4"]["p50_us"] == 1.0
    assert found["by_words"]["5-8"]["p50_us"] == 4.0
    assert list(found["by_words"]) == ["1-4", "5-8"]
    assert found["p50_ratio"] == 0.5


def test_ratio_is_that_of_the_same_round():
    noisy = np.array([[1000, 1000], [9000, 9000], [1000, 1000]])
    assert summarize(noisy * 3, ["a", "b"], beside=noisy)["p50_ratio_range"] == [3.0, 3.0]


def test_instructions_exclude_what_asking_costs():
    # asked at 100 and 110: asking costs 10; then two routes of 500 and 700
    assert summarize_counts([100, 110, 620, 1330]) == {
        "mean": 600.0,
        "p50": 600.0,
        "p99": 700,
        "texts": 2,
    }


def test_one_bit_of_a_confidence_is_a_difference():
    here = [["alarm", "confident", [["alarm", "0x1.8p-1"]], "ab"], [None, "empty", [], "00"]]
    there = [
        ["alarm", "confident", [["alarm", "0x1.8000000000001p-1"]], "ab"],
        [None, "empty", [], "00"],
    ]
    assert count_differences(here, there) == 1


def test_label_and_path_of_a_bundle():
    assert parse_bundle("full=runs/a=b.router") == ("full", Path("runs/a=b.router"))
    with pytest.raises(argparse.ArgumentTypeError):
        parse_bundle("runs/a.router")


def test_a_peer_that_cannot_be_imported_is_missing_by_name(monkeypatch):
    monkeypatch.setitem(PEERS, "not_there", "NotThere")
    with pytest.raises(PeerMissingError, match="not installed"):
        make_peer("not_there")


def test_result_says_where_and_with_what_it_was_measured(tmp_path, capsys):
    bundle = tmp_path / "a.router"
    bundle.write_bytes(b"abc")
    written = json.loads(
        write_result("x", {"rows": []}, bundles=[bundle], folder=tmp_path).read_text("utf-8")
    )
    stamp = written["stamp"]
    assert stamp["bundles"] == {
        "a.router": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }
    assert set(stamp["versions"]) == {"python", "edge_router", "numpy", "onnxruntime", "tokenizers"}
    assert stamp["machine"]["cores"] >= 1


def test_intervals_surround_the_figure_and_are_the_same_every_time():
    pytest.importorskip("scipy")
    from bench.scores import interval_of_share

    low, high = interval_of_share([True] * 90 + [False] * 10)
    assert 0.82 < low < 0.9 < high < 0.97
    assert interval_of_share([True] * 90 + [False] * 10) == [low, high]
