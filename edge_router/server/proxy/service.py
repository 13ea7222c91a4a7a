"""The process that listens: sockets, signals, and connections that nothing comes from."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import Any

from edge_router.errors import InputError, MissingExtraError
from edge_router.server.proxy.app import App
from edge_router.server.proxy.upstream import Upstream
from edge_router.server.wyoming import is_on_this_device

MAX_CONNECTIONS = 2000
KEEP_ALIVE_S = 75
_REAP_S = 10.0
_BACKLOG = 2048


def listen(host: str, port: int, *, has_token: bool) -> socket.socket:
    """A socket that listens at ``host``; port 0 takes a free one. Raises InputError for an address
    that others reach where there is no token, and OSError where it cannot be had.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = found[0]
    if not has_token and not is_on_this_device(str(address[0])):
        raise InputError(
            f"others reach {address[0]}; name an environment variable that holds a token with "
            "--token-env, or leave --host out"
        )
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def run(app: App, listener: socket.socket, upstream: Upstream | None) -> None:
    """Serves until SIGTERM or SIGINT, then ends what is under way within seconds. Raises
    MissingExtraError.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("serve", "uvicorn") from error
    config = uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="critical",  # nothing of a request is written anywhere
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
    )
    _allow_open_files()
    # uvicorn raises the signal again when it has ended, which would count as a failure
    signal.signal(signal.SIGTERM, lambda *_: None)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(uvicorn.Server(config), listener, upstream))


async def _serve(server: Any, listener: socket.socket, upstream: Upstream | None) -> None:
    reaper = asyncio.ensure_future(_reap(server.server_state.connections))
    try:
        await server.serve(sockets=[listener])
    finally:
        reaper.cancel()
        if upstream is not None:
            await upstream.close()


def _allow_open_files() -> None:
    """A connection from a client and one to the upstream are two files; the usual limit is 1,024
    for all of them, which every process may raise for itself.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_CONNECTIONS + 100
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _reap(connections: set[Any]) -> None:
    """Closes connections that bring no whole request head, and those that do not end: uvicorn
    waits for both without a bound.
    """
    seen: dict[Any, Any] = {}
    while True:
        await asyncio.sleep(_REAP_S)
        idle = {}
        for connection in list(connections):
            state = _describe_idle(connection)
            if state is None:
                continue
            if seen.get(connection) == state:
                connection.transport.abort()
            else:
                idle[connection] = state
        seen = idle


def _describe_idle(connection: Any) -> Any:
    """What is the same at the next look where nothing has happened; ``None`` while a request is
    being answered, or the time between two is kept.
    """
    if connection.transport.is_closing():
        return "closing"
    cycle = connection.cycle
    if connection.timeout_keep_alive_task is not None:
        return None
    return None if cycle is not None and not cycle.response_complete else ("idle", cycle)
