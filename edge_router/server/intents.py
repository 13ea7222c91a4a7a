"""What a text asks for, told instead of done: a dispatcher whose tools do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from edge_router.dispatcher import Dispatcher, Phrases
from edge_router.examples import Example
from edge_router.router import Router
from edge_router.tool import Tool
from edge_router.tools.arguments import Arguments
from edge_router.tools.gazetteer import Gazetteer
from edge_router.tools.registry import RunnableTool


def teach_unknown(router: Router, tools: Iterable[Tool], examples: Iterable[Example]) -> Router:
    """The router, with those of ``tools`` taught that it does not know, by what they do and by
    their ``examples``.
    """
    known = {tool.name for tool in router.tools}
    unknown = [tool for tool in tools if tool.name not in known]
    if not unknown:
        return router
    texts: dict[str, list[str]] = {tool.name: [] for tool in unknown}
    unfit = []
    for example in examples:
        if example.tool is None:
            unfit.append(example.text)
        elif example.tool in texts:
            texts[example.tool].append(example.text)
    router = router.teach_tools(unknown, examples=texts)
    for text in unfit:
        router = router.correct(text, tool=None)
    return router


def make_intents(
    router: Router,
    *,
    tools: Iterable[Tool] = (),
    names: Mapping[str, Gazetteer] | None = None,
    language: str = "en",
) -> Dispatcher:
    """A dispatcher that finds a tool and its arguments and runs nothing: an outcome that is done
    says what is to be done.

    ``tools`` describe the parameters of tools in place of the router's own; ``names`` are known
    names by parameter. Raises DataError for a schema that cannot be checked, or a language without
    a file.
    """
    described = {tool.name: tool for tool in router.tools} | {tool.name: tool for tool in tools}
    return Dispatcher(
        router,
        tools=[RunnableTool(tool=t, call=_do_nothing, timeout_s=None) for t in described.values()],
        arguments=Arguments(language=language, gazetteers=names),
        # read aloud, the names of intents help nobody
        phrases=Phrases(abstained_between="I am not sure what you mean."),
    )


def _do_nothing(**_: Any) -> None:
    """Another program does it."""
