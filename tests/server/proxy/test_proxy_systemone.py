"""Typed decisions: which choices are made here, and how they are told."""

import json

import pytest
from test_proxy_journal import read_soon
from told_server import send

TEAMS = {
    "play_music": "Play a song, an album or music of an artist",
    "set_alarm": "Set an alarm that wakes somebody up in the morning",
    "get_weather": "Get the weather forecast of a city",
}
STATE = "play some music by Miles Davis"


def ask(proxy, state=STATE, criteria=TEAMS, *, questions=None, **fields):
    question = {"type": "choice", "instructions": "What is asked for?", "criteria": criteria}
    asked = {"state": state, "questions": questions or {"what": question}, **fields}
    return proxy.ask(asked, "/v1/systemone")


def test_a_sure_choice_is_made_here(proxy, large):
    response = ask(proxy, model="decider")
    assert (response.status_code, response.headers["x-edge-router"]) == (200, "local")
    told = response.json()
    answer = told["answers"]["what"]
    assert (told["model"], answer["type"], answer["choice"]) == ("decider", "choice", "play_music")
    assert list(answer["probabilities"]) == list(TEAMS)
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert max(answer["probabilities"], key=answer["probabilities"].get) == "play_music"
    share = answer["probabilities"]["play_music"]
    assert answer["confidence"] == pytest.approx((3 * share - 1) / 2)
    assert 0.5 < answer["confidence"] <= 1
    assert told["usage"] == {"input_tokens": 0, "output_tokens": 0}
    assert large.received == []


CHOICE = {"type": "choice", "instructions": "What?", "criteria": TEAMS}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"state": "who wrote hamlet"}, "unsure"),
        ({"state": f"don't {STATE}"}, "limited"),
        ({"state": "play some music, play a song and set an alarm"}, "several"),
        ({"state": {"text": STATE}}, "not_understood"),
        ({"state": " "}, "not_understood"),
        ({"state": STATE + " " * 3000}, "too_long"),
        ({"images": []}, "not_understood"),
        ({"questions": {"a": CHOICE, "b": CHOICE}}, "not_understood"),
        ({"questions": {"a": {"type": "noul", "instructions": "Is it music?"}}}, "not_understood"),
        ({"questions": {"a": {**CHOICE, "type": "score"}}}, "not_understood"),
        ({"questions": {"a": {**CHOICE, "x": 1}}}, "not_understood"),
        ({"questions": {"a": {**CHOICE, "instructions": ["What?"]}}}, "not_understood"),
        ({"questions": {"a": {**CHOICE, "instructions": "What is it not?"}}}, "limited"),
        ({"criteria": {"play_music": TEAMS["play_music"]}}, "no_tools"),
        ({"criteria": {**TEAMS, "dim": None}}, "tools_unfit"),
        ({"criteria": {**TEAMS, "other": "Anything else"}}, "tools_unfit"),
        ({"criteria": {**TEAMS, "none_of_them": "It is something different"}}, "tools_unfit"),
        ({"criteria": {**TEAMS, "dim": {"what": "Dim the lights"}}}, "not_understood"),
    ],
)
def test_what_is_not_certain_goes_upstream_byte_for_byte(proxy, large, asked, why):
    large.act = send(b'{"answers": {}}')
    response = ask(proxy, **asked)
    assert (response.headers["x-edge-router"], response.headers["x-edge-router-why"]) == (
        "upstream",
        why,
    )
    assert response.content == b'{"answers": {}}'
    (received,) = large.received
    assert received.line == "POST /v1/systemone HTTP/1.1"
    assert received.body == response.request.content


def test_tools_that_the_router_knows_need_no_words(start, assistant_path, assistant):
    proxy = start(str(assistant_path))
    options = dict.fromkeys(tool.name for tool in assistant.tools)
    response = ask(proxy, "wake me up at seven", options)
    answer = response.json()["answers"]["what"]
    decision = assistant.route("wake me up at seven", top=99)
    assert answer["choice"] == decision.tool
    shares = {c.tool: c.confidence for c in decision.candidates if c.tool is not None}
    whole = sum(shares.values())
    assert answer["probabilities"] == pytest.approx({k: v / whole for k, v in shares.items()})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_request"),
        (b'{"state": "a", "questions": {}}', 400, "invalid_request"),
        (b'{"questions": {"a": {}}}', 400, "invalid_request"),
        (json.dumps({"state": "a", "questions": {"a": {}}}).encode(), 422, "not_answered_here"),
    ],
)
def test_without_an_upstream_it_says_what_is_missing(alone, body, status, code):
    response = alone.ask(body, "/v1/systemone")
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_nothing_is_cut_from_it(start, large):
    cutting = start("--upstream", large.url, "--cut-tools")
    many = {f"thing_{n}": f"Does the thing number {n}" for n in range(20)}
    response = ask(cutting, "who wrote hamlet", many)
    assert large.received[0].body == response.request.content


def test_it_is_recorded_and_counted(start, tmp_path):
    proxy = start("--journal", str(tmp_path / "home.db"))
    number = ask(proxy).headers["x-edge-router-record"]
    (record,) = read_soon(tmp_path / "home.db", 1)
    assert (record.id, record.entry.tool, record.entry.status) == (number, "play_music", "done")
