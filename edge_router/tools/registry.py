"""Tools that can be run: what a program hands to a dispatcher, each under its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType
from typing import Any, overload

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import check_names, define_tool
from edge_router.tools.schemas.annotation import Load
from edge_router.tools.schemas.function import read_function
from edge_router.tools.template import Template
from edge_router.tools.validation import Check, compile_schema

RESULT = "result"
"""As a tool's ``answer``: what the tool returned is what the user is told."""
LLM = "llm"
"""As a tool's ``answer``: a remote model tells the result, where one is configured."""
DEFAULT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunnableTool:
    """A tool and the program that does it; calling it calls the program."""

    tool: Tool
    """What a router knows of it."""
    call: Callable[..., Any] = field(repr=False)
    """A function that takes the arguments by name; it may be ``async``."""
    needs_confirmation: bool = False
    """The user is asked before it runs."""
    timeout_s: float | None = DEFAULT_TIMEOUT_S
    """How long one attempt may last; ``None``: without end, and without the cost of a thread."""
    retries: int = 0
    """How often it is run again after it failed; only for what ``is_idempotent``."""
    is_idempotent: bool = False
    """Running it twice does what running it once does."""
    answer: str = RESULT
    """``result``, ``llm``, or a sentence with gaps for arguments and what the result names."""
    loads: Mapping[str, Load] = field(default_factory=dict, repr=False)
    """From an argument's JSON value to what ``call`` takes, where they differ."""
    is_async: bool = field(init=False)
    """Whether ``call`` is to be awaited."""
    check: Check = field(init=False, repr=False)
    """Finds what is wrong with the arguments."""
    template: Template | None = field(init=False, repr=False)
    """``answer`` as a sentence, where it is one."""

    def __post_init__(self) -> None:
        """Raises DataError for settings that cannot be meant, or a schema that is not checked."""
        where = f"the tool {self.tool.name!r}"
        if self.timeout_s is not None and not 0 < self.timeout_s < inf:
            raise DataError(f"has the timeout {self.timeout_s}; give seconds or None", file=where)
        if self.retries < 0 or (self.retries and not self.is_idempotent):
            raise DataError(
                f"has {self.retries} retries; set is_idempotent=True if running it twice does no "
                "harm, or leave them out",
                file=where,
            )
        derived = {
            "is_async": _is_async(self.call),
            "check": compile_schema(self.tool.parameters or {"type": "object"}, file=where),
            "template": None
            if self.answer in (RESULT, LLM)
            else Template(self.answer, where=where),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.tool.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the program itself, as if it were not a tool."""
        return self.call(*args, **kwargs)


@overload
def tool(function: Callable[..., Any], /) -> RunnableTool: ...
@overload
def tool(
    *,
    name: str | None = None,
    needs_confirmation: bool = False,
    timeout_s: float | None = DEFAULT_TIMEOUT_S,
    retries: int = 0,
    is_idempotent: bool = False,
    answer: str = RESULT,
) -> Callable[[Callable[..., Any]], RunnableTool]: ...


def tool(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None, **settings: Any
) -> RunnableTool | Callable[[Callable[..., Any]], RunnableTool]:
    """Makes a function a tool, described by its signature and docstring; ``async`` ones, too.

    As a decorator alone, or with the settings of a :class:`RunnableTool`::

        @tool(answer="It is {temperature} degrees.", timeout_s=5)
        def read_weather(city: str) -> dict[str, int]: ...
    """

    def decorate(function: Callable[..., Any]) -> RunnableTool:
        described = read_function(function, name=name)
        return RunnableTool(tool=described.tool, call=function, loads=described.loads, **settings)

    return decorate if function is None else decorate(function)


def make_registry(
    tools: Iterable[RunnableTool | Callable[..., Any]],
) -> Mapping[str, RunnableTool]:
    """Tools by their names; plain functions become tools. Raises DataError for a name that stands
    twice.
    """
    runnable = [t if isinstance(t, RunnableTool) else tool(t) for t in tools]
    for each in runnable:
        # a Tool that was made by hand is looked through as one from a file is
        define_tool(each.name, each.tool.description, each.tool.parameters, file="the registry")
    check_names([each.tool for each in runnable], "the registry")
    return MappingProxyType({each.name: each for each in runnable})


def _is_async(call: Callable[..., Any]) -> bool:
    inner = call
    while hasattr(inner, "func"):  # a partial
        inner = inner.func
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(
        getattr(inner, "__call__", None)  # noqa: B004 - the method itself is asked, not whether there is one
    )
