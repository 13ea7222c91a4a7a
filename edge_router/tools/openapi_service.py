"""The operations of an OpenAPI document as tools that call the service; with the extra [llm]."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from threading import Lock
from typing import Any, Self

from edge_router.errors import DataError, MissingExtraError, ToolError
from edge_router.tools.address import check_address
from edge_router.tools.http_request import make_request
from edge_router.tools.registry import DEFAULT_TIMEOUT_S, RESULT, RunnableTool
from edge_router.tools.schemas.openapi import Operation, read_openapi

MAX_ANSWER_BYTES = 1 << 20
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110: they only read
_IDEMPOTENT_METHODS = _SAFE_METHODS | {"PUT", "DELETE"}


class OpenApiService:
    """A service that a document describes. One pool of connections, opened with the first call;
    thread-safe; ``close()`` or ``with`` ends it.
    """

    def __init__(
        self,
        document: dict[str, Any],
        *,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """``base_url`` takes the place of the document's first server; ``headers`` go with every
        call, such as an ``Authorization``. Raises DataError for a document that cannot be read, or
        an address that is not safe.
        """
        self._operations = read_openapi(document, file="the OpenAPI document")
        self._base_url = check_address(base_url or _first_server(document)).rstrip("/")
        self._headers = dict(headers or {})
        self._lock = Lock()
        self._client: Any = None

    def tools(
        self,
        *,
        only: Collection[str] | None = None,
        needs_confirmation: bool | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        answer: str = RESULT,
    ) -> list[RunnableTool]:
        """The service's operations, or ``only`` those. By default what does more than read (POST,
        PUT, PATCH, DELETE) needs confirmation. Raises DataError for a name that is not there.
        """
        names = {operation.tool.name for operation in self._operations}
        if only is not None and (unknown := sorted(set(only) - names)):
            raise DataError(f"has no operation {unknown[0]!r}", file="the OpenAPI document")
        return [
            RunnableTool(
                tool=operation.tool,
                call=partial(self._call, operation, timeout_s),
                needs_confirmation=(
                    operation.method not in _SAFE_METHODS
                    if needs_confirmation is None
                    else needs_confirmation
                ),
                timeout_s=timeout_s,
                is_idempotent=operation.method in _IDEMPOTENT_METHODS,
                answer=answer,
            )
            for operation in self._operations
            if only is None or operation.tool.name in only
        ]

    def close(self) -> None:
        """Ends the connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, operation: Operation, timeout_s: float, /, **arguments: Any) -> Any:
        request = make_request(operation, arguments)
        with self._open().stream(
            request.method,
            self._base_url + request.path,
            headers=self._headers | request.headers,
            content=request.content,
            timeout=timeout_s,
        ) as response:
            if not response.is_success:
                raise ToolError(
                    f"The service answered {response.status_code} {response.reason_phrase}."
                )
            media_type = response.headers.get("content-type", "")
            return _read_answer(_take(response), media_type, response.encoding or "utf-8")

    def _open(self) -> Any:
        try:
            import httpx2
        except ImportError as error:
            raise MissingExtraError("llm", "httpx2") from error
        with self._lock:
            if self._client is None:
                # a redirect would take the headers, and the arguments, to an unchecked address
                self._client = httpx2.Client(follow_redirects=False)
            return self._client


def _first_server(document: dict[str, Any]) -> str:
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, dict) else None
    if not isinstance(url, str) or "{" in url:
        raise DataError(
            "names no server with a plain address; give base_url=", file="the OpenAPI document"
        )
    return url


def _take(response: Any) -> bytes:
    """The body, up to its bound."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise ToolError(f"The service's answer is larger than {MAX_ANSWER_BYTES >> 20} MiB.")
    return bytes(body)


def _read_answer(body: bytes, media_type: str, encoding: str) -> Any:
    """JSON as its value, anything else as a text, nothing as ``None``."""
    if not body:
        return None
    if "json" in media_type.lower():
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ToolError("The service's answer cannot be read.") from error
    try:
        return body.decode(encoding, "replace")
    except LookupError:  # an encoding that nobody knows
        return body.decode("utf-8", "replace")
