"""Upstreams that fail in every way, clients that do as they like."""

import asyncio
import json
import socket
import struct
import time

import httpx2
import pytest
from told_server import ToldServer, send, stream
from tool_requests import make_request

from edge_router.server.proxy import body as body_module
from edge_router.server.proxy import service
from edge_router.server.proxy.body import ClientGoneError, HttpError, read_body

JOKE = make_request("tell me a joke")


def error_of(response):
    return response.status_code, response.json()["error"]["code"]


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    "act",
    [
        lambda connection: None,
        reset,
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000),
    ],
    ids=["closes", "resets", "speaks no HTTP", "half a head", "wrong length", "endless head"],
)
def test_an_upstream_that_sends_no_answer_is_a_502(proxy, large, act):
    large.act = act
    assert error_of(proxy.ask(JOKE)) == (502, "upstream_failed")


@pytest.mark.parametrize(
    "act",
    [
        send(b"{", size=100),
        stream(b"data: 1\n\n"),
        stream(b"data: 1\n\n", end=b"zz\r\n"),
    ],
    ids=["too short", "cut off", "bad chunk"],
)
def test_an_answer_that_is_cut_off_looks_cut_off(proxy, large, act):
    large.act = act
    with pytest.raises(httpx2.RemoteProtocolError):
        proxy.ask(JOKE)


def test_an_upstream_that_is_not_there_or_silent(start):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    absent = start("--upstream", f"http://127.0.0.1:{port}/v1")
    assert error_of(absent.ask(JOKE)) == (502, "upstream_unreachable")
    silent = ToldServer(lambda _: time.sleep(20))
    proxy = start("--upstream", silent.url, "--upstream-timeout", "1")
    assert error_of(proxy.ask(JOKE)) == (504, "upstream_timeout")
    silent.close()


def test_a_sure_call_needs_no_upstream(start):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    response = start("--upstream", f"http://127.0.0.1:{port}/v1").ask(
        make_request("set a timer for ten minutes")
    )
    assert response.headers["x-edge-router"] == "local"


def test_a_client_that_leaves_takes_its_request_along(proxy, large):
    ends = []

    def act(connection):
        connection.settimeout(20)
        ends.append(connection.recv(1))  # nothing, when the other side hangs up

    large.act = act
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(proxy.url + "/v1/chat/completions", json=JOKE, timeout=0.5)
    deadline = time.monotonic() + 10
    while not ends and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ends == [b""]


def test_a_large_body_is_passed_on_and_a_larger_one_refused(proxy, large):
    request = make_request("tell me a joke", padding="x" * 49_000_000)
    body = json.dumps(request).encode()
    assert proxy.ask(body).headers["x-edge-router"] == "upstream"
    assert large.received[0].body == body
    assert error_of(proxy.ask(body + b" " * 2_000_000)) == (413, "too_large")
    assert len(large.received) == 1


def test_a_body_without_a_length_is_bounded_too(proxy, large):
    def endless():
        for _ in range(60):
            yield b" " * 1_000_000

    try:
        response = httpx2.post(proxy.url + "/v1/chat/completions", content=endless(), timeout=30)
        assert error_of(response) == (413, "too_large")
    except httpx2.WriteError:
        pass  # it hung up before all was said
    assert large.received == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[" * 100_000, b'{"model": 1}', b'{"a": NaN}', b"null",
     b'{"model":"m","messages":[{"role":"user","content":"\\ud800"}],"tools":[{}]}',
     b'{"model":"m","messages":[{"role":[]}],"tools":{}}',
     b'{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":[]}}}]}'],
)  # fmt: skip
def test_whatever_the_body_is_it_gets_an_answer(proxy, alone, large, body):
    assert proxy.ask(body).headers["x-edge-router"] == "upstream"
    assert large.received[0].body == body
    assert alone.ask(body).status_code in (400, 422)


def test_a_thousand_silent_connections_keep_nobody_out(alone):
    port = int(alone.url.rpartition(":")[2])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
    try:
        response = alone.ask(make_request("set a timer for ten minutes"))
        assert response.headers["x-edge-router"] == "local"
    finally:
        for connection in silent:
            connection.close()


def test_half_a_surrogate_pair_anywhere_is_no_mistake(start, large):
    proxy = start("--upstream", large.url, "--cut-tools")
    sure = make_request("set a timer for ten minutes")
    response = proxy.ask({**sure, "model": "\ud800"})
    assert (response.headers["x-edge-router"], response.json()["model"]) == ("local", "\ud800")
    tools = [
        {"type": "function", "function": {"name": f"tool_{n}", "description": f"Does {n}"}}
        for n in range(12)
    ]
    request = make_request("tell me a joke", tools=tools, user="\udfff")
    assert proxy.ask(request).headers["x-edge-router-tools"].endswith("/12")
    assert json.loads(large.received[0].body)["user"] == "\udfff"
    assert proxy.stop(15) == (0, b"", b"")


def test_tools_that_are_nested_without_end_go_upstream(proxy, large):
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    body = json.dumps(make_request("hi", tools=["X"])).encode().replace(b'"X"', deep)
    assert proxy.ask(body).headers["x-edge-router"] == "upstream"
    assert large.received[0].body == body


def receive_of(*messages):
    left = list(messages)

    async def receive():
        return left.pop(0) if left else await asyncio.sleep(60)

    return receive


def test_a_client_that_sends_half_a_body_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(body_module, "SILENT_S", 0.05)
    half = {"type": "http.request", "body": b"{", "more_body": True}
    with pytest.raises(HttpError) as refused:
        asyncio.run(read_body({"headers": []}, receive_of(half)))
    assert refused.value.status == 408
    with pytest.raises(ClientGoneError):
        asyncio.run(read_body({"headers": []}, receive_of(half, {"type": "http.disconnect"})))


class Connection:
    """What uvicorn keeps of a connection."""

    def __init__(self, *, cycle=None, is_closing=False, keep_alive=None):
        self.cycle, self.timeout_keep_alive_task = cycle, keep_alive
        self.is_aborted, self.transport = False, self
        self._is_closing = is_closing

    def is_closing(self):
        return self._is_closing

    def abort(self):
        self.is_aborted = True


class Cycle:
    def __init__(self, *, is_done):
        self.response_complete = is_done


def test_connections_that_bring_nothing_are_closed(monkeypatch):
    monkeypatch.setattr(service, "_REAP_S", 0.02)
    silent, half_closed = Connection(), Connection(is_closing=True)
    busy, kept = (
        Connection(cycle=Cycle(is_done=False)),
        Connection(cycle=Cycle(is_done=True), keep_alive=object()),
    )
    half_asked = Connection(cycle=Cycle(is_done=True))
    connections = {silent, half_closed, busy, kept, half_asked}

    async def reap():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(service._reap(connections), 0.2)

    asyncio.run(reap())
    assert [c.is_aborted for c in (silent, half_closed, half_asked)] == [True] * 3
    assert [c.is_aborted for c in (busy, kept)] == [False] * 2
