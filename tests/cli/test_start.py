"""The first moments of a process: what is imported, and what Ctrl-C does meanwhile."""

import json
import os
import signal
import subprocess
import sys

import pytest

from edge_router.cli.interrupt import interrupts_end_the_process
from edge_router.cli.main import COMMANDS, main

HEAVY = {"edge_router.router", "numpy", "onnxruntime", "tokenizers", "torch"}
# Runs a command, then says on a last line what was imported.
LIST_IMPORTS = """
import json, sys
from edge_router.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as stop:
    code = stop.code
print()
print(json.dumps([code, sorted(sys.modules)]))
"""
# Sends Ctrl-C to itself at the moment when the module argv[1] is looked for.
INTERRUPT_AT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
wanted = sys.argv.pop(1)
class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000):
                pass  # the handler runs here, inside the import
sys.meta_path.insert(0, Interrupter())
from edge_router.cli.main import main
sys.exit(main())
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--help"], 0), (["--version"], 0), ([], 2), (["rout"], 2), (["--jsn"], 2)],
)
def test_nothing_heavy_is_imported_before_a_command_runs(arguments, code):
    found, modules = json.loads(run_python(LIST_IMPORTS, *arguments).stdout.splitlines()[-1])
    assert found == code
    assert HEAVY & set(modules) == set()
    assert [name for name in modules if name.startswith("edge_router.cli.")] == [
        "edge_router.cli.exit_codes",
        "edge_router.cli.interrupt",
        "edge_router.cli.invocation",
        "edge_router.cli.main",
        "edge_router.cli.output",
    ]


def test_a_command_imports_no_other_command():
    _, modules = json.loads(run_python(LIST_IMPORTS, "inspect", ".").stdout.splitlines()[-1])
    assert {f"edge_router.cli.{name}" for name in COMMANDS} & set(modules) == {
        "edge_router.cli.inspect"
    }


def test_training_imports_no_numpy_before_its_threads_are_known():
    _, modules = json.loads(run_python(LIST_IMPORTS, "train", "--help").stdout.splitlines()[-1])
    assert HEAVY & set(modules) == set()


def test_the_public_names_are_imported_when_they_are_asked_for():
    code = "import sys, edge_router; edge_router.DataError; assert 'numpy' not in sys.modules"
    assert run_python(f"{code}; from edge_router import Router; Router.load").returncode == 0
    assert b"no attribute 'Rooter'" in run_python("import edge_router; edge_router.Rooter").stderr


@pytest.mark.parametrize(
    "module",
    [
        "edge_router.cli.interrupt",
        "argparse",
        "json",
        "edge_router.cli.route",
        "numpy",
        "numpy._core._multiarray_umath",
        "datetime",  # numpy's C code imports it, and makes another error of an interrupt
        "onnxruntime",
        "onnxruntime.capi.onnxruntime_pybind11_state",
        "tokenizers",
        "edge_router.bundle",
    ],
)
def test_an_interrupt_during_an_import_ends_quietly_with_130(module, tiny):
    done = run_python(INTERRUPT_AT, module, "route", tiny, "-")
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_without_an_interrupt_the_same_command_routes(tiny):
    done = run_python(INTERRUPT_AT, "no such module", "route", tiny, "dim the lights")
    assert (done.returncode, done.stdout[:10]) == (0, b"lights.dim")


def test_a_program_that_calls_main_keeps_its_own_handler(tiny, capsys):
    def handle(*_: object) -> None:
        raise AssertionError("not called here")

    before = signal.signal(signal.SIGINT, handle)
    try:
        with interrupts_end_the_process():
            assert signal.getsignal(signal.SIGINT) is handle
        assert main(["route", tiny, "dim"]) == 0
        assert signal.getsignal(signal.SIGINT) is handle
    finally:
        signal.signal(signal.SIGINT, before)


def test_afterwards_an_interrupt_is_an_exception_again(tiny, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["route", tiny, "dim"]) == 0
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_commands_run_in_other_threads_too(tiny, capsys):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(main, ["route", tiny, "dim"]).result() == 0
