import asyncio
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from edge_router.errors import DataError, MissingExtraError
from edge_router.tools import make_registry
from edge_router.tools.openapi_service import OpenApiService
from edge_router.tools.runner import Runner, RunStatus

RELEASE = threading.Event()
"""Lets the service answer what it held back."""


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked, or as the path says."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answers = {
            "/empty": (204, b"", ""),
            "/text": (200, "Grüß Gott".encode("latin-1"), "text/plain; charset=latin-1"),
            "/odd": (200, b"x", "text/plain; charset=klingon"),
            "/broken": (200, b"{", "application/json"),
            "/missing": (404, b"secret", "text/plain"),
            "/moved": (302, b"", ""),
            "/large": (200, b"x" * (2 << 20), "text/plain"),
            "/slow": (200, b"1", "application/json"),
        }
        echo = {
            "method": self.command,
            "path": self.path,
            "type": self.headers.get("Content-Type"),
            "key": self.headers.get("X-Key"),
            "reason": self.headers.get("X-Reason"),
            "body": body.decode(),
        }
        default = (200, json.dumps(echo).encode(), "application/json")
        if self.path == "/slow":
            RELEASE.wait(60)
        status, answer, media_type = answers.get(self.path, default)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/text")
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:  # the caller has hung up
            return

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    RELEASE.set()
    server.shutdown()
    server.server_close()


def parameter(name: str, place: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {}, **more}


def body(media_type: str, properties: Any) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": properties}}}


RECORD = {"type": "object", "properties": {"crop": {"type": "string"}, "tags": {}, "id": {}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://greenhouse.example/v1"}],
    "paths": {
        "/beds/{id}": {
            "get": {
                "operationId": "show",
                "parameters": [
                    parameter("id", "path"),
                    parameter("tags", "query"),
                    parameter("sizes", "query", explode=False),
                    parameter("near", "query", style="deepObject", explode=True),
                    parameter("pipes", "query", style="pipeDelimited", explode=False),
                    parameter("X-Reason", "header"),
                ],
            },
            "put": {
                "operationId": "change",
                "parameters": [parameter("id", "path")],
                "requestBody": body("application/merge-patch+json", RECORD),
            },
        },
        "/beds": {
            "post": {"operationId": "add", "requestBody": body("application/json", RECORD)},
        },
        "/form": {
            "post": {
                "operationId": "fill_in",
                "requestBody": body("application/x-www-form-urlencoded", RECORD),
            }
        },
        "/batch": {
            "post": {
                "operationId": "batch",
                "requestBody": body("application/json", {"type": "array"}),
            }
        },
        **{
            f"/{name}": {"get": {"operationId": name}}
            for name in ("empty", "text", "odd", "broken", "missing", "moved", "large", "slow")
        },
    },
}


@pytest.fixture(scope="module")
def registry(address: str):
    pytest.importorskip("httpx2", reason="needs the extra [llm]")
    with OpenApiService(DOCUMENT, base_url=f"{address}/", headers={"X-Key": "k"}) as service:
        yield make_registry(service.tools(timeout_s=20))


def run(registry, name: str, **arguments: Any):
    return Runner().run(registry[name], arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "sent"),
    [
        (
            "show",
            {"id": "a b/ü", "tags": ["x", "y&z"], "sizes": [1, 2.5], "X-Reason": "why"},
            {"path": "/beds/a%20b%2F%C3%BC?tags=x&tags=y%26z&sizes=1%2C2.5", "reason": "why"},
        ),
        (
            "show",
            {"id": 7, "near": {"a": 1, "b": True}, "pipes": ["p", "q"]},
            {
                "path": "/beds/7?near%5Ba%5D=1&near%5Bb%5D=true&pipes=p%7Cq",
                "method": "GET",
                "body": "",
            },
        ),
        (
            "change",
            {"id": "7", "crop": "köhl", "body_id": 3},
            {
                "path": "/beds/7",
                "method": "PUT",
                "type": "application/merge-patch+json",
                "body": '{"crop": "köhl", "id": 3}',
            },
        ),
        (
            "add",
            {"crop": "kale", "tags": None},
            {"type": "application/json", "body": '{"crop": "kale", "tags": null}'},
        ),
        ("fill_in", {"crop": "a&b", "tags": ["x", "y"]}, {"body": "crop=a%26b&tags=x&tags=y"}),
        (
            "batch",
            {"body": [1, {"a": 2}]},
            {"body": '[1, {"a": 2}]', "type": "application/json", "key": "k"},
        ),
    ],
)
def test_an_argument_goes_where_the_document_says(registry, name, arguments, sent):
    result = run(registry, name, **arguments)
    assert result.status is RunStatus.DONE, result.error
    assert {key: result.value[key] for key in sent} == sent
    assert asyncio.run(Runner().arun(registry[name], arguments)).value == result.value


@pytest.mark.parametrize(("name", "value"), [("empty", None), ("text", "Grüß Gott"), ("odd", "x")])
def test_an_answer_is_read_as_what_it_is(registry, name, value):
    assert run(registry, name).value == value


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing", "The service answered 404 Not Found."),
        ("moved", "The service answered 302 Found."),
        ("broken", "The service's answer cannot be read."),
        ("large", "The service's answer is larger than 1 MiB."),
    ],
)
def test_what_went_wrong_there_is_said(registry, name, problem):
    result = run(registry, name)
    assert (result.status, result.problem) == (RunStatus.FAILED, problem)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_an_argument_cannot_lead_to_another_path(registry, value):
    result = run(registry, "show", id=value)
    assert (result.status, result.problem) == (RunStatus.FAILED, f"id cannot be {value!r}.")


def test_a_service_that_hangs_is_left_at_its_timeout(address):
    with OpenApiService(DOCUMENT, base_url=address) as service:
        (slow,) = service.tools(only={"slow"}, timeout_s=0.1)
        started = time.monotonic()
        assert Runner().run(slow, {}).status in (RunStatus.TIMED_OUT, RunStatus.FAILED)
        assert time.monotonic() - started < 30


def test_what_changes_something_must_be_confirmed(registry, address):
    assert not registry["show"].needs_confirmation
    assert all(registry[name].needs_confirmation for name in ("add", "change", "batch"))
    assert (registry["change"].is_idempotent, registry["add"].is_idempotent) == (True, False)
    service = OpenApiService(DOCUMENT, base_url=address)
    assert not service.tools(only=["add"], needs_confirmation=False)[0].needs_confirmation


def test_a_service_that_is_not_there_is_a_failure():
    with OpenApiService(DOCUMENT, base_url="http://127.0.0.1:9") as service:
        (show,) = service.tools(only={"show"})
        assert Runner().run(show, {"id": 1}).problem == "show failed (ConnectError)"


@pytest.mark.parametrize(
    ("document", "base_url", "problem"),
    [
        (
            DOCUMENT,
            "http://greenhouse.example",
            "give one with https://, or http:// on this device",
        ),
        (DOCUMENT, "https://me:secret@greenhouse.example", "has a password in the address"),
        (DOCUMENT, "https://", "cannot use the address 'https://'"),
        (DOCUMENT, "https://a:port/", "cannot use the address"),
        (DOCUMENT, "http://[::1/", "cannot use the address"),
        ({**DOCUMENT, "servers": [{"url": "/v1"}]}, None, "cannot use the address '/v1'"),
        (
            {**DOCUMENT, "servers": [{"url": "https://{host}/"}]},
            None,
            "names no server .* give base_url=",
        ),
        ({**DOCUMENT, "servers": []}, None, "give base_url="),
        ({**DOCUMENT, "openapi": "2.0"}, None, "3.x is read here"),
    ],
)
def test_an_address_that_cannot_be_meant_or_is_not_safe_is_refused(document, base_url, problem):
    with pytest.raises(DataError, match=problem) as caught:
        OpenApiService(document, base_url=base_url)
    assert "secret" not in str(caught.value)


def test_safe_addresses_are_taken():
    for base_url in (None, "https://a.example/x/", "http://localhost:8000", "http://[::1]:8000"):
        OpenApiService(DOCUMENT, base_url=base_url)


def test_operations_that_are_not_there_are_named():
    with pytest.raises(DataError, match="has no operation 'prune'"):
        OpenApiService(DOCUMENT).tools(only={"prune"})


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx2", None)
    (show,) = OpenApiService(DOCUMENT).tools(only={"show"})
    with pytest.raises(MissingExtraError, match=r"edge-router\[llm\]"):
        show(id=1)
