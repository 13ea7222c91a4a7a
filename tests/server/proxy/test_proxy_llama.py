"""Before a real server that this project did not write: llama.cpp's, asked by the official client."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("openai", reason="the official client is not installed")

import openai
from tool_requests import TIMER, WEATHER

MODEL = os.environ.get("EDGE_ROUTER_TOOL_GGUF", "")
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("xllamacpp") is None,
        reason="llama.cpp's server is not installed (pip install xllamacpp)",
    ),
    pytest.mark.skipif(
        not Path(MODEL).is_file(),
        reason="EDGE_ROUTER_TOOL_GGUF names no GGUF file of a chat model that calls get_weather "
        "when it is asked for the weather in Paris",
    ),
]
TOOLS = [WEATHER, TIMER]
SERVER = Path(__file__).parents[2] / "remote" / "llama_server.py"


@pytest.fixture(scope="module")
def client(start) -> Iterator[openai.OpenAI]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SERVER), MODEL, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert any(b"ready" in line for line in process.stdout)
    proxy = start("--upstream", f"http://127.0.0.1:{port}/v1")
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="any", max_retries=0) as client:
        yield client
    process.stdin.close()
    process.stdout.close()
    process.wait(20)


def create(client, messages, **fields):
    raw = client.chat.completions.with_raw_response.create(
        model="any", messages=messages, tools=TOOLS, temperature=0, max_tokens=100, **fields
    )
    return raw.headers["x-edge-router"], raw.parse()


def test_a_call_from_here_gets_its_final_words_from_the_model(client):
    asked = {"role": "user", "content": "what is the weather in Paris?"}
    who, answer = create(client, [asked])
    message = answer.choices[0].message
    (call,) = message.tool_calls
    assert (who, call.function.name) == ("local", "get_weather")
    assert json.loads(call.function.arguments) == {"city": "Paris"}
    result = {"role": "tool", "tool_call_id": call.id, "content": '{"temperature": 21}'}
    who, answer = create(client, [asked, message, result])
    assert who == "upstream"
    assert answer.choices[0].message.content.strip()
    assert answer.usage.completion_tokens > 0


def test_what_the_router_is_not_sure_of_the_model_answers_in_a_stream(client):
    who, chunks = create(client, [{"role": "user", "content": "tell me a joke"}], stream=True)
    chunks = list(chunks)
    assert who == "upstream"
    assert len(chunks) > 1
    assert chunks[-1].choices[0].finish_reason is not None
    assert all(chunk.usage is None for chunk in chunks)


def test_models_are_the_upstreams(client):
    assert [model.id for model in client.models.list()] != ["edge-router"]
