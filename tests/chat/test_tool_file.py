"""A Python file of tools: what of it is a tool, and what is said where it is none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_router import DataError, Router
from edge_router.chat.tool_file import read_tool_file

ASSISTANT = Path(__file__).parents[2] / "examples" / "assistant" / "home.py"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.setattr("sys.path", ["elsewhere"])

    def write(code: str) -> Path:
        (tmp_path / "tools.py").write_text(code, "utf-8")
        return tmp_path / "tools.py"

    return write


def names(path: Path) -> list[str]:
    return [each.name for each in read_tool_file(path).tools]


def test_the_public_functions_of_a_file_are_its_tools(write):
    path = write(
        "from __future__ import annotations\n"
        "from os.path import join\n"
        "from edge_router.tools import tool\n"
        "def lamp(level: int = 5) -> str:\n    'Switches the lamp.'\n    return str(level)\n"
        "async def wait() -> None:\n    'Waits.'\n"
        "@tool(name='door.lock', needs_confirmation=True)\n"
        "def lock() -> None:\n    'Locks.'\n"
        "def _hidden() -> None:\n    'Not a tool.'\n"
        "class Other: pass\n"
        "if __name__ == '__main__':\n    raise SystemExit('runs')\n"
    )
    assert names(path) == ["lamp", "wait", "door.lock"]
    lamp = read_tool_file(path).tools[0]
    assert lamp.tool.description == "Switches the lamp."
    assert lamp.call(level=3) == "3"


def test_a_list_of_tools_goes_before_the_functions(write):
    path = write("def a():\n    'A.'\ndef b():\n    'B.'\nTOOLS = [b]\n")
    assert names(path) == ["b"]


def test_a_file_imports_what_stands_beside_it(write, tmp_path: Path):
    (tmp_path / "beside_tools.py").write_text("NAME = 'x'\n", "utf-8")
    path = write("import beside_tools\ndef a():\n    'A.'\n    return beside_tools.NAME\n")
    assert read_tool_file(path).tools[0].call() == "x"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("x = 1\n", "tools.py: has no tools; write a public function"),
        ("TOOLS = 7\n", "tools.py: has no tools"),
        ("TOOLS = []\n", "tools.py: has no tools"),
        ("TOOLS = [7]\n", "tools.py: has no tools; .* or a list TOOLS of functions"),
        ("def a(*, x: object): pass\ndef", r"tools.py:2: is not Python \("),
        ("x = 1\n\ny = 1 / 0\n", r"tools.py:3: cannot be run \(ZeroDivisionError: division by"),
        ("def f():\n    import sys\n    sys.exit(3)\nf()\n", r"tools.py:3: cannot be run \(System"),
        ("import no_such_module_here\n", r"tools.py:1: cannot be run \(ModuleNotFoundError"),
        ("def a(*many): 'A.'\n", "takes 'many', which cannot be given by name"),
        ("def a(): 'A.'\nLESSONS = {'b': ['x']}\n", "LESSONS for 'b', which is none of its tools"),
        ("def a(): 'A.'\nLESSONS = {'a': 'x'}\n", "LESSONS that are no lists of texts"),
        ("def a(): 'A.'\nLESSONS = ['x']\n", "LESSONS that are no lists of texts"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_correct(write, code, problem):
    with pytest.raises(DataError, match=problem):
        read_tool_file(write(code))


def test_a_tool_that_the_router_does_not_know_is_taught_by_what_it_does(write):
    path = write(
        "def make_coffee(): 'Makes a cup of coffee.'\n"
        "def lamp(): 'Switches the lamp.'\n"
        "LESSONS = {'lamp': ['light please', 'too dark in here']}\n"
    )
    router = read_tool_file(path).teach(Router.base().teach("lamp", ["lamp on"]))
    known = {tool.name: tool.description for tool in router.tools}
    assert known == {"lamp": "", "make_coffee": "Makes a cup of coffee."}
    assert router.route("light please").tool == "lamp"


def test_a_router_that_knows_all_is_left_as_it_is(write):
    router = Router.base().teach("lamp", ["lamp on"])
    assert read_tool_file(write("def lamp(): 'Switches.'\n")).teach(router) is router


def test_the_assistant_of_the_examples_is_such_a_file():
    held = read_tool_file(ASSISTANT)
    assert len(held.tools) == 10
    assert set(held.lessons) == {"convert", "calculate"}
