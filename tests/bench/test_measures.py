import argparse
import json
import subprocess
from pathlib import Path

import pytest

from bench import stamp
from bench.bundles import parse_bundle, parse_entry
from bench.commands.arm64 import count_differences, summarize_counts
from bench.stamp import describe_command, write_result


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


def test_a_commit_is_marked_where_files_differ_from_it(tmp_path, monkeypatch):
    def git(*words):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(
            ["git", "-C", str(tmp_path), *identity, *words], check=True, capture_output=True
        )

    monkeypatch.setattr(stamp, "ROOT", tmp_path)
    assert stamp.git_commit() is None
    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "first")
    clean = stamp.git_commit()
    assert len(clean) == 40
    (tmp_path / "b").write_text("not tracked")
    assert stamp.git_commit() == clean
    (tmp_path / "a").write_text("2")
    assert stamp.git_commit() == clean + "+"


def test_a_bundle_on_a_set_needs_set_label_and_path():
    assert parse_entry("snips/small=a/b=c.router") == ("snips", "small", Path("a/b=c.router"))
    for wrong in ("snips=a.router", "/small=a.router", "snips/=a.router", "snips/small="):
        with pytest.raises(argparse.ArgumentTypeError):
            parse_entry(wrong)


def test_a_command_names_files_and_no_folder_of_this_machine():
    arguments = ["accuracy", "--bundle", "clinc150/small=/home/me/a b.router", "--name", "x/y"]
    assert describe_command(arguments) == (
        "python -m bench accuracy --bundle 'clinc150/small=a b.router' --name x/y"
    )
    assert describe_command(["arm64", "--guests", "/home/me/guests"]).endswith("--guests guests")
