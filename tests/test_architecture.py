"""The layers of the runtime, read from its imports."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import edge_router

ROOT = Path(edge_router.__file__).parent
# A module imports only from rows below its own number, or from its own room.
ROWS = {
    "errors": 0,
    "decision": 0,
    "tool": 0,
    "bundle": 1,
    "examples": 1,
    "explanation": 1,
    "part": 1,
    "chain": 2,
    "taught": 2,
    "off_policy": 2,
    "routing": 2,
    "tools": 2,
    "journal": 2,
    "router": 3,
    "remote": 3,
    "evaluate": 4,  # sees a router only as something that routes: imports decision and examples
    "verify": 4,
    "comparison": 4,
    "dispatcher": 4,
    "chat": 5,
    "fleet": 5,
    "review": 5,
    "server": 5,
    "": 5,  # edge_router/__init__.py: the public names
    "cli": 6,
    "__main__": 7,
}
THIRD_PARTY = {"numpy", "onnxruntime", "tokenizers"}
# Rows that compute may use more than the standard library; the others may not.
MAY_COMPUTE = {
    *("routing", "router", "evaluate", "verify", "off_policy", "comparison", "review", "cli"),
}
# Extras, each inside the function that needs it; so is numpy in a room that does without else.
EXTRAS_INSIDE = {
    "tools/gazetteer.py": {"numpy"},
    "tools/document.py": {"yaml"},
    "tools/mcp_server.py": {"mcp"},
    "tools/openapi_service.py": {"httpx2"},
    "cli/progress.py": {"tqdm"},
    "cli/stats_figure.py": {"matplotlib"},
    "cli/terminal.py": {"prompt_toolkit", "rich"},
    "remote/wire.py": {"httpx2"},
    "server/wyoming.py": {"wyoming"},
    "server/proxy/service.py": {"uvicorn"},
    "server/proxy/upstream.py": {"httpx2"},
    "server/proxy/metrics.py": {"prometheus_client"},
    "cli/train.py": {"edge_router_export"},
    "cli/pretrain.py": {"edge_router_export"},
    "cli/training.py": {"edge_router_export"},
}
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def find_imports(module: str, *, everywhere: bool) -> Iterator[str]:
    """Full names of the modules that ``module`` imports: at its top level, or ``everywhere`` in it."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    for node in ast.walk(tree) if everywhere else walk_top(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written out in full"
            full_names = (f"{node.module}.{name.name}" for name in node.names)
            yield from (name if to_path(name) else str(node.module) for name in full_names)


def walk_top(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from walk_top(child)


def to_path(name: str) -> str | None:
    """The file of a module of ours; ``None`` for any other name."""
    package, *parts = name.split(".")
    files = ["/".join(parts) + ".py", "/".join([*parts, "__init__.py"])]
    return next(
        (file for file in files if package == "edge_router" and (ROOT / file).is_file()), None
    )


def find_own_imports(module: str) -> set[str]:
    found = (to_path(name) for name in find_imports(module, everywhere=True))
    return {path for path in found if path is not None} - {module}


def room(module: str) -> str:
    first = module.split("/")[0].removesuffix(".py")
    return "" if first == "__init__" else first


@pytest.mark.parametrize("module", MODULES)
def test_a_module_stands_in_a_known_row(module):
    assert room(module) in ROWS


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_the_rows_above_its_own(module):
    for imported in find_own_imports(module):
        is_same_room = room(imported) == room(module)
        assert is_same_room or ROWS[room(imported)] < ROWS[room(module)], (
            f"{module} imports {imported}"
        )


def test_evaluation_knows_no_router():
    assert find_own_imports("evaluate.py") == {"decision.py", "examples/__init__.py"}


def test_no_import_cycles():
    TopologicalSorter({module: find_own_imports(module) for module in MODULES}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_nothing_beyond_its_row(module):
    allowed = {"edge_router", *(THIRD_PARTY if room(module) in MAY_COMPUTE else ())}
    top = {name.split(".")[0] for name in find_imports(module, everywhere=False)}
    assert top - sys.stdlib_module_names <= allowed
    everywhere = {name.split(".")[0] for name in find_imports(module, everywhere=True)}
    assert everywhere - sys.stdlib_module_names <= allowed | EXTRAS_INSIDE.get(module, set())


def test_only_the_engine_imports_onnxruntime():
    users = [m for m in MODULES if "onnxruntime" in find_imports(m, everywhere=True)]
    assert users == ["routing/engine.py"]


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "cli"])
def test_only_the_command_line_prints(module):
    calls = [
        n.func
        for n in ast.walk(ast.parse((ROOT / module).read_text("utf-8")))
        if isinstance(n, ast.Call)
    ]
    assert "print" not in [f.id for f in calls if isinstance(f, ast.Name)]


@pytest.mark.parametrize("module", MODULES)
def test_a_file_can_be_read_in_one_sitting(module):
    assert len((ROOT / module).read_text("utf-8").splitlines()) <= 320


def test_the_public_names_are_these():
    assert sorted(edge_router.__all__) == [
        "BundleError",
        "Candidate",
        "DataError",
        "Decision",
        "Dispatcher",
        "EdgeRouterError",
        "Explanation",
        "InputError",
        "Journal",
        "MissingExtraError",
        "Outcome",
        "Part",
        "Reason",
        "Router",
        "Stance",
        "Tool",
    ]
    assert all(hasattr(edge_router, name) for name in edge_router.__all__)


def test_every_module_says_what_it_is():
    assert [
        m for m in MODULES if not ast.get_docstring(ast.parse((ROOT / m).read_text("utf-8")))
    ] == []
