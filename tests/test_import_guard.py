"""What the runtime loads and does on a device, seen from fresh processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TINY = str(Path(__file__).parent / "data" / "tiny.router")
FORBIDDEN = [
    "edge_router_export",
    "huggingface_hub",
    "matplotlib",
    "onnx",
    "scipy",
    "sklearn",
    "torch",
    "tqdm",
    "transformers",
    "yaml",
]


def run_python(code: str, **env: str) -> str:
    """Standard output of a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


BLOCK = f"""
import sys
for name in {FORBIDDEN!r}:
    sys.modules[name] = None  # importing it now raises ImportError
"""


def test_routes_where_nothing_of_the_training_side_can_be_imported():
    code = f"""{BLOCK}
from edge_router import Router
router = Router.load({TINY!r})
print([router.route(text).tool for text in ("dim the lights", "make coffee", "the weather", "")])
"""
    assert run_python(code) == "['lights.dim', 'coffee.start', None, None]\n"


def test_every_command_of_the_runtime_works_without_the_training_side(tmp_path):
    examples = tmp_path / "test.jsonl"
    examples.write_text('{"text": "make coffee", "tool": "coffee.start"}\n', "utf-8")
    for arguments in (
        ["route", TINY, "dim the lights"],
        ["explain", TINY, "dim the lights", "--html", str(tmp_path / "why.html")],
        ["why-not", TINY, "dim the lights", "coffee.start"],
        ["verify", TINY],
        ["inspect", TINY],
        ["bench", TINY, "--routes", "10"],
        ["eval", TINY, str(examples)],
    ):
        run_python(
            f"{BLOCK}\nfrom edge_router.cli.main import main\nassert main({arguments!r}) == 0"
        )


def test_importing_and_routing_load_only_the_three_dependencies_and_the_standard_library():
    """Dependencies may load further packages of their own; they are measured first and subtracted."""
    code = f"""
import json, sys
def loaded():
    names = {{name.partition(".")[0] for name, module in sys.modules.items() if module is not None}}
    return {{n for n in names if n not in sys.stdlib_module_names and not n.startswith("_")}}
import numpy, tokenizers, onnxruntime
theirs = loaded()
from edge_router import Router
Router.load({TINY!r}).route("dim the lights")
print(json.dumps(sorted(loaded() - theirs)))
"""
    assert json.loads(run_python(code)) == ["edge_router"]


AUDIT = """
import sys
seen = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "urllib.", "http.")):
        seen.append(event)
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"):
        seen.append(event)
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(f"{event} {arguments[0]}")
    elif event == "_thread.start_new_thread":
        seen.append(event)
sys.addaudithook(watch)
"""


def test_importing_and_routing_open_no_socket_start_no_process_and_write_no_file():
    code = f"""{AUDIT}
from edge_router import Router
router = Router.load({TINY!r})
for text in ("dim the lights", "", "x" * 10_000, "\\ud800"):
    router.route(text)
assert not seen, seen
"""
    run_python(code, PYTHONDONTWRITEBYTECODE="1")


def test_onnxruntime_leaves_no_trace_of_telemetry(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    code = f"from edge_router import Router; Router.load({TINY!r}).route('dim the lights')"
    variables = dict.fromkeys(
        ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"], str(home)
    )
    run_python(code, **variables, PYTHONDONTWRITEBYTECODE="1")
    assert list(home.rglob("*")) == []


# Counts the threads that `keep` has, which stays alive meanwhile, beyond those of numpy's BLAS.
COUNT_THREADS = """
import os
import numpy, tokenizers, onnxruntime
def count():
    return len(os.listdir("/proc/self/task"))
before = count()
{start}
print(count() - before)
assert keep is not None
"""
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="the threads are counted where Linux lists them"
)


@needs_proc
def test_routing_uses_one_thread():
    start = f"""
from edge_router import Router
keep = Router.load({TINY!r})
keep.route("dim the lights")
keep.route("dim " * 100)
"""
    assert run_python(COUNT_THREADS.format(start=start)) == "0\n"


@needs_proc
def test_a_session_of_two_threads_would_be_counted():
    start = f"""
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
keep = onnxruntime.InferenceSession({TINY.replace(".router", ".onnx")!r}, options)
"""
    assert run_python(COUNT_THREADS.format(start=start)) == "1\n"


def test_importing_the_package_prints_nothing():
    assert run_python("import edge_router") == ""
