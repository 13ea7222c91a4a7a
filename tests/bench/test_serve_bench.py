"""The bench of the proxy: what it asks, what it counts, that it notices a wrong answer."""

import json
import socket
import threading
from contextlib import contextmanager

import pytest

pytest.importorskip("uvicorn", reason="the extra [serve] is not installed")
pytest.importorskip("httpx2", reason="the extra [serve] is not installed")
pytest.importorskip("prometheus_client", reason="the extra [serve] is not installed")

from bench import proxy_model
from bench.__main__ import main
from bench.commands import proxy
from bench.datasets import DatasetError
from bench.http_load import Connection, FixedServer, make_post, read_message, time_posts
from bench.proxy_restarts import read_call

TOOLS = [
    ("start_timer", "Starts a countdown timer.", {"minutes": {"type": "integer"}}),
    ("city.weather", "Tells the weather of a city.", {"city": {"type": "string"}}),
]
QUERIES = [
    ("start a timer for ten minutes", "start_timer", {"minutes": [10]}),
    ("start a timer for 3 minutes, please", "start_timer", {"minutes": [4]}),
    ("what is the weather like", "city.weather", {"city": ["Rome"]}),
    ("what is the weather in 'Rome'", "city.weather", {"city": ["Rome"]}),
    ("what is the weather in Rome", "city.weather", {"city": ["Rome"]}),
]


@pytest.fixture
def sets(tmp_path, monkeypatch):
    (tmp_path / "bfcl").mkdir()
    tools = [
        {
            "id": f"{name}#1",
            "name": name,
            "description": said,
            "parameters": {"type": "dict", "properties": properties, "required": [*properties]},
        }
        for name, said, properties in TOOLS
    ]
    rows = [
        {
            "text": text,
            "candidates": [name],
            "candidate_ids": [f"{name}#1"],
            "label": name,
            "answer": [{name: values}],
        }
        for text, name, values in QUERIES
    ]
    for file, lines in (("tools", tools), ("simple_python", rows), ("multiple", [])):
        written = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / "bfcl" / f"{file}.jsonl").write_text(written, "utf-8")
    monkeypatch.setenv("EDGE_ROUTER_DATA", str(tmp_path))
    return tmp_path


def test_the_command_measures_all(sets):
    arguments = ["--requests=40", "--connections=2", "--seed=3"]
    assert main(["serve", *arguments, "--name", str(sets / "result")]) == 0
    result = json.loads((sets / "result.json").read_text("utf-8"))
    any_words, no_words = result["answers"]
    assert (any_words["queries"], any_words["why"]["sure"], no_words["why"]["sure"]) == (5, 4, 3)
    assert (any_words["right_tool"], any_words["all_right"]) == (4, 3)
    assert (no_words["right_tool"], no_words["all_right"]) == (3, 2)
    assert 0 < result["local"]["p50_us"] <= result["local"]["p99_us"]
    assert result["load"]["requests"] == 40
    assert result["load"]["per_s"] > 0
    upstream = result["upstream"]
    assert upstream["added_p50_us"] == upstream["proxy"]["p50_us"] - upstream["direct"]["p50_us"]


def test_the_command_of_counts_measures_all(sets, monkeypatch):
    told = {
        "complete": True,
        "errors": [],
        "failures": [],
        "schemathesis_version": "4",
        "test_cases": {"generated": 9, "unique_failures": 0},
    }
    monkeypatch.setattr(proxy, "find_schemathesis", lambda: "st")
    monkeypatch.setattr(proxy, "fuzz", lambda *_, **__: told)
    # a server that says hello stands for the model's
    monkeypatch.setattr(proxy_model, "serve_model", serve_hello)
    arguments = ["--growth=40", "--connections=2", "--kills=2", "--seed=3", "--requests=4"]
    assert main(["proxy", *arguments, "--name", str(sets / "result")]) == 0
    result = json.loads((sets / "result.json").read_text("utf-8"))
    assert [row["has_journal"] for row in result["memory"]] == [False, True]
    assert all(row["after_mb"] > 40 and row["requests"] == 40 for row in result["memory"])
    restarts = result["restarts"]
    assert (restarts["kills"], restarts["wrong"], restarts["lost"]) == (2, 0, 0)
    assert restarts["requests"] > 10
    assert restarts["tried_again"] > 0
    assert [(row["has_upstream"], row["cases"]) for row in result["fuzz"]] == [
        (True, 9),
        (False, 9),
    ]
    any_words, no_words = result["model"]
    assert any_words["here"] + any_words["upstream"] == any_words["requests"] == 4
    assert any_words["here"] == any_words["right_tool"] > no_words["here"] > 0
    assert any_words["all_right"] < any_words["here"]
    assert any_words["tokens_saved_estimated"] > 50
    assert any_words["refused"] == 0


@contextmanager
def serve_hello():
    with FixedServer() as server:
        yield server.url


@pytest.mark.parametrize("missing", ["", "nowhere.gguf"])
def test_a_model_that_is_not_there_is_named(monkeypatch, missing):
    monkeypatch.setenv("EDGE_ROUTER_TOOL_GGUF", missing)
    with pytest.raises(DatasetError, match="EDGE_ROUTER_TOOL_GGUF"), proxy_model.serve_model():
        pass


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ({"content": "hello"}, None),
        (
            {"content": None, "tool_calls": [{"function": {"name": "a", "arguments": '{"b": 1}'}}]},
            ("a", {"b": 1}),
        ),
    ],
)
def test_what_an_answer_calls_is_read(message, call):
    assert read_call(json.dumps({"choices": [{"message": message}]}).encode()) == call


def test_what_is_neither_call_nor_words_is_right_for_nobody():
    assert read_call(b'{"error": 1}') == b'{"error": 1}'
    assert read_call(b"x") == b"x"


def test_an_answer_from_elsewhere_is_no_measurement():
    with FixedServer() as server, pytest.raises(DatasetError, match="not expected"):
        time_posts(server.port, [make_post(server.port, {})], 1, who=b"x-edge-router: local")


def test_a_message_that_is_cut_off_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut_off():
            connection, _ = listener.accept()
            with connection:
                read_message(connection)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")

        threading.Thread(target=cut_off, daemon=True).start()
        port = listener.getsockname()[1]
        connection = Connection(port)
        with pytest.raises(ConnectionError):
            connection.ask(make_post(port, {}))
        connection.close()
