"""The key is shown to the server, and to nobody else."""

import contextlib
import logging
import traceback
import types
from collections.abc import Iterator

import pytest
from fake_server import say, send, send_json, stream

from edge_router.errors import RemoteError, RemoteRefusedError, RemoteSettingError
from edge_router.remote import Remote
from edge_router.remote.address import ApiKey, check_address

KEY = "sk-test-4f9c81d27ab3"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_API_KEY", KEY)


def test_the_server_sees_it(server, make_remote):
    server.play(say("x"))
    make_remote(api_key_env="SECRET_API_KEY").final_words("q", "t", 1)
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"


def test_it_is_read_for_each_request(server, make_remote, monkeypatch):
    server.play(say("x"))
    remote = make_remote(api_key_env="SECRET_API_KEY")
    remote.final_words("q", "t", 1)
    monkeypatch.setenv("SECRET_API_KEY", " new-key\n")
    remote.final_words("q", "t", 1)
    assert server.received[1].headers["authorization"] == "Bearer new-key"


def test_without_a_variable_nothing_is_shown(server, make_remote, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.play(say("x"))
    make_remote().final_words("q", "t", 1)
    assert "authorization" not in server.received[0].headers


def test_no_proxy_and_no_netrc_of_the_environment_see_it(
    server, make_remote, monkeypatch, tmp_path
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.play(say("x"))
    assert make_remote().final_words("q", "t", 1).text == "x"
    assert "authorization" not in server.received[0].headers


@pytest.mark.parametrize("value", ["", "   ", "\n"])
def test_a_variable_that_holds_nothing_sends_nothing(server, make_remote, monkeypatch, value):
    monkeypatch.setenv("SECRET_API_KEY", value)
    with pytest.raises(RemoteSettingError, match="SECRET_API_KEY holds no key; set it"):
        make_remote(api_key_env="SECRET_API_KEY").final_words("q", "t", 1)
    assert server.received == []


@pytest.mark.parametrize("value", ["a b\r\nX: y", "schlüssel-geheim", "x" * 5_000])
def test_a_value_that_is_no_key_is_refused_and_not_quoted(server, make_remote, monkeypatch, value):
    monkeypatch.setenv("SECRET_API_KEY", value)
    with pytest.raises(RemoteSettingError) as caught:
        make_remote(api_key_env="SECRET_API_KEY").final_words("q", "t", 1)
    assert list(find_leaks(caught.value, value)) == []
    assert server.received == []


def find_leaks(error: BaseException, secret: str) -> Iterator[str]:
    """Where ``secret`` stands in an error, its causes, and all that their tracebacks hold on to."""
    seen: dict[int, object] = {}  # holds on to what it has seen, so that no id comes twice
    waiting: list[tuple[str, object]] = [("error", error)]
    while waiting and len(seen) < 200_000:
        where, value = waiting.pop()
        if id(value) in seen or isinstance(value, types.ModuleType | type | types.FunctionType):
            continue
        seen[id(value)] = value
        if isinstance(value, bytes | bytearray):
            value = value.decode("latin-1")
        if isinstance(value, str) and secret in value:
            yield where
        waiting += [(f"{where}.{name}", part) for name, part in find_parts(value)]


def find_parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from (("key", key) for key in value)
        yield from ((repr(key)[:40], part) for key, part in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (("item", part) for part in value)
    elif isinstance(value, BaseException):
        yield from (("cause", value.__cause__), ("context", value.__context__))
        yield from (("args", part) for part in value.args)
        for frame, _ in traceback.walk_tb(value.__traceback__):
            if frame.f_code.co_filename != __file__:
                yield f"frame({frame.f_code.co_name})", frame.f_locals
    yield from getattr(value, "__dict__", {}).items()
    for kind in type(value).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            yield name, getattr(value, name, None)


ECHOED = {"error": {"message": f"Incorrect API key provided: {KEY}. You said Bearer {KEY}"}}


@pytest.mark.parametrize(
    "act",
    [
        send_json(ECHOED, status=401),
        send_json({"detail": KEY}, status=500),
        send_json({"error": {"message": "x" * 290 + KEY}}, status=400),
        send(b"junk " + KEY.encode()),
        send(b'{"choices": [{"message": {"content": 7}}]}'),
        send(b"", status=302, headers="Location: /x\r\n"),
        send(b"x", size=900),
        lambda connection: None,
        lambda connection: connection.recv(1),
    ],
)
def test_no_error_holds_it(server, make_remote, act):
    server.play(act)
    remote = make_remote(api_key_env="SECRET_API_KEY", timeout_s=0.5, retries=1)
    with pytest.raises(RemoteError) as caught:
        remote.final_words("q", "t", 1)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert list(find_leaks(caught.value, KEY)) == []


@pytest.mark.parametrize(
    "act",
    [
        stream(b"data: {]\n\n"),
        stream(b"data: junk " + KEY.encode() + b"\n\n"),
        stream(b"x"),
        send_json(ECHOED, status=401),
    ],
)
def test_no_error_of_a_stream_holds_it(server, make_remote, act):
    server.play(act)
    remote = make_remote(api_key_env="SECRET_API_KEY", timeout_s=0.5, retries=0)
    with pytest.raises(RemoteError) as caught:
        list(remote.stream_final_words("q", "t", 1))
    assert list(find_leaks(caught.value, KEY)) == []


def test_the_search_for_leaks_finds_one_behind_a_hidden_cause():
    cause = ValueError()
    cause.request = {"headers": [(b"authorization", f"Bearer {KEY}".encode())]}  # type: ignore[attr-defined]
    error = RuntimeError()
    error.__context__, error.__suppress_context__ = cause, True
    assert list(find_leaks(error, KEY)) == ["error.context.request.'headers'.item.item"]


def test_what_a_server_repeats_is_hidden(server, make_remote):
    server.play(send_json(ECHOED, status=401))
    with pytest.raises(
        RemoteRefusedError, match=r"provided: \*\*\*\. You said Bearer \*\*\*"
    ) as caught:
        make_remote(api_key_env="SECRET_API_KEY").final_words("q", "t", 1)
    assert "see that the environment variable SECRET_API_KEY gives a valid key" in str(caught.value)


def test_no_log_holds_it(server, make_remote, caplog):
    caplog.set_level(logging.DEBUG)
    for act in (say("x"), send_json(ECHOED, status=401), lambda connection: None):
        server.play(act)
        with contextlib.suppress(RemoteError):
            make_remote(api_key_env="SECRET_API_KEY", retries=0).final_words("q", "t", 1)
    assert "127.0.0.1" in caplog.text, "the client does log"
    assert KEY not in caplog.text


def test_no_repr_holds_it(make_remote):
    remote = make_remote(api_key_env="SECRET_API_KEY", options={"user": "u"})
    assert "SECRET_API_KEY" in repr(remote)
    assert KEY not in repr(remote) + str(remote) + repr(ApiKey("SECRET_API_KEY"))


@pytest.mark.parametrize("value", [KEY, "sk_test_abc", "gsk_Abc123", "", "A B", "1A", "É"])
def test_a_key_in_place_of_its_variables_name_is_refused_and_not_quoted(make_remote, value):
    with pytest.raises(RemoteSettingError) as caught:
        make_remote(api_key_env=value)
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    [
        f"https://user:{KEY}@example.org/v1",
        f"https://{KEY}@example.org/v1",
        f"https://example.org/v1?key={KEY}",
        f"https://example.org/v1#{KEY}",
        f"http://example.org:{KEY}/v1",
        f"ftp://{KEY}/v1",
        f"//{KEY}/v1",
        KEY,
        "",
        "https://",
        "https:///v1",
        "https://exam ple.org/v1",
        "https://example.org/v1\n",
        "https://exämple.org/v1",
        "https://example.org:99999/v1",
        "https://[::1/v1",
    ],
)
def test_an_address_with_credentials_or_none_is_refused_and_not_quoted(base_url):
    with pytest.raises(RemoteSettingError) as caught:
        Remote(base_url=base_url, model="m")
    assert KEY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "base_url",
    [
        "http://example.org/v1",
        "http://192.168.0.2/v1",
        "http://localhost.example.org/v1",
        "http://[2001:db8::1]/v1",
        "http://0.0.0.0/v1",
    ],
)
def test_a_network_is_crossed_encrypted_or_on_demand(base_url):
    with pytest.raises(RemoteSettingError, match="unencrypted; use https, or say allow_plain_http"):
        check_address(base_url, allow_plain_http=False)
    assert check_address(base_url, allow_plain_http=True) == base_url


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:8080/v1",
        "http://localhost:8080/v1/",
        "http://[::1]/v1",
        "http://127.9.9.9",
        "https://example.org/v1",
    ],
)
def test_this_device_and_https_need_no_permission(base_url):
    assert check_address(base_url, allow_plain_http=False) == base_url.rstrip("/")
