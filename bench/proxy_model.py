"""Tool requests through the proxy with llama.cpp's own server behind it: how many never reach it,
and the tokens that it did not read.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bench.datasets import DatasetError
from bench.gold import find_wrong
from bench.http_load import ServedProxy
from bench.proxy_questions import Question
from bench.proxy_restarts import read_call
from bench.stamp import ROOT, note

_SERVER = ROOT / "tests" / "remote" / "llama_server.py"
_FIELDS = {"temperature": 0, "max_tokens": 64}
"""Of every request: what the model says is not counted, so it need not say much."""


def ask_model(questions: Sequence[Question], *, requests: int, seed: int) -> list[dict[str, Any]]:
    """What becomes of so many of the ``questions``, drawn by ``seed``, with and without
    ``--free-words``.
    """
    drawn = random.Random(seed).sample(list(questions), min(requests, len(questions)))
    with serve_model() as model:
        return [_ask_all(model, drawn, takes_free_words=free) for free in (True, False)]


@contextmanager
def serve_model() -> Iterator[str]:
    """The address of llama.cpp's server, with the model that ``EDGE_ROUTER_TOOL_GGUF`` names."""
    model = os.environ.get("EDGE_ROUTER_TOOL_GGUF", "")
    if importlib.util.find_spec("xllamacpp") is None or not Path(model).is_file():
        raise DatasetError(
            "needs xllamacpp (pip install xllamacpp), and EDGE_ROUTER_TOOL_GGUF with the path of a "
            "GGUF file"
        )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(_SERVER), model, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not any(b"ready" in line for line in process.stdout):
            raise DatasetError("llama.cpp's server did not start")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.stdin.close()  # it ends with it
        process.stdout.close()
        process.wait(30)


def _ask_all(
    model: str, questions: Sequence[Question], *, takes_free_words: bool
) -> dict[str, Any]:
    found = dict.fromkeys(("here", "right_tool", "all_right", "upstream", "refused"), 0)
    saved = sent = 0
    options = ["--free-words"] if takes_free_words else []
    with ServedProxy(model, options=options) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        for question in questions:
            who, status, body = _post(f"{url}/v1", question)
            found["here" if who == "local" else "upstream"] += 1
            if who == "local":
                tool, arguments = read_call(body)
                is_right = tool == question.call.tool
                found["right_tool"] += is_right
                found["all_right"] += is_right and not find_wrong(question.call.allowed, arguments)
                saved += _count_read(_post(model, question)[2])
            elif status == 200:
                sent += _count_read(body)
            found["refused"] += status != 200
        with urlopen(f"{url}/decisions") as told:
            estimated = json.load(told)["tokens_saved"]
    result = {
        "takes_free_words": takes_free_words,
        "requests": len(questions),
        **found,
        "tokens_saved_estimated": estimated,
        "tokens_saved_by_its_count": saved,
        "tokens_sent_by_its_count": sent,
    }
    note(f"proxy: {json.dumps(result)}")
    return result


def _post(url: str, question: Question) -> tuple[str | None, int, bytes]:
    """Who answered, the status, and the answer."""
    body = json.dumps({**question.request, **_FIELDS}).encode()
    request = Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=300) as answer:
            return answer.headers["x-edge-router"], answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.headers["x-edge-router"], error.code, error.read()


def _count_read(body: bytes) -> int:
    """The tokens of a prompt, as the model's server counts them; 0 where it refused it."""
    usage = json.loads(body).get("usage") or {}
    return int(usage.get("prompt_tokens", 0))
