"""Texts that the proxy's own tools answer."""

import json
import threading
import time

import httpx2
import pytest
from test_proxy_journal import read_soon
from tool_requests import make_request

from edge_router.cli.exit_codes import BAD_INPUT
from edge_router.cli.main import main

TOOLS = '''
import time
from edge_router.tools import tool


def set_timer(minutes: int) -> str:
    """Start a countdown timer for some minutes."""
    return f"I'll ring in {minutes} minutes."


@tool(needs_confirmation=True)
def open_garage() -> str:
    """Open the garage door."""
    return "The garage is open."


def take_a_nap() -> str:
    """Take a long nap and sleep."""
    time.sleep(3)
    return "Good morning."


LESSONS = {
    "set_timer": ["set a timer for ten minutes", "start a timer"],
    "open_garage": ["open the garage", "open the garage door please"],
    "take_a_nap": ["take a nap", "have a sleep"],
}
'''


@pytest.fixture(scope="module")
def home(start, tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    (folder / "tools.py").write_text(TOOLS)
    proxy = start("--tools", str(folder / "tools.py"), "--journal", str(folder / "home.db"))
    proxy.folder = folder
    return proxy


def ask(proxy, text, **fields):
    response = proxy.ask({"text": text, **fields}, "/dispatch")
    assert response.status_code == 200, response.text
    return response.json()


def test_a_tool_runs_with_its_arguments(home):
    told = ask(home, "set a timer for ten minutes")
    assert (told["status"], told["text"], told["tool"], told["question"]) == (
        "done",
        "I'll ring in 10 minutes.",
        "set_timer",
        None,
    )
    assert [(a["name"], a["value"]) for a in told["arguments"]] == [("minutes", 10)]
    records = read_soon(home.folder / "home.db", 1)
    (record,) = [record for record in records if record.id == told["record"]]
    assert (record.entry.status, record.entry.tool) == ("done", "set_timer")
    said = {"record": told["record"], "is_right": True}
    assert home.ask(said, "/feedback").status_code == 200


def test_a_missing_argument_is_asked_for(home):
    told = ask(home, "start a timer")
    assert (told["status"], told["awaited"]) == ("needs_argument", "minutes")
    told = ask(home, "seven", question=told["question"])
    assert (told["status"], told["text"]) == ("done", "I'll ring in 7 minutes.")


def test_a_tool_that_needs_leave_runs_once_it_has_it(home):
    told = ask(home, "open the garage")
    assert told["status"] == "needs_confirmation"
    assert ask(home, "no", question=told["question"])["status"] == "cancelled"
    question = ask(home, "open the garage")["question"]
    assert ask(home, "yes", question=question)["text"] == "The garage is open."
    again = home.ask({"text": "yes", "question": question}, "/dispatch")
    assert (again.status_code, again.json()["error"]["code"]) == (404, "no_question")


def test_what_no_tool_is_for_is_left(home):
    assert ask(home, "who wrote hamlet")["status"] == "abstained"
    assert ask(home, "")["status"] == "abstained"


def test_a_tool_that_takes_long_holds_up_nobody(home):
    found = []
    thread = threading.Thread(target=lambda: found.append(ask(home, "take a nap")))
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    assert httpx2.get(home.url + "/health").status_code == 200
    assert ask(home, "set a timer for ten minutes")["status"] == "done"
    assert time.monotonic() - began < 2
    thread.join()
    assert found[0]["text"] == "Good morning."


def test_its_tools_are_listed_and_routed_to_and_left_out_of_chat_requests(home):
    tools = httpx2.get(home.url + "/tools").json()["tools"]
    assert [tool["name"] for tool in tools] == ["open_garage", "set_timer", "take_a_nap"]
    assert home.ask({"text": "open the garage"}, "/route").json()["tool"] == "open_garage"
    told = home.ask(make_request("open the garage")).json()
    assert told["error"]["code"] == "not_answered_here"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "a", "question": 1}',
        b'{"text": "a", "tool": "set_timer"}',
        json.dumps({"text": "a" * 2001}).encode(),
    ],
)
def test_what_cannot_be_dispatched_is_said(home, body):
    response = home.ask(body, "/dispatch")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")


def test_without_tools_it_says_how_to_have_them(alone):
    response = alone.ask({"text": "hi"}, "/dispatch")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "no_tools")
    assert "--tools FILE" in response.json()["error"]["message"]


def test_the_upstream_is_asked_where_that_was_said(start, large, home):
    tools = str(home.folder / "tools.py")
    silent = start("--tools", tools, "--upstream", large.url)
    assert ask(silent, "who wrote hamlet")["sent"] == []
    assert large.received == []
    asking = start("--tools", tools, "--upstream", large.url, "--model", "large")
    told = ask(asking, "who wrote hamlet")
    assert (told["status"], told["text"]) == ("answered", "hello")
    assert json.loads(large.received[0].body)["model"] == "large"


@pytest.mark.parametrize("arguments", [["--model", "a"], ["--model", "a", "--upstream", "URL"]])
def test_a_model_without_tools_or_upstream_is_refused(capsys, large, arguments):
    given = [large.url if word == "URL" else word for word in arguments]
    assert main(["serve", "--port", "0", *given]) == BAD_INPUT
    assert "--model is asked at --upstream" in capsys.readouterr().err
