"""The proxy's paths, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from edge_router.errors import InputError, RemoteMalformedError
from edge_router.remote.completion import parse_json
from edge_router.router import Router
from edge_router.server.proxy.body import (
    SILENT_S,
    ClientGoneError,
    Headers,
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
from edge_router.server.proxy.views import View

API = "/v1"
Answer = Callable[[Scope, Receive, Send], Awaitable[None]]
_HEADERS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
]
"""Of whatever a browser may show."""


class App:
    """Answers every request, whatever is in it; called as ASGI has it."""

    def __init__(
        self,
        router: Router,
        *,
        chat: Chat,
        guard: Guard,
        upstream: Upstream | None,
        views: Mapping[str, View],
        warn: Callable[[str], None],
    ) -> None:
        """``views`` are what a GET shows by its path; ``warn`` is told of a mistake of our own,
        never with a text in it.
        """
        self._router = router
        self._chat = chat
        self._guard = guard
        self._upstream = upstream
        self._views = views
        self._warn = warn
        self._paths: dict[tuple[str, str], Answer] = {
            ("POST", f"{API}/chat/completions"): self._complete,
            ("POST", "/route"): self._route,
            **{("GET", path): self._show for path in views},
            **{("HEAD", path): self._show for path in views},
        }

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
            allowed = [(b"allow", ", ".join(methods).encode())]
            said = f"{path} takes {' and '.join(methods)}"
            return HttpError(405, said, code="method", more_headers=allowed)
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
        text, options = _read_question(await read_body(scope, receive))
        try:
            decision = self._router.route(text, **options)
        except InputError as error:
            raise HttpError(400, str(error), code="invalid_request") from None
        body = json.dumps(decision.to_dict(), ensure_ascii=False).encode()
        await send_answer(send, 200, body, _HEADERS)

    async def _show(self, scope: Scope, _: Receive, send: Send) -> None:
        kind, body = self._views[scope["path"]](scope["query_string"])
        await send_answer(send, 200, body, _HEADERS, kind=kind)


def _read_question(body: bytes) -> tuple[Any, dict[str, Any]]:
    """The text to route and the options; raises HttpError."""
    try:
        asked = parse_json(body)
    except RemoteMalformedError:
        asked = None
    if not isinstance(asked, dict) or asked.keys() - {"text", "threshold", "top"}:
        said = 'send {"text": "..."}, and threshold and top where you want others'
        raise HttpError(400, said, code="invalid_request")
    options = {key: asked[key] for key in ("threshold", "top") if asked.get(key) is not None}
    if isinstance(options.get("threshold"), bool):
        raise HttpError(400, "threshold is a number from 0 to 1", code="invalid_request")
    top = options.get("top")
    if isinstance(top, float) and top.is_integer():  # JSON has one kind of numbers
        options["top"] = int(top)
    return asked.get("text"), options
