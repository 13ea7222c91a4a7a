"""The README keeps what it promises: its example runs, its commands and paths exist."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge_router.cli.main import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block_after(marker: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no block after <!-- {marker} -->"
    return found[1]


def run_block(marker: str, folder: Path) -> str:
    """What the Python after ``marker`` prints, run as it stands."""
    shutil.copy(ROOT / "tests/data/tiny.router", folder / "home.router")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block_after(marker)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_the_first_example_teaches_three_tools(tmp_path: Path) -> None:
    lines = run_block("example:teach", tmp_path).splitlines()
    assert [line.split()[0] for line in lines] == ["coffee.start", "lights.dim", "(no"]


def test_the_first_example_is_the_file_that_the_first_command_runs() -> None:
    file = shlex.split(block_after("command:start"))[-1]
    assert block_after("example:teach") in (ROOT / file).read_text("utf-8")


def test_the_example_of_a_dispatcher_answers_and_asks(tmp_path: Path) -> None:
    lines = run_block("example:dispatch", tmp_path).splitlines()
    assert lines[0] == "I'll ring in 15 minutes."
    assert lines[1].endswith("- I'll ring in 5 minutes.")


def test_the_example_of_a_trained_router_runs(tmp_path: Path) -> None:
    assert re.search(r"% sure|best was", run_block("example:train", tmp_path))


def test_the_command_of_the_chat_answers_without_training(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    command = block_after("command:chat").replace("edge-router", f"{sys.executable} -m edge_router")
    done = subprocess.run(
        ["sh", "-ec", command],
        input="time the eggs, six minutes\nput oat milk on the shopping list\n",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "The timer rings at" in done.stdout
    assert "On the list: oat milk." in done.stdout


@pytest.mark.parametrize("marker", ["example:teach", "example:train"])
def test_an_example_stays_within_ten_lines(marker: str) -> None:
    assert len(block_after(marker).splitlines()) <= 10


@pytest.mark.parametrize("marker", ["command:start", "command:demo", "command:test"])
def test_a_command_is_one_line(marker: str) -> None:
    assert len(block_after(marker).splitlines()) == 1


def test_the_demo_command_names_a_file_that_exists() -> None:
    assert (ROOT / shlex.split(block_after("command:demo"))[-1]).is_file()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "<!-- command:test -->" in (ROOT / ".ci/run").read_text("utf-8")
    assert shlex.split(block_after("command:test"))[-1] == "pytest"


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^edge-router ([\w-]+)", README, re.MULTILINE)))
)
def test_every_command_shown_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"edge-router {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path",
    sorted(
        set(re.findall(r"`((?:edge_router|export|bench|examples)/[\w./]*|[A-Z]+\.md)`", README))
    ),
)
def test_every_path_named_exists(path: str) -> None:
    assert (ROOT / path).exists()
