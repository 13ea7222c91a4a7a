"""What the proxy records of chat requests, and what people say of it."""

import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from told_server import send, stream
from tool_requests import make_request

from edge_router.cli.main import main
from edge_router.journal import read_corrections, read_records, summarize
from edge_router.journal.entry import parse_id

SURE = make_request("set a timer for ten minutes")
CALL = {"id": "a", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
USAGE = {"prompt_tokens": 90, "completion_tokens": 12, "total_tokens": 102}


def call_weather():
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return send(json.dumps({"choices": [choice], "usage": USAGE}).encode())


def read_soon(path, n, since=0.0):
    """The records, once there are ``n``."""
    for _ in range(400):
        if path.exists() and len(found := read_records(path, since=since)) >= n:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{n} records were not written")


@dataclass
class Recording:
    """A proxy that records, and what it recorded since a test began."""

    proxy: Any
    path: Path
    since: float

    def ask(self, body, path="/v1/chat/completions", **headers):
        return self.proxy.ask(body, path, **headers)

    def read(self, n=1):
        return read_soon(self.path, n, self.since)

    def summarize(self):
        return summarize(self.path, since=self.since)


@pytest.fixture(scope="module")
def _recording(start, _large, tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "home.db"
    return start("--upstream", _large.url, "--journal", str(path), "--keep-texts"), path


@pytest.fixture
def recording(_recording, large):
    return Recording(*_recording, time.time())


def test_an_answer_from_here_is_recorded_under_the_id_that_its_client_gets(recording):
    response = recording.ask(SURE)
    (record,) = recording.read()
    entry = record.entry
    assert response.headers["x-edge-router-record"] == record.id
    assert (entry.text, entry.decided, entry.tool, entry.status, entry.reason) == (
        "set a timer for ten minutes",
        "set_timer",
        "set_timer",
        "done",
        "confident",
    )
    assert 0 < entry.routing_us <= entry.total_us
    assert (entry.estimated_tokens_in, entry.tokens_in) == (0, 0)
    assert 80 < entry.estimated_tokens_all_tools < 200
    stats = recording.summarize()
    assert (stats.answered_locally, stats.asked_remote, stats.texts) == (1, 0, 1)
    assert stats.tokens_saved == entry.estimated_tokens_all_tools


def test_a_streamed_answer_has_its_id_too(recording):
    response = recording.ask({**SURE, "stream": True})
    assert response.headers["x-edge-router-record"] == recording.read()[0].id


def test_what_the_model_says_instead_is_recorded_as_its_words(recording):
    response = recording.ask(make_request("tell me a joke"))
    assert "x-edge-router-record" not in response.headers
    (record,) = recording.read()
    entry = record.entry
    assert (entry.decided, entry.tool, entry.status) == (None, None, "answered")
    assert entry.estimated_tokens_in == entry.estimated_tokens_all_tools > 80
    stats = recording.summarize()
    assert (stats.answered_locally, stats.asked_remote, stats.tokens_saved) == (0, 1, 0)


def test_the_tool_that_the_model_calls_is_a_weak_label(recording, large):
    large.act = call_weather()
    body = recording.ask(make_request("tell me a joke")).content
    assert json.loads(body)["choices"][0]["message"]["tool_calls"] == [CALL]
    entry = recording.read()[0].entry
    assert (entry.decided, entry.tool, entry.status) == (None, "get_weather", "done")
    assert (entry.tokens_in, entry.tokens_out) == (90, 12)


def test_the_tool_called_in_a_stream_is_one_too(recording, large):
    chunk = {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, **CALL}]}}]}
    large.act = stream(
        b"data: %b\n\n" % json.dumps(chunk).encode(), b"data: [DONE]\n\n", end=b"0\r\n\r\n"
    )
    recording.ask(make_request("tell me a joke", stream=True))
    entry = recording.read()[0].entry
    assert (entry.decided, entry.tool, entry.status) == (None, "get_weather", "done")


def test_a_tool_of_no_request_is_no_label(recording, large):
    other = {**CALL, "function": {"name": "rm_rf", "arguments": "{}"}}
    large.act = send(json.dumps({"choices": [{"message": {"tool_calls": [other]}}]}).encode())
    recording.ask(make_request("tell me a joke"))
    assert recording.read()[0].entry.tool is None


def test_a_router_without_arguments_is_recorded_beside_the_model(recording, large):
    large.act = call_weather()
    recording.ask(make_request("set a timer"))
    entry = recording.read()[0].entry
    assert (entry.decided, entry.tool, entry.status) == ("set_timer", "get_weather", "done")
    assert recording.summarize().answered_locally == 0


def test_an_answer_that_cannot_be_read_is_recorded_as_a_decision_alone(recording, large):
    large.act = send(b"\x1b\x00", headers="Content-Encoding: br\r\n")
    recording.ask(make_request("set a timer"), accept_encoding="br")
    entry = recording.read()[0].entry
    assert (entry.decided, entry.tool, entry.status) == ("set_timer", "set_timer", None)


def test_an_upstream_that_refuses_answered_nothing(recording, large):
    large.act = send(b"{}", status=429)
    recording.ask(make_request("tell me a joke"))
    entry = recording.read()[0].entry
    assert (entry.tool, entry.status, entry.tokens_in) == (None, "abstained", 0)


def test_nobody_is_recorded_as_an_abstention(start, tmp_path):
    path = tmp_path / "home.db"
    start("--journal", str(path)).ask(make_request("tell me a joke"))
    record = read_soon(path, 1)[0]
    assert (record.entry.status, record.entry.estimated_tokens_all_tools) == ("abstained", 0)
    assert record.entry.text is None


def test_what_the_router_was_not_asked_about_is_not_recorded(recording):
    recording.ask(make_request("set a timer for ten minutes", n=2))
    recording.ask(b"{}", "/v1/responses")
    recording.ask(SURE)
    assert [record.entry.text for record in recording.read()] == ["set a timer for ten minutes"]


def test_a_routed_text_is_recorded(recording):
    told = recording.ask({"text": "turn it up"}, "/route").json()
    (record,) = recording.read()
    assert told["record"] == record.id
    assert (record.entry.text, record.entry.status) == ("turn it up", None)


def test_feedback_is_kept_at_once(recording):
    first, second = (recording.ask(SURE).headers["x-edge-router-record"] for _ in range(2))
    right = recording.ask({"record": first, "is_right": True}, "/feedback")
    assert (right.status_code, right.json()) == (200, {"record": first, "is_right": True})
    wrong = {"record": second, "is_right": False, "tool": "lights.dim"}
    assert recording.ask(wrong, "/feedback").status_code == 200
    stats = recording.summarize()
    assert (stats.right, stats.wrong) == (1, 1)
    assert [e.tool for e in read_corrections(recording.path).examples] == ["lights.dim"]
    assert recording.ask({**wrong, "tool": None}, "/feedback").status_code == 200
    assert [e.tool for e in read_corrections(recording.path).examples] == [None]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"record": "9-9", "is_right": True}, 404, "no_record"),
        ({"record": "here", "is_right": True}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": 1}, 400, "invalid_request"),
        ({"record": "1-1"}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": True, "tool": "a"}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": True, "tool": None}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": False, "tool": ""}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": False, "tool": 1}, 400, "invalid_request"),
        ({"record": "1-1", "is_right": False, "what": 1}, 400, "invalid_request"),
        (b"[]", 400, "invalid_request"),
        (b"", 400, "invalid_request"),
    ],
)
def test_feedback_that_cannot_be_kept_is_refused(recording, body, status, code):
    response = recording.ask(body, "/feedback")
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_a_journal_that_another_process_holds_stops_nothing(recording):
    number = recording.ask(SURE).headers["x-edge-router-record"]
    recording.read()
    with sqlite3.connect(recording.path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert all(recording.ask(SURE).status_code == 200 for _ in range(50))
        assert time.monotonic() - began < 5
        told = recording.ask({"record": number, "is_right": True}, "/feedback")
        assert (told.status_code, told.json()["error"]["code"]) == (503, "journal_busy")
        other.execute("ROLLBACK")
    other.close()
    assert len(recording.read(20)) == 20
    assert parse_id(number)


def test_without_a_journal_feedback_says_how_to_have_one(alone):
    response = alone.ask({"record": "1-1", "is_right": True}, "/feedback")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "no_journal")
    assert "--journal FILE" in response.json()["error"]["message"]
    assert "x-edge-router-record" not in alone.ask(SURE).headers
    assert "record" not in alone.ask({"text": "hi"}, "/route").json()


def test_texts_cannot_be_kept_nowhere(capsys):
    assert main(["serve", "--port", "0", "--keep-texts"]) != 0
    assert "--keep-texts belongs to a --journal" in capsys.readouterr().err
