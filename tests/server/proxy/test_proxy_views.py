"""Who may ask, and what can be looked at."""

import base64
import json
import re

import httpx2
import pytest
from tool_requests import make_request

from edge_router.cli.exit_codes import BAD_INPUT
from edge_router.cli.main import main

SURE = make_request("set a timer for ten minutes")


def test_health_says_what_runs(alone):
    told = httpx2.get(alone.url + "/health").json()
    assert re.fullmatch("[0-9a-f]{64}", told.pop("bundle"))
    assert told.pop("version")
    assert told == {"status": "ok", "tools": 0, "has_upstream": False}


def test_a_text_is_routed(start, assistant_path, assistant):
    proxy = start(str(assistant_path))
    text = "wake me up at seven"
    assert proxy.ask({"text": text}, "/route").json() == json.loads(
        json.dumps(assistant.route(text).to_dict())
    )
    assert len(proxy.ask({"text": text, "top": 1}, "/route").json()["candidates"]) == 1
    tools = httpx2.get(proxy.url + "/tools").json()["tools"]
    assert [tool["name"] for tool in tools] == [tool.name for tool in assistant.tools]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "a", "top": 0}',
        b'{"text": "a", "threshold": true}',
        b'{"text": "a", "x": 1}',
    ],
)
def test_what_cannot_be_routed_is_said(alone, body):
    response = alone.ask(body, "/route")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"


def test_metrics_count_by_who_answered(start, large):
    proxy = start("--upstream", large.url)
    proxy.ask(SURE)
    proxy.ask(make_request("tell me a joke"))
    lines = httpx2.get(proxy.url + "/metrics").text.splitlines()
    assert 'edge_router_requests_total{status="2xx",who="local",why="sure"} 1.0' in lines
    assert 'edge_router_requests_total{status="2xx",who="upstream",why="unsure"} 1.0' in lines
    (saved,) = [line for line in lines if line.startswith("edge_router_saved_tokens_total")]
    assert 80 < float(saved.split()[1]) < 200
    assert "joke" not in "".join(lines)


def test_decisions_are_shown_without_texts(start, large):
    proxy = start("--upstream", large.url)
    proxy.ask(SURE)
    proxy.ask(make_request("tell me a joke"))
    told = httpx2.get(proxy.url + "/decisions").json()
    assert (told["requests"], told["who"], told["shows_texts"]) == (
        2,
        {"local": 1, "upstream": 1},
        False,
    )
    first, second = told["rows"]
    assert (first["who"], first["tool"], first["text"], first["arguments"]) == (
        "local",
        "set_timer",
        None,
        None,
    )
    assert (second["who"], second["why"], second["tool"], second["status"]) == (
        "upstream",
        "unsure",
        None,
        200,
    )
    assert httpx2.get(proxy.url + "/decisions?after=1").json()["rows"] == [second]
    for wrong in ("x", "-1", "", "9" * 99):
        assert httpx2.get(f"{proxy.url}/decisions?after={wrong}").status_code == 400


def test_texts_are_shown_where_that_was_asked_for(start):
    proxy = start("--show-texts")
    proxy.ask(SURE)
    (row,) = httpx2.get(proxy.url + "/decisions").json()["rows"]
    assert (row["text"], row["arguments"]) == ("set a timer for ten minutes", {"minutes": 10})


def test_the_page_asks_nobody_else_for_anything(alone):
    page = httpx2.get(alone.url + "/")
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'"
    )
    script = httpx2.get(alone.url + "/page.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert not re.search(r"https?://|innerHTML|eval", page.text + script.text)


def test_the_document_names_every_path(alone):
    document = httpx2.get(alone.url + "/openapi.json").json()
    assert document["info"]["version"]
    for path, methods in document["paths"].items():
        for method in methods:
            assert httpx2.request(method, alone.url + path).status_code != 404
    refused = httpx2.get(alone.url + "/route")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert httpx2.get(alone.url + "/nothing").json()["error"]["code"] == "not_found"
    assert httpx2.head(alone.url + "/health").status_code == 200


def test_a_token_opens_it(start, large):
    proxy = start("--upstream", large.url, "--token-env", "OURS", OURS="s3cret")
    assert proxy.ask(SURE).status_code == 401
    assert proxy.ask(SURE, authorization="Bearer s3cre").status_code == 401
    assert proxy.ask(SURE, authorization="Basic !").status_code == 401
    assert proxy.ask(SURE, authorization="Bearer s3cret").status_code == 200
    basic = "Basic " + base64.b64encode(b"me:s3cret").decode()
    assert httpx2.get(proxy.url + "/", headers={"Authorization": basic}).status_code == 200
    assert httpx2.get(proxy.url + "/metrics").status_code == 401
    assert httpx2.get(proxy.url + "/health").status_code == 200
    assert proxy.ask(make_request("a joke"), authorization="Bearer s3cret").status_code == 200
    assert "authorization" not in large.received[0].headers


def test_the_upstreams_key_goes_upstream_and_nowhere_else(start, large):
    proxy = start(
        "--upstream", large.url, "--upstream-key-env", "THEIRS", "--show-texts", THEIRS="k3y-theirs"
    )
    response = proxy.ask(make_request("tell me a joke"), authorization="Bearer clients")
    assert large.received[0].headers["authorization"] == "Bearer k3y-theirs"
    large.act = lambda connection: connection.sendall(b"no http\r\n\r\n")
    failed = proxy.ask(make_request("tell me a joke"))
    seen = [response.text, str(response.headers), failed.text]
    seen += [httpx2.get(proxy.url + path).text for path in ("/metrics", "/decisions", "/health")]
    _, out, err = proxy.stop(15)
    assert "k3y-theirs" not in "".join(seen) + out.decode() + err.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8080"}, 200),
        ({"host": "[::1]:8080"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "localhost:8080", "origin": "http://localhost:8080"}, 200),
    ],
)
def test_a_web_page_of_another_site_may_not_ask(alone, headers, status):
    response = alone.ask(SURE, **headers)
    assert response.status_code == status
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--host", "0.0.0.0"], "--token-env"),
        (["--host", "::"], "--token-env"),
        (["--host", ""], "--host is empty"),
        (["--token-env", "NOT_SET"], "holds no token"),
        (["--upstream", "ftp://x"], "--upstream must be an address"),
        (["--upstream", "http://example.com/v1"], "--allow-plain-http"),
        (["--upstream", "https://user:pass@example.com"], "--upstream-key-env"),
        (["--upstream", "https://example.com", "--upstream-key-env", "sk-123"], "and not the key"),
        (
            ["--upstream", "https://example.com", "--upstream-key-env", "NOT_SET"],
            "NOT_SET holds no key",
        ),
        (["--upstream-key-env", "NOT_SET"], "give both"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_listens(
    capsys, monkeypatch, arguments, complaint
):
    monkeypatch.delenv("NOT_SET", raising=False)
    assert main(["serve", "--port", "0", *arguments]) == BAD_INPUT
    assert complaint in capsys.readouterr().err
