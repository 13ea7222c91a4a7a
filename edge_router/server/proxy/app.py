"""The proxy's paths, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from edge_router.errors import InputError, RemoteMalformedError
from edge_router.remote.completion import parse_json
from edge_router.router import Router
from edge_router.server.proxy.body import (
    SILENT_S,
    ClientGoneError,
    HttpError,
    Receive,
    Scope,
    Send,
    read_body,
    send_answer,
)
from edge_router.server.proxy.chat import Chat
from edge_router.server.proxy.guard import Guard
from edge_router.server.proxy.upstream import Asked, BrokenOffError, Upstream

API = "/v1"
Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


class App:
    """Answers every request, whatever is in it; called as ASGI has it."""

    def __init__(
        self,
        router: Router,
        *,
        chat: Chat,
        guard: Guard,
        upstream: Upstream | None,
        version: str,
        warn: Callable[[str], None],
    ) -> None:
        """``warn`` is told of a mistake of our own, never with a text in it."""
        self._router = router
        self._chat = chat
        self._guard = guard
        self._upstream = upstream
        self._version = version
        self._warn = warn
        self._paths: dict[tuple[str, str], Answer] = {
            ("POST", f"{API}/chat/completions"): self._complete,
            ("POST", "/route"): self._route,
            ("GET", "/health"): self._tell_health,
            ("GET", "/tools"): self._list_tools,
        }
        if upstream is None:
            self._paths["GET", f"{API}/models"] = self._list_models

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises only what ends its connection."""
        has_begun = False

        async def bounded(message: dict[str, Any]) -> None:
            nonlocal has_begun
            has_begun = True
            try:
                async with asyncio.timeout(SILENT_S):
                    await send(message)
            except TimeoutError:
                raise ClientGoneError from None

        try:
            await self._answer(scope, receive, bounded)
        except HttpError as error:
            await send_answer(bounded, *error.answer())
        except (ClientGoneError, BrokenOffError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: one client's trouble is no other's
            self._warn(f"a mistake of edge-router's own ({type(error).__name__}); please report it")
            if has_begun:
                raise BrokenOffError from None
            said = "a mistake of edge-router's own; please report it"
            await send_answer(bounded, *HttpError(500, said, code="internal").answer())

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if path != "/health":  # says nothing that a stranger may not know
            self._guard.check(scope)
        answer = self._paths.get((method, path))
        if answer is None and path.startswith(f"{API}/") and self._upstream is not None:
            answer = self._relay
        if answer is None:
            raise self._find_no(path)
        await answer(scope, receive, send)

    def _find_no(self, path: str) -> HttpError:
        if methods := [method for method, known in self._paths if known == path]:
            return HttpError(405, f"{path} takes {' and '.join(methods)}", code="method")
        return HttpError(404, "there is nothing at this path; see /openapi.json", code="not_found")

    async def _complete(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._chat.answer(await self._ask(scope, receive), receive, send)

    async def _relay(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._upstream is not None
        asked = await self._ask(scope, receive)
        await self._upstream.relay(asked, receive, send, why="passed_through", more_headers=[])

    async def _ask(self, scope: Scope, receive: Receive) -> Asked:
        segments = scope["path"].split("/")
        if "." in segments or ".." in segments:
            raise HttpError(404, "write the path without dots", code="not_found")
        path = scope["raw_path"].decode("ascii").partition("?")[0].removeprefix(API)
        query = scope["query_string"].decode("ascii")
        return Asked(
            scope["method"],
            f"{path}?{query}" if query else path,
            scope["headers"],
            await read_body(scope, receive),
            is_token_ours=self._guard.has_token,
        )

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A decision as ``--json`` prints it."""
        try:
            asked = parse_json(await read_body(scope, receive))
        except RemoteMalformedError:
            asked = None
        if not isinstance(asked, dict) or asked.keys() - {"text", "threshold", "top"}:
            said = 'send {"text": "..."}, and threshold and top where you want others'
            raise HttpError(400, said, code="invalid_request")
        options = {key: asked[key] for key in ("threshold", "top") if asked.get(key) is not None}
        text: Any = asked.get("text")
        try:
            decision = self._router.route(text, **options)
        except InputError as error:
            raise HttpError(400, str(error), code="invalid_request") from None
        await _send_json(send, decision.to_dict())

    async def _tell_health(self, _: Scope, __: Receive, send: Send) -> None:
        await _send_json(
            send,
            {
                "status": "ok",
                "version": self._version,
                "bundle": self._router.bundle.sha256,
                "tools": len(self._router.tools),
                "has_upstream": self._upstream is not None,
            },
        )

    async def _list_tools(self, _: Scope, __: Receive, send: Send) -> None:
        tools = [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in self._router.tools
        ]
        await _send_json(send, {"tools": tools})

    async def _list_models(self, _: Scope, __: Receive, send: Send) -> None:
        """One model, so that programs that list them find one."""
        model = {"id": "edge-router", "object": "model", "created": 0, "owned_by": "edge-router"}
        await _send_json(send, {"object": "list", "data": [model]})


async def _send_json(send: Send, value: Any) -> None:
    await send_answer(send, 200, json.dumps(value, ensure_ascii=False).encode())
