"""The proxy's paths, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import parse_json
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
from edge_router.server.proxy.chat import CHAT, SYSTEM_ONE, Chat, Dialect
from edge_router.server.proxy.guard import Guard
from edge_router.server.proxy.posts import Post
from edge_router.server.proxy.upstream import Asked, BrokenOffError, Upstream
from edge_router.server.proxy.views import View

API = "/v1"
_DIALECTS: Mapping[str, Dialect] = {
    f"{API}/chat/completions": CHAT,
    f"{API}/systemone": SYSTEM_ONE,
}
Answer = Callable[[Scope, Receive, Send], Awaitable[None]]
_RELAYED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Methods that go upstream. TRACE would send the upstream's key back to whoever asks."""
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
        *,
        chat: Chat,
        guard: Guard,
        upstream: Upstream | None,
        views: Mapping[str, View],
        posts: Mapping[str, Post],
        warn: Callable[[str], None],
    ) -> None:
        """``views`` are what a GET shows by its path, ``posts`` what a POST of plain JSON is
        answered; ``warn`` is told of a mistake of our own, never with a text in it.
        """
        self._chat = chat
        self._guard = guard
        self._upstream = upstream
        self._views = views
        self._posts = posts
        self._warn = warn
        self._paths: dict[tuple[str, str], Answer] = {
            **{("POST", path): self._decide for path in _DIALECTS},
            **{("POST", path): self._post for path in posts},
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
            if method not in _RELAYED:
                raise _refuse_method(path, _RELAYED)
            answer = self._relay
        if answer is None:
            raise self._find_no(path)
        await answer(scope, receive, send)

    def _find_no(self, path: str) -> HttpError:
        if methods := [method for method, known in self._paths if known == path]:
            return _refuse_method(path, methods)
        return HttpError(404, "there is nothing at this path; see /openapi.json", code="not_found")

    async def _decide(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, dialect = await self._ask(scope, receive), _DIALECTS[scope["path"]]
        await self._chat.answer(asked, receive, send, dialect=dialect)

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

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(scope, receive)
        try:
            asked = parse_json(body)
        except RemoteMalformedError:
            asked = None
        answer = await self._posts[scope["path"]](asked)
        # in ASCII: a text may hold half a surrogate pair, which UTF-8 has no bytes for
        await send_answer(send, 200, json.dumps(answer).encode(), _HEADERS)

    async def _show(self, scope: Scope, _: Receive, send: Send) -> None:
        kind, body = self._views[scope["path"]](scope["query_string"])
        await send_answer(send, 200, body, _HEADERS, kind=kind)


def _refuse_method(path: str, methods: Sequence[str]) -> HttpError:
    allowed = [(b"allow", ", ".join(methods).encode())]
    said = f"{path} takes {' and '.join(methods)}"
    return HttpError(405, said, code="method", more_headers=allowed)
