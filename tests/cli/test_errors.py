"""However a command fails, a script and a person learn why, in one line."""

import errno
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from edge_router import DataError
from edge_router.cli.invocation import invoke
from edge_router.cli.main import main

LIBRARY = (
    "We couldn't connect to 'https://example.org'\n  to load the files.\nCheck the connection."
)
FAILURES = {
    "data": DataError("has no text; add one", file="a.jsonl", line=3),
    "escape": DataError("has the tool \x1b[31m\u202e\x9b; rename it"),
    "lines": DataError("is wrong:\n  here"),
    "full": OSError(errno.ENOSPC, "No space left on device", "/data/home.router"),
    "quota": OSError(errno.EDQUOT, "Disk quota exceeded"),
    "missing": FileNotFoundError(errno.ENOENT, "No such file or directory", "teacher/config.json"),
    "bytes": FileNotFoundError(errno.ENOENT, "No such file or directory", b"a\xff"),
    "rename": OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b"),
    "descriptor": OSError(errno.EIO, "Input/output error", 7),
    "library": OSError(LIBRARY),
    "silent": OSError(),
}
MESSAGES = {
    "data": "a.jsonl:3: has no text; add one",
    "escape": r"has the tool \x1b[31m\u202e\x9b; rename it",
    "lines": "is wrong: here",
    "full": "/data/home.router: No space left on device; free space on that disk and try again",
    "quota": "Disk quota exceeded; free space on that disk and try again",
    "missing": "teacher/config.json: No such file or directory; check that path and try again",
    "bytes": r"a\udcff: No such file or directory; check that path and try again",
    "rename": "a -> b: Invalid cross-device link; check that path and try again",
    "descriptor": "Input/output error; check what the command was given and try again",
    "library": "We couldn't connect to 'https://example.org' to load the files. Check the "
    "connection; check what the command was given and try again",
    "silent": "OSError; check what the command was given and try again",
}


@pytest.fixture
def failing(monkeypatch):
    """Runs a command that raises."""

    def run(error: BaseException, *arguments: str) -> int:
        module = ModuleType("edge_router.cli.fail")

        def fail(_: object) -> int:
            raise error

        module.add_arguments = lambda parser: parser.add_argument("text", nargs="*")
        module.run = fail
        monkeypatch.setitem(sys.modules, "edge_router.cli.fail", module)
        return invoke(["fail", *arguments], {"fail": "Fails."})

    return run


@pytest.mark.parametrize("name", FAILURES)
def test_an_error_is_one_line_on_stderr_that_says_what_to_do(name, failing, capsys):
    assert failing(FAILURES[name]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"edge-router: {MESSAGES[name]}\n")


@pytest.mark.parametrize("name", FAILURES)
def test_with_json_it_is_one_object_on_stdout_with_the_same_exit_code(name, failing, capsys):
    assert failing(FAILURES[name], "--json") == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count("\n") == 1
    row = json.loads(captured.out)
    assert list(row) == ["error", "kind"]
    assert row["kind"] == type(FAILURES[name]).__name__


def test_json_after_two_dashes_is_a_text_and_no_option(failing, capsys):
    assert failing(FAILURES["data"], "--", "--json") == 2
    assert capsys.readouterr().err.startswith("edge-router: a.jsonl:3: ")


def test_only_a_full_disk_speaks_of_the_disk():
    assert [name for name in MESSAGES if "disk" in MESSAGES[name].lower()] == ["full", "quota"]


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_mistake_of_our_own_has_an_exit_code_and_keeps_its_traceback(flags, failing, capsys):
    assert failing(ZeroDivisionError("division by zero"), *flags) == 70
    captured = capsys.readouterr()
    assert "Traceback" in captured.err
    said = "a mistake of edge-router's own (ZeroDivisionError: division by zero); please report it"
    if flags:
        assert json.loads(captured.out)["error"].startswith(said)
    else:
        assert captured.err.splitlines()[-1].startswith(f"edge-router: {said}")


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_reader_that_has_gone_is_told_nothing(flags, failing, capsys):
    assert failing(BrokenPipeError(errno.EPIPE, "Broken pipe"), *flags) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_an_interrupt_is_told_nothing(flags, failing, capsys, monkeypatch):
    def interrupt(*_: object) -> int:
        return failing(KeyboardInterrupt(), *flags)

    monkeypatch.setattr("edge_router.cli.invocation.invoke", interrupt)
    assert main(["fail"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "which command? see edge-router --help"),
        ([""], "which command? see edge-router --help"),
        (["rout"], "there is no command 'rout'; did you mean 'route'? see edge-router --help"),
        (["\x1b[31m"], r"there is no command '\x1b[31m'; see edge-router --help"),
        (["--fast"], "unrecognized arguments: --fast; see edge-router --help"),
        (["route", "B", "x", "--fast"], "unrecognized arguments: --fast; see edge-router route --help"),
        (["route", "B", "x", "--js"], "unrecognized arguments: --js; see edge-router route --help"),
        (["eval", "B", "x", "--min-accuracy", "90"], "argument --min-accuracy: '90' is not from 0 to 1; write 90% or 0.9; see edge-router eval --help"),
        (["route", "B", "-", "more"], "- reads texts from stdin and cannot stand among other texts; give - alone, or give all texts on stdin"),
        (["bench", "B", "more", "-"], "- reads texts from stdin and cannot stand among other texts; give - alone, or give all texts on stdin"),
        (["bench", "B", "--routes", "many"], "argument --routes: 'many' is no whole number from 1 to 10000000; write 5; see edge-router bench --help"),
    ],
)  # fmt: skip
def test_wrong_usage_says_what_is_right(arguments, message, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"edge-router: {message}\n")
    assert main([*(arguments[:1] or ["-"]), "--json", *arguments[1:]]) == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    assert list(json.loads(captured.out)) == ["error", "kind"]


def test_help_that_cannot_be_written_is_told(run_shell):
    line = b"edge-router: No space left on device; free space on that disk and try again\n"
    for arguments in ("--help", "--version", "route --help"):
        assert run_shell(f"$EDGE_ROUTER {arguments} >/dev/full; echo $?") == (b"2\n", line)
    assert run_shell("$EDGE_ROUTER --help | true; echo ${PIPESTATUS[0]}") == (b"0\n", b"")


PRINTS_AND_FAILS = """
import sys, types
from edge_router import DataError
from edge_router.cli.invocation import invoke
def run(_):
    print("not written yet")
    raise DataError("is wrong; correct it")
module = types.ModuleType("edge_router.cli.fail")
module.add_arguments, module.run = (lambda _: None), run
sys.modules["edge_router.cli.fail"] = module
sys.exit(invoke(["fail"], {"fail": ""}))
"""


def test_what_could_not_be_written_is_not_tried_again_at_the_end():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", PRINTS_AND_FAILS],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, b"edge-router: is wrong; correct it\n")


@pytest.mark.parametrize("flag", ["", "--json"])
def test_a_disk_that_is_full_is_told_on_stderr_since_stdout_is_lost(flag, run_shell):
    out, errors = run_shell(f"$EDGE_ROUTER route $TINY dim {flag} >/dev/full; echo $?")
    assert out == b"2\n"
    line = b"edge-router: No space left on device; free space on that disk and try again\n"
    assert errors == line


@pytest.mark.parametrize("streams", [">&-", "2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_streams_that_are_closed_or_full_change_no_exit_code(streams, run_shell):
    out, errors = run_shell(f"$EDGE_ROUTER route $TINY '' {streams}; echo $?")
    assert (out[-2:], errors) == (b"3\n", b"")
    out, _ = run_shell(f"$EDGE_ROUTER route no-such.router dim {streams}; echo $?")
    assert out == b"2\n"


def test_a_stdin_that_is_closed_holds_no_text(run_shell):
    assert run_shell("$EDGE_ROUTER route $TINY - <&-; echo $?") == (b"0\n", b"")


@pytest.fixture
def run_shell(tiny):
    def run(command: str) -> tuple[bytes, bytes]:
        program = f"EDGE_ROUTER='{sys.executable} -m edge_router'; TINY='{tiny}'; {command}"
        done = subprocess.run(
            ["bash", "-c", program], capture_output=True, timeout=120, check=False
        )
        return done.stdout, done.stderr

    return run
