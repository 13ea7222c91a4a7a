"""What docs/remote.md says is so."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from fake_server import call, say, stream_words

from edge_router import errors
from edge_router.remote import Answer, Remote
from edge_router.remote.menu import MAX_SHORTLIST, MAX_TOOLS, SHOW_ALL
from edge_router.remote.prompt import MAX_RESULT_CHARS
from edge_router.remote.retry import MAX_PAUSE_S, RETRIED_STATUSES
from edge_router.remote.wire import CONNECT_S, MAX_BODY_BYTES
from edge_router.tool import Tool

TEXT = (Path(__file__).parents[2] / "docs" / "remote.md").read_text("utf-8")
WORDS = " ".join(TEXT.split())


def test_the_example_runs(
    server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("httpx2", reason="the extra [llm] is not installed")
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.setenv("LLM_API_KEY", "k")
    server.play(say("It is on."), stream_words("It", " is."), say(None, calls=[call("lights_dim")]))
    names = {"tools": [Tool("lights.dim"), Tool("music.play")]}
    exec(code.replace("https://llm.example.org/v1", server.url), names)
    names["remote"].close()
    assert names["answer"].text == "It is on."
    assert capsys.readouterr().out == "It is."
    assert names["choice"].tool == "lights.dim"


def test_its_numbers_are_the_programs():
    default = {field.name: field.default for field in fields(Remote)}
    for said in (
        f"at {MAX_RESULT_CHARS:,} characters",
        f"the best {MAX_SHORTLIST} tools",
        f"at most {MAX_TOOLS} tools",
        f"`{SHOW_ALL}`",
        f"within `timeout_s` ({default['timeout_s']:g} s)",
        f"connecting may take {CONNECT_S:g} s",
        f"at once for {default['rest_s']:g} s",
        f"({MAX_PAUSE_S:g} s at most)",
        f"more than {MAX_BODY_BYTES // 10**6} MB",
        f"{', '.join(map(str, sorted(RETRIED_STATUSES)))}",
    ):
        assert said in WORDS
    assert "three such calls in a row" in WORDS
    assert default["failures_to_rest"] == 3
    assert "Tried again, twice" in WORDS
    assert default["retries"] == 2


def test_its_names_exist():
    for name in re.findall(r"`(Remote\w+Error)`", TEXT):
        assert issubclass(getattr(errors, name), errors.RemoteError)
    for name in re.findall(r"`(estimated\w+)`", TEXT):
        assert name in Answer.__slots__
    for name in re.findall(r"`(\w+_async)`", TEXT):
        assert hasattr(Remote, name)
