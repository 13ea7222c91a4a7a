"""Tools of an MCP server, which runs beside this program or at an address; with the extra [mcp]."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from edge_router.errors import DataError, MissingExtraError, ToolError
from edge_router.tools.address import check_address
from edge_router.tools.background import BackgroundLoop
from edge_router.tools.registry import DEFAULT_TIMEOUT_S, RESULT, RunnableTool
from edge_router.tools.schemas.entry import read_entry
from edge_router.tools.schemas.formats import MAX_TOOLS

START_TIMEOUT_S = 60.0
"""How long a server may take to start and list its tools."""
_SHOWN_CHARS = 500  # of what a server says to a user; some append whole tracebacks


class McpServer:
    """A connection to one MCP server. It opens with the first need, opens anew after it broke, and
    ends with :meth:`close` or ``with``. Thread-safe.
    """

    def __init__(self, target: str | Sequence[str] | Callable[[], Any]) -> None:
        """``target`` is an address (``https://``, or ``http://`` on this device), the words of a
        command that is started without a shell, or a function that makes what ``mcp.Client`` takes.
        """
        self._make_target = _read_target(target)
        self._name = target if isinstance(target, str) else _name(target)
        self._loop = BackgroundLoop("edge-router-mcp")
        self._connection: _Connection | None = None

    def tools(
        self,
        *,
        only: Collection[str] | None = None,
        needs_confirmation: bool | None = None,
        timeout_s: float | None = DEFAULT_TIMEOUT_S,
        answer: str = RESULT,
    ) -> list[RunnableTool]:
        """The server's tools, or ``only`` those; they return the server's structured answer, or
        else its text.

        By default a tool needs confirmation unless the server says that it only reads: that is the
        server's word, so decide yourself where it is not yours. Raises ToolError where the server
        cannot be reached, DataError for a tool that cannot be described.
        """
        atexit.register(self.close)  # a server that was started must not outlive the program
        listed = self._wait(self._list())
        file = f"the MCP server {self._name}"
        if only is not None and (unknown := sorted(set(only) - {tool.name for tool in listed})):
            raise DataError(f"has no tool {unknown[0]!r}; it has others", file=file)
        return [
            RunnableTool(
                tool=read_entry(each.model_dump(by_alias=True, exclude_none=True), file=file),
                call=partial(self._call_from_anywhere, each.name),
                needs_confirmation=(
                    not _only_reads(each) if needs_confirmation is None else needs_confirmation
                ),
                timeout_s=timeout_s,
                answer=answer,
            )
            for each in listed
            if only is None or each.name in only
        ]

    def close(self) -> None:
        """Ends the connection, and a server that was started for it."""
        atexit.unregister(self.close)
        self._loop.stop(self._drop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, work: Any) -> Any:
        future = self._loop.submit(work)
        try:
            return future.result(START_TIMEOUT_S)
        except TimeoutError:
            future.cancel()
            raise ToolError(
                f"the MCP server {self._name} did not answer within {START_TIMEOUT_S:g} seconds; "
                "see that it runs"
            ) from None

    async def _call_from_anywhere(self, name: str, /, **arguments: Any) -> Any:
        """A call of a tool, from whichever event loop."""
        return await asyncio.wrap_future(self._loop.submit(self._call(name, arguments)))

    async def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        connection = await self._connect()
        try:
            answer = await connection.client.call_tool(name, arguments)
        except Exception as error:
            if _is_broken(error):
                await self._drop()
            raise
        return _value(answer)

    async def _list(self) -> list[Any]:
        connection = await self._connect()
        tools: list[Any] = []
        cursor = None
        while True:
            page = await connection.client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if len(tools) > MAX_TOOLS:
                raise DataError(
                    f"has more than {MAX_TOOLS} tools", file=f"the MCP server {self._name}"
                )
            if not cursor or not page.tools:
                return tools

    async def _connect(self) -> _Connection:
        if self._connection is None or self._connection.task.done():
            loop = asyncio.get_running_loop()
            ready, stop = loop.create_future(), asyncio.Event()
            task = loop.create_task(_serve(self._make_target, ready, stop))
            self._connection = _Connection(task, ready, stop)
        connection = self._connection
        try:
            await asyncio.shield(connection.ready)
        except MissingExtraError:
            raise
        except Exception as error:
            raise ToolError(
                f"the MCP server {self._name} cannot be reached ({_words(error)}); start it, or "
                "correct its command or address"
            ) from error
        return connection

    async def _drop(self) -> None:
        """Ends the connection; the next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.stop.set()
            await asyncio.wait({connection.task})


@dataclass(frozen=True, slots=True)
class _Connection:
    """A client, kept open by a task: it must be closed by the task that opened it."""

    task: asyncio.Task[None]
    ready: asyncio.Future[Any]
    stop: asyncio.Event

    @property
    def client(self) -> Any:
        return self.ready.result()


async def _serve(
    make_target: Callable[[], Any], ready: asyncio.Future[Any], stop: asyncio.Event
) -> None:
    """Holds a client open until ``stop`` is set."""
    try:
        try:
            from mcp import Client
        except ImportError as error:
            raise MissingExtraError("mcp", "mcp") from error
        async with Client(make_target()) as client:
            ready.set_result(client)
            await stop.wait()
    except Exception as error:  # noqa: BLE001 - told to those who wait for it; later ones open anew
        if not ready.done():
            ready.set_exception(error)


def _read_target(target: str | Sequence[str] | Callable[[], Any]) -> Callable[[], Any]:
    if callable(target):
        return target
    if isinstance(target, str):
        address = check_address(target)
        return lambda: address
    if not target or not all(isinstance(word, str) for word in target):
        raise DataError("needs the words of a command to start an MCP server; give a list of them")
    return partial(_start_command, tuple(target))


def _start_command(words: tuple[str, ...]) -> Any:
    try:
        from mcp import StdioServerParameters
    except ImportError as error:
        raise MissingExtraError("mcp", "mcp") from error
    return StdioServerParameters(command=words[0], args=list(words[1:]))


def _name(target: Any) -> str:
    return getattr(target, "__name__", "made by a function") if callable(target) else target[0]


def _only_reads(listed: Any) -> bool:
    return bool(listed.annotations and listed.annotations.read_only_hint)


def _is_broken(error: Exception) -> bool:
    """Whether the connection is of no more use; a server's own error says nothing against it."""
    from mcp import MCPError
    from mcp.types import CONNECTION_CLOSED

    return not isinstance(error, MCPError) or error.code == CONNECTION_CLOSED


def _value(answer: Any) -> Any:
    """What a tool answered: its structured content, or else its text; raises ToolError where it
    says that it failed.
    """
    text = "\n".join(part.text for part in answer.content if part.type == "text")
    if answer.is_error:
        raise ToolError(text[:_SHOWN_CHARS] or "The tool failed, and did not say why.")
    content = answer.structured_content
    if content is None:
        return text or None
    # the SDK's servers wrap what is no object
    return content["result"] if content.keys() == {"result"} else content


def _words(error: BaseException) -> str:
    """An error in a line; of a group of them the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:_SHOWN_CHARS]
