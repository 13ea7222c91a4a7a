"""The intent service, asked by the official client of its protocol, and by strangers."""

import asyncio
import json
import shlex
import signal
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("wyoming", reason="the extra [wyoming] is not installed")

from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.intent import Intent, NotRecognized, Recognize
from wyoming.ping import Ping, Pong

ROOT = Path(__file__).parents[2]


async def ask(port: int, *events: Event) -> list[Event]:
    """What one connection answers, an event for each."""
    async with AsyncTcpClient("127.0.0.1", port) as client:
        answers = []
        for event in events:
            await client.write_event(event)
            answer = await asyncio.wait_for(client.read_event(), 30)
            assert answer is not None
            answers.append(answer)
        return answers


def ask_text(port: int, text: str) -> Event:
    [answer] = asyncio.run(ask(port, Transcript(text).event()))
    return answer


def read_intent(event: Event) -> tuple[str, dict[str, Any]]:
    assert Intent.is_type(event.type), event
    intent = Intent.from_event(event)
    return intent.name, {entity.name: entity.value for entity in intent.entities}


def talk(port: int, data: bytes, *, ends: bool = True) -> bytes:
    """All that a raw connection answers until it is closed by the service."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(data)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


def test_describes_itself_as_an_installed_program_with_a_language(home):
    [answer] = asyncio.run(ask(home.port, Describe().event()))
    info = Info.from_event(answer)
    [program] = info.intent
    assert (program.name, program.installed) == ("edge-router", True)
    assert [(m.installed, m.languages) for m in program.models] == [(True, ["en"])]
    assert (info.asr, info.handle, info.satellite) == ([], [], None)


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("turn on the kitchen lights", "HassTurnOn", {"area": "kitchen", "domain": "light"}),
        ("please turn off the desk lamp", "HassTurnOff", {"name": "desk lamp"}),
        ("switch off the ligts in the bathrom", "HassTurnOff", {"area": "bathroom", "domain": "light"}),
        ("set the bedroom light to 30 percent", "HassLightSet", {"area": "bedroom", "brightness": 30}),
        ("make the reading lamp blue", "HassLightSet", {"name": "reading lamp", "color": "blue"}),
        ("is the front door locked", "HassGetState", {"name": "front door"}),
        ("how warm is it in the office", "HassClimateGetTemperature", {"area": "office"}),
        ("heat the bathroom to 22 degrees", "HassClimateSetTemperature", {"temperature": 22, "area": "bathroom"}),
        ("start a timer for six minutes and thirty seconds", "HassStartTimer", {"minutes": 6, "seconds": 30}),
        ("start a timer called pasta for nine minutes", "HassStartTimer", {"minutes": 9, "name": "pasta"}),
        ("put oat milk on the shopping list", "HassShoppingListAddItem", {"item": "oat milk"}),
        ("what time is it", "HassGetCurrentTime", {}),
    ],
)  # fmt: skip
def test_a_text_is_an_intent_with_its_slots(home, text, intent, entities):
    assert read_intent(ask_text(home.port, text)) == (intent, entities)


async def ask_for_all(port: int, text: str) -> list[Event]:
    """All that a text is answered with, and the pong that comes after it."""
    async with AsyncTcpClient("127.0.0.1", port) as client:
        for event in (Transcript(text, {"id": 7}).event(), Ping("end").event()):
            await client.write_event(event)
        answers = []
        while not answers or answers[-1].type != "pong":
            answers.append(await asyncio.wait_for(client.read_event(), 30))
        return answers[:-1]


def test_each_request_of_a_text_is_an_intent(home):
    text = "turn off the desk lamp and start a timer for six minutes"
    start, first, second, stop = asyncio.run(ask_for_all(home.port, text))
    assert (start.type, stop.type) == ("intents-start", "intents-stop")
    assert start.data == stop.data == {"context": {"id": 7}}
    assert read_intent(first) == ("HassTurnOff", {"name": "desk lamp"})
    assert read_intent(second) == ("HassStartTimer", {"minutes": 6})


@pytest.mark.parametrize(
    "text",
    ["turn off the desk lamp and start a timer", "don't turn off the desk lamp"],
)
def test_where_one_request_lacks_something_or_is_forbidden_none_runs(home, text):
    [answer] = asyncio.run(ask_for_all(home.port, text))
    assert answer.type == "not-recognized"


def test_recognize_is_answered_as_transcript_is_and_the_context_comes_back(home):
    context = {"conversation_id": "01H"}
    answers = asyncio.run(
        ask(
            home.port,
            Recognize("start a timer for ten minutes", context).event(),
            Transcript("start a timer for ten minutes", context, "en").event(),
        )
    )
    assert answers[0] == answers[1]
    assert Intent.from_event(answers[0]).context == context


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who is the president", "I am not sure what you mean."),
        ("turn on the lights", "Which device or room?"),
        ("is it locked", "Which device do you mean?"),
        ("set the thermostat", "How many degrees?"),
        ("start a timer", "For how long?"),
        ("", "I did not hear anything."),
    ],
)
def test_what_is_unclear_or_incomplete_is_not_recognized_and_says_why(home, text, said):
    line = json.dumps({"type": "transcript", "data": {"text": text}})
    answer = talk(home.port, line.encode() + b"\n")
    header, data = answer.split(b"\n", 1)
    assert json.loads(header)["type"] == "not-recognized"
    assert NotRecognized.from_event(Event("", json.loads(data))).text == said


def test_an_answer_is_the_schemas_own_words_and_never_the_users(home):
    # Home Assistant fills an intent's text as a template: a user's words there would be run
    assert (
        Intent.from_event(ask_text(home.port, "put {{ 1 + 1 }} milk on the shopping list")).text
        == "It is on the list."
    )
    assert Intent.from_event(ask_text(home.port, "turn on the desk lamp")).text == "Done."


def test_a_ping_is_answered_and_what_it_does_not_know_is_passed_over(home):
    async def main() -> Event:
        async with AsyncTcpClient("127.0.0.1", home.port) as client:
            await client.write_event(Event("audio-chunk", {"rate": 16_000}, b"\0" * 100_000))
            await client.write_event(Ping("here").event())
            return await client.read_event()

    assert Pong.from_event(asyncio.run(main())).text == "here"


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff garbage\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"[]\n",
        b'"transcript"\n',
        b"{}\n",
        b'{"type": 7}\n',
        b'{"type": "transcript", "data": {"text": "half \\ud83d a pair"}}\n',
        b'{"type": "transcript", "data": {"text": "x", "context": {"id": "\\ud83d"}}}\n',
        b"[" * 60_000 + b"\n",
        b"x" * 100_000,
        b'{"type": "transcript"}\n',
        b'{"type": "transcript", "data": {"text": ["turn on"]}}\n',
        b'{"type": "transcript", "data": 7, "data_length": 2}\n[]',
        b'{"type": "transcript", "data_length": "2"}\n',
        b'{"type": "transcript", "data_length": -1}\n',
        b'{"type": "transcript", "data_length": 99999999999999}\n',
        b'{"type": "transcript", "data_length": 1e9}\n',
        b'{"type": "audio-chunk", "payload_length": 99999999999999}\n',
        b'{"type": "transcript", "data_length": 100}\n{"te',
        b'{"type": "transcr',
    ],
)
def test_what_is_no_message_is_told_so_and_the_connection_ends(home, data):
    answer = talk(home.port, data)
    header, body = answer.split(b"\n", 1)
    assert Error.is_type(json.loads(header)["type"])
    assert json.loads(body)["code"] == "malformed"
    assert read_intent(ask_text(home.port, "what time is it"))[0] == "HassGetCurrentTime"


def test_a_huge_length_is_refused_at_once_and_not_waited_for(home):
    line = b'{"type": "audio-chunk", "payload_length": 99999999999999}\n'
    assert b"malformed" in talk(home.port, line, ends=False)


def test_a_hundred_connections_at_once_are_all_answered(home):
    async def main() -> list[list[Event]]:
        text = Transcript("start a timer for ten minutes").event()
        return await asyncio.gather(*[ask(home.port, text, text) for _ in range(100)])

    answers = asyncio.run(main())
    assert {read_intent(a)[0] for pair in answers for a in pair} == {"HassStartTimer"}


def test_clients_that_go_away_or_say_half_a_message_hold_nobody_up(home):
    held = []
    for number in range(40):
        connection = socket.create_connection(("127.0.0.1", home.port), timeout=30)
        connection.sendall(b'{"type": "transcript", "data": {"text": "turn on the desk lamp"}}\n')
        connection.sendall(b'{"type": "tr')
        if number % 2:
            connection.close()  # its answer is not read
        else:
            held.append(connection)
    assert read_intent(ask_text(home.port, "turn on the desk lamp"))[0] == "HassTurnOn"
    for connection in held:
        connection.close()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_cleanly_while_clients_are_connected(start, tiny_path, number, code):
    service = start(tiny_path)
    with closing(socket.create_connection(("127.0.0.1", service.port), timeout=30)) as connection:
        connection.sendall(b'{"type": "tr')
        assert ask_text(service.port, "make coffee a secret word").type == "intent"
        assert service.stop(number) == (code, b"", b"")
        assert connection.recv(10) == b""


def test_another_address_is_taken_where_it_is_named_and_warned_of(start, tiny_path):
    service = start(tiny_path, "--host", "0.0.0.0")
    assert service.told["host"] == "0.0.0.0"
    code, _, err = service.stop(signal.SIGTERM)
    assert code == 0
    assert b"no password" in err


def test_nobody_else_can_reach_it_by_default(home):
    assert home.told["host"] == "127.0.0.1"


def test_a_tool_without_a_schema_is_an_intent_without_entities(start, tiny_path):
    service = start(tiny_path)
    assert read_intent(ask_text(service.port, "make coffee")) == ("coffee.start", {})


def test_tools_that_the_router_does_not_know_are_taught_by_the_file(start, tmp_path):
    (tmp_path / "tools.json").write_text(
        json.dumps(
            {
                "tools": [
                    {
                        "name": "MakeTea",
                        "examples": ["make tea", "a cup of tea please", "put the kettle on"],
                        "parameters": {"properties": {"cups": {"type": "integer"}}},
                    },
                    {"name": "FeedCat", "examples": ["feed the cat", "give the cat its dinner"]},
                ],
                "no_tool_examples": ["tell me a joke", "who are you"],
            }
        )
    )
    service = start("--tools", str(tmp_path / "tools.json"))
    assert service.told["tools"] == 2
    assert read_intent(ask_text(service.port, "make 3 cups of tea")) == ("MakeTea", {"cups": 3})
    assert ask_text(service.port, "tell me a joke").type == "not-recognized"


def test_the_command_of_the_guide_works_from_a_clone(
    start, documented, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    name, *arguments = shlex.split(documented)
    place = arguments.index("--port")
    assert (name, arguments[place + 1]) == ("wyoming", "10300")
    del arguments[place : place + 2]
    service = start(*arguments)
    assert read_intent(ask_text(service.port, "turn on the kitchen lights"))[0] == "HassTurnOn"


@pytest.fixture(scope="session")
def tiny_path() -> str:
    """A router that knows ``lights.dim`` and ``coffee.start`` without schemas."""
    return str(ROOT / "tests" / "data" / "tiny.router")
