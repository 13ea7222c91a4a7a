"""Every hostile member is refused by its checker, at once and in little memory, in a process that it
might have killed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attacks.forge import EMBEDDING, forge
from attacks.graphs import forge_wide
from attacks.load import load
from attacks.make_attacks import FILES, make_attacks, make_big_attacks
from attacks.tokenizers import PLAIN

from edge_router.bundle.onnx_check import check_onnx
from edge_router.bundle.tokenizer_check import check_tokenizer

TESTS = Path(__file__).parents[1]
KEPT = sorted(file.name for file in FILES.iterdir())


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Any]]:
    return run_all(sorted(FILES.iterdir()))


def run_all(files: list[Path]) -> dict[str, dict[str, Any]]:
    """What came of every attack; a process that an attack ended is followed by another."""
    found: dict[str, dict[str, Any]] = {}
    while files:
        lines = run(files)
        found |= {line["name"]: line for line in lines}
        files = files[len(lines) + 1 :]
    return found


def run(files: list[Path]) -> list[dict[str, Any]]:
    """The lines that the process printed before it ended, by itself or by our patience."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "attacks.load", *map(str, files)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    try:
        out, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert lines[:1] == ["ready"], errors.decode()
    return lines[1:]


def check(name: str, results: dict[str, dict[str, Any]]) -> None:
    assert name in results, f"{name} hung or ended the process"
    result = results[name]
    assert result["error"] == "BundleError", result
    member = "model.onnx" if name.endswith(".onnx") else "tokenizer.json"
    assert result["message"].startswith(f"{member} is not the "), result
    assert result["message"].isprintable()
    assert len(result["message"]) < 400
    assert result["cpu_seconds"] < 1.0, result
    assert result["peak_mib"] < 200, result


@pytest.mark.parametrize("name", KEPT)
def test_an_attack_is_refused_at_once_and_in_little_memory(name: str, results: dict[str, Any]):
    check(name, results)


def test_so_are_those_that_are_too_big_to_keep(tmp_path: Path):
    for name, data in make_big_attacks().items():
        (tmp_path / name).write_bytes(data)
    files = sorted(tmp_path.iterdir())
    found = run_all(files)
    for file in files:
        check(file.name, found)


def test_without_the_attack_the_same_members_are_loaded():
    router = load(model=forge(), tokenizer=PLAIN.encode())
    assert router.logits("turn the light off").tolist() == [11, 7, 3]
    check_onnx(forge(**EMBEDDING), max_tokens=4096)
    check_onnx(forge_wide(2, [2] * 8), max_tokens=4096)
    check_onnx(forge_wide(1, [2048]), max_tokens=4096)
    check_tokenizer(PLAIN.encode())


def test_the_committed_files_are_those_that_the_script_makes():
    assert {name: (FILES / name).read_bytes() for name in KEPT} == make_attacks()
