"""A Python file whose functions are an assistant's tools. Reading it runs it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from types import FunctionType, ModuleType
from typing import Any

from edge_router.errors import DataError
from edge_router.router import Router
from edge_router.tools import RunnableTool
from edge_router.tools.registry import make_registry

_MODULE = "edge_router_tool_file"
"""What the file is called while it runs; not ``__main__``, so that it starts no program."""


@dataclass(frozen=True, slots=True)
class ToolFile:
    """What such a file holds."""

    tools: tuple[RunnableTool, ...]
    """The tools, each under its name."""
    lessons: Mapping[str, Sequence[str]]
    """Texts as users write them, by the tool that answers them."""

    def teach(self, router: Router) -> Router:
        """``router`` with the lessons, and with the tools that it does not know, by what they say
        that they do; raises InputError where its bundle cannot be taught.
        """
        known = {tool.name for tool in router.tools}
        unknown = [runnable.tool for runnable in self.tools if runnable.name not in known]
        if not (unknown or self.lessons):
            return router
        return router.teach_tools(unknown, examples=self.lessons)


def read_tool_file(path: Path) -> ToolFile:
    """Runs a Python file: its tools are its list ``TOOLS``, or else its public functions; its
    texts to teach are ``LESSONS``, lists by the tools' names.

    Modules beside the file can be imported by it. Raises DataError, with the line where the file's
    own code fails, and OSError where it cannot be read.
    """
    module = _run(path)
    listed = getattr(module, "TOOLS", None)
    if listed is None:
        listed = [value for name, value in vars(module).items() if _is_tool(name, value)]
    if not isinstance(listed, list | tuple) or not listed or not all(map(callable, listed)):
        raise DataError(
            "has no tools; write a public function with a docstring, or a list TOOLS of functions",
            file=str(path),
        )
    tools = make_registry(listed)
    return ToolFile(tuple(tools.values()), _read_lessons(module, tools, str(path)))


def _run(path: Path) -> ModuleType:
    source = path.read_bytes()
    module = ModuleType(_MODULE)
    module.__file__ = str(path)
    sys.modules[_MODULE] = module  # dataclasses look their module up
    sys.path.insert(0, str(path.resolve().parent))  # as `python FILE` has it
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - what --tools says that it does
    except SyntaxError as error:
        raise DataError(
            f"is not Python ({error.msg}); correct it", file=str(path), line=error.lineno
        ) from error
    except (Exception, SystemExit) as error:
        frames = [f.lineno for f in extract_tb(error.__traceback__) if f.filename == str(path)]
        raise DataError(
            f"cannot be run ({type(error).__name__}: {error}); correct it",
            file=str(path),
            line=frames[-1] if frames else None,
        ) from error
    return module


def _is_tool(name: str, value: Any) -> bool:
    """Whether a file means ``value`` as a tool: what it imported is not its own."""
    if name.startswith("_"):
        return False
    return isinstance(value, RunnableTool) or (
        isinstance(value, FunctionType) and value.__module__ == _MODULE
    )


def _read_lessons(
    module: ModuleType, tools: Mapping[str, RunnableTool], file: str
) -> Mapping[str, Sequence[str]]:
    lessons = getattr(module, "LESSONS", {})
    if not isinstance(lessons, dict) or not all(
        isinstance(texts, list | tuple) for texts in lessons.values()
    ):
        raise DataError("has LESSONS that are no lists of texts by tool; correct them", file=file)
    for name in lessons:
        if name not in tools:
            raise DataError(f"has LESSONS for {name!r}, which is none of its tools", file=file)
    return lessons
