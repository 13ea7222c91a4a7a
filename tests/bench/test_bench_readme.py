"""What bench/README.md tells people to type can be typed."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="needs the extra [export]")

from bench.__main__ import COMMANDS
from bench.peers import PEERS

ROOT = Path(__file__).parents[2]
# what people wrote; the tables are made from results, and name commands as they were run
README = re.sub(
    r"<!-- table:(\w+) -->.*?<!-- /table:\1 -->",
    "",
    (ROOT / "bench/README.md").read_text("utf-8"),
    flags=re.DOTALL,
)
LINES = [
    line.partition("#")[0].split(";")[0].strip()
    for line in re.findall(r"python -m bench (\w+ .*)", README)
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_takes_the_arguments_shown(line: str):
    name, *arguments = shlex.split(line)
    parser = argparse.ArgumentParser(exit_on_error=False)
    importlib.import_module(f"bench.commands.{name}").add_arguments(parser)
    parser.parse_args(arguments)


def test_every_command_is_shown():
    assert {line.split()[0] for line in LINES} == set(COMMANDS)


def test_every_peer_is_described():
    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) == set(PEERS)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"bench/[\w/.-]+\.(?:sh|txt)", README))))
def test_every_file_named_exists(path: str):
    assert (ROOT / path).is_file()
