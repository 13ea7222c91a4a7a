"""What docs/proxy.md tells people to type can be typed, and is true."""

import argparse
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_router.cli import serve
from edge_router.server.proxy.assistant import ANSWERED_WITHIN_S
from edge_router.server.proxy.chat_request import LEAST_TOKENS, MAX_TEXT_CHARS, MAX_TOOLS, Why
from edge_router.server.proxy.heard import MAX_HEARD_BYTES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "proxy.md").read_text("utf-8")
UNIT = ROOT / "examples" / "proxy" / "edge-router.service"


def parse(command: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    serve.add_arguments(parser)
    return parser.parse_args(shlex.split(command)[2:])


def test_the_commands_take_their_arguments():
    commands = re.findall(r"edge-router serve[^`\n]*", PAGE)
    parsed = [parse(command) for command in commands]
    assert [p.upstream_key_env for p in parsed] == ["UPSTREAM_KEY", None, None, None]
    assert [str(p.journal or p.tools) for p in parsed] == ["None", "None", "home.db", "home.py"]


def test_the_unit_runs_such_a_command():
    (command,) = re.findall(r"^ExecStart=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    assert parse(command).upstream == "https://api.example.com/v1"


@pytest.mark.parametrize("option", sorted(set(re.findall(r"--[a-z][a-z-]+", PAGE)) - {"--now"}))
def test_an_option_named_exists(option):
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    assert option in parser.format_help()


def test_every_why_has_its_row():
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(Why) - {Why.SURE}


def test_the_limits_are_those_of_the_code():
    for limit in (
        f"{LEAST_TOKENS} tokens",
        f"{MAX_TOOLS} tools",
        f"{MAX_TEXT_CHARS:,} characters",
        f"{MAX_HEARD_BYTES >> 10} KB",
    ):
        assert limit in PAGE
    assert ANSWERED_WITHIN_S == 600  # ten minutes


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_the_unit_well_guarded():
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(UNIT)],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr
