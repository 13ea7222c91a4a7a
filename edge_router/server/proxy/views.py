"""What can be looked at: the page, figures, tools, the document that describes the paths."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any
from urllib.parse import parse_qs

from edge_router.router import Router
from edge_router.server.proxy.body import HttpError
from edge_router.server.proxy.live import Live
from edge_router.server.proxy.metrics import Metrics

View = Callable[[bytes], tuple[bytes, bytes]]
"""From a query string to the type and the body of an answer; raises HttpError."""

JSON = b"application/json"


def make_views(
    router: Router, *, live: Live, metrics: Metrics, version: str, has_upstream: bool
) -> Mapping[str, View]:
    """What a GET of each path shows."""
    health = {
        "status": "ok",
        "version": version,
        "bundle": router.bundle.sha256,
        "tools": len(router.tools),
        "has_upstream": has_upstream,
    }
    tools = [
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
        for tool in router.tools
    ]
    document = json.loads(_read("openapi.json"))
    document["info"]["version"] = version
    views: dict[str, View] = {
        "/": _show(b"text/html; charset=utf-8", _read("page.html")),
        "/page.js": _show(b"text/javascript; charset=utf-8", _read("page.js")),
        "/openapi.json": _show(JSON, _dump(document)),
        "/health": _show(JSON, _dump(health)),
        "/tools": _show(JSON, _dump({"tools": tools})),
        "/decisions": lambda query: (JSON, _dump(live.tell(after=_read_after(query)))),
        "/metrics": lambda _: metrics.write(),
    }
    if not has_upstream:  # programs that list models find one
        model = {"id": "edge-router", "object": "model", "created": 0, "owned_by": "edge-router"}
        views["/v1/models"] = _show(JSON, _dump({"object": "list", "data": [model]}))
    return views


def _show(kind: bytes, body: bytes) -> View:
    return lambda _: (kind, body)


def _read_after(query: bytes) -> int:
    """The ``after`` of a query, 0 where it has none; raises HttpError."""
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("after", ["0"])[0]
    if given.isascii() and given.isdigit() and len(given) < 16:
        return int(given)
    raise HttpError(400, "after is a decision's number, such as 12", code="invalid_request")


def _read(name: str) -> bytes:
    return (resources.files("edge_router.server.proxy") / name).read_bytes()


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
