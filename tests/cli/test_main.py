"""Exit codes and output that scripts can trust."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge_router.cli.main import COMMANDS, main


def test_help_lists_every_command_and_exit_code(run_cli):
    done = run_cli("--help")
    assert done.returncode == 0
    text = done.stdout.decode()
    assert all(re.search(rf"\n    {command}\s", text) for command in COMMANDS)
    assert all(f"\n  {code}  " in text for code in (0, 1, 2, 3, 4, 130))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_offers_json(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "--json" in text
    assert "exit codes:" in text


def test_version_is_the_packages_own(run_cli):
    assert run_cli("--version").stdout == b"edge-router 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["route"],
        ["route", "no-such.router", "hello"],
        ["verify", "."],
        ["eval", "{tiny}", "no-such.jsonl"],
        ["bench", "{tiny}", "--routes", "many"],
        ["bench", "{tiny}", "--routes", "0"],
    ],
)
def test_wrong_usage_and_bad_input_are_one_line_on_stderr_and_exit_code_2(arguments, tiny, capsys):
    assert main([a.format(tiny=tiny) for a in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("edge-router: ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["route", "--json"], ["verify", "no-such.router", "--json"]])
def test_with_json_an_error_is_json_too(arguments, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    error = json.loads(captured.out)
    assert list(error) == ["error", "kind"]


def test_a_damaged_bundle_is_bad_input(tiny, tmp_path, capsys):
    damaged = bytearray(Path(tiny).read_bytes())
    damaged[5000] ^= 1
    path = tmp_path / "damaged.router"
    path.write_bytes(damaged)
    assert main(["route", str(path), "dim the lights", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["kind"] == "BundleError"


def test_a_reader_that_stops_early_is_no_error(tiny):
    command = f"yes 'dim the lights' | {sys.executable} -m edge_router route {tiny} - | head -n 2"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[1]}}"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.splitlines()[2:] == [b"0"]


def test_a_full_disk_is_one_line_and_exit_code_2(tiny):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "edge_router", "route", tiny, "dim"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"edge-router: ")
    assert done.stderr.count(b"\n") == 1


def test_an_interrupt_ends_quietly_with_130(tiny):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_router", "route", tiny, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # pytest in the background of a shell ignores it, and so would this process
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"dim\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"lights.dim")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")


def test_a_text_that_the_terminal_cannot_show_is_escaped(run_cli, tiny):
    done = run_cli("route", tiny, "café", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith(b"caf\\xe9")


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONIOENCODING": "utf-8:strict"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
@pytest.mark.parametrize("text", [b"dim \xff", "café \U0001f600".encode()])
def test_an_argument_is_the_text_that_it_would_be_on_stdin(text, locale, run_cli, tiny):
    given = run_cli("route", tiny, text, "--json", **locale)
    read = run_cli("route", tiny, "-", "--json", stdin=text, **locale)
    assert given.returncode == read.returncode == 0
    rows = [json.loads(done.stdout) for done in (given, read)]
    assert [row.pop("latency_us") > 0 for row in rows] == [True, True]
    assert rows[0] == rows[1]
    assert rows[0]["text"] == text.decode("utf-8", "replace")
