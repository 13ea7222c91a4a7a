"""A router, a filler and a remote model that do as they are told."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from edge_router.decision import Candidate, Decision, Reason
from edge_router.dispatcher import Dispatcher
from edge_router.errors import EdgeRouterError
from edge_router.remote import Answer, Choice
from edge_router.tools.arguments import Ambiguity, Argument, Filled, Source

NOW = datetime(2026, 3, 31, 18, 30)


class FakeRouter:
    """Decides by the first word of a text; ``maybe`` and ``what`` are unclear, ``sing`` is out of
    scope.
    """

    def route(self, text: str) -> Decision:
        word = text.split()[0] if text.split() else ""
        if word in ("", "maybe", "what", "sing"):
            return self._abstain(word)
        return Decision(word, 0.9, Reason.CONFIDENT, (Candidate(word, 0.9),), 0.5)

    def _abstain(self, word: str) -> Decision:
        if not word:
            return Decision(None, 0.0, Reason.EMPTY_INPUT, (), 0.5)
        if word == "sing":
            candidates = (Candidate(None, 0.8), Candidate("dim", 0.1))
            return Decision(None, 0.8, Reason.OUT_OF_SCOPE, candidates, 0.5)
        candidates = (Candidate("dim", 0.4), Candidate(None, 0.3), Candidate("tea", 0.2))
        return Decision(None, 0.4, Reason.LOW_CONFIDENCE, candidates, 0.5)


TIME = re.compile(r"\b(\d\d?)(?::(\d\d))?(?: in the (morning|evening))?")


def fill(parameters: dict[str, Any] | None, text: str, *, now: datetime) -> Filled:
    """Numbers for integers, a word of the choices for them; a plain ``6`` is a time that means two
    things.
    """
    assert now == NOW
    parameters = parameters or {}
    given, unclear = [], []
    for name, schema in parameters.get("properties", {}).items():
        readings = _read(name, schema, text)
        if len(readings) > 1:
            unclear.append(Ambiguity(name, readings))
        given += readings if len(readings) == 1 else ()
    names = {each.name for each in [*given, *unclear]}
    missing = tuple(name for name in parameters.get("required", ()) if name not in names)
    return Filled(tuple(given), missing, tuple(unclear))


def _read(name: str, schema: dict[str, Any], text: str) -> tuple[Argument, ...]:
    if schema.get("format") == "time":
        match = TIME.search(text)
        return tuple(_times(name, match)) if match else ()
    pattern = r"\b\d+\b" if schema.get("type") == "integer" else None
    if "enum" in schema:
        pattern = rf"\b({'|'.join(schema['enum'])})\b"
    match = re.search(pattern, text) if pattern else None
    if match is None:
        return ()
    value = int(match[0]) if schema.get("type") == "integer" else match[0]
    return (found(name, value, match[0], *match.span()),)


def _times(name: str, match: re.Match[str]) -> Iterator[Argument]:
    hours = [int(match[1])]
    if match[2] is None:
        hours = {"morning": hours, "evening": [hours[0] + 12]}.get(
            match[3], [hours[0], hours[0] + 12]
        )
    for hour in hours:
        typed = time(hour, int(match[2] or 0))
        yield found(name, typed.isoformat(), match[0], *match.span(), typed=typed)


def found(name: str, value: Any, text: str, start: int, end: int, typed: Any = None) -> Argument:
    return Argument(name, value, text, start, end, 0.8, Source.ENUM, typed)


SENT = ({"role": "user", "content": "asked"},)
ANSWER = Answer(
    "It is done.",
    tokens_in=10,
    tokens_out=5,
    sent=SENT,
    latency_ms=1.0,
    estimated_tokens_in=9,
    estimated_tokens_all_tools=80,
)


def chosen(text: str, tool: str | None = None, **arguments: Any) -> Choice:
    return Choice(
        tool=tool,
        arguments=arguments,
        text=text,
        further=(),
        tokens_in=10,
        tokens_out=5,
        sent=SENT,
        tools_sent=(),
        is_from_all=False,
        latency_ms=1.0,
        estimated_tokens_in=9,
        estimated_tokens_all_tools=90,
    )


class Speech:
    """Three words; with an error, it breaks off after the first."""

    def __init__(self, remote: "FakeRemote"):
        self.remote = remote
        self.answer: Answer | None = None
        self.is_closed = False

    def __iter__(self):
        for number, word in enumerate(["It ", "is ", "done."]):
            if number and self.remote.error:
                raise self.remote.error
            yield word
        self.answer = ANSWER

    async def __aiter__(self):
        for word in self:
            await asyncio.sleep(0)
            yield word

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_closed = True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.is_closed = True


class FakeRemote:
    def __init__(self, *, choice: Choice | None = None, error: EdgeRouterError | None = None):
        self.choice = choice or chosen("I cannot do that.")
        self.error = error
        self.asked: list[Any] = []
        self.speeches: list[Speech] = []

    def final_words(self, query, tool_name, result, *, tools):
        self.asked.append((query, tool_name, result, [tool.name for tool in tools]))
        if self.error:
            raise self.error
        return ANSWER

    async def final_words_async(self, *question, tools):
        await asyncio.sleep(0)
        return self.final_words(*question, tools=tools)

    def stream_final_words(self, *question, tools):
        self.asked.append(question)
        self.speeches.append(Speech(self))
        return self.speeches[-1]

    stream_final_words_async = stream_final_words

    def choose(self, query, tools, shortlist):
        self.asked.append((query, [tool.name for tool in tools], list(shortlist)))
        if self.error:
            raise self.error
        return self.choice

    async def choose_async(self, *question):
        await asyncio.sleep(0)
        return self.choose(*question)


class Both:
    """A dispatcher that answers each call twice, with and without an event loop, and shows that
    the outcomes are alike.
    """

    def __init__(self, dispatcher: Dispatcher):
        self.dispatcher = dispatcher

    def dispatch(self, text: str):
        return self._same(
            self.dispatcher.dispatch(text), asyncio.run(self.dispatcher.adispatch(text))
        )

    def resume(self, outcome, reply: str):
        return self._same(
            self.dispatcher.resume(outcome, reply),
            asyncio.run(self.dispatcher.aresume(outcome, reply)),
        )

    def _same(self, one, other):
        plain = [_without_times(outcome.to_dict()) for outcome in (one, other)]
        assert plain[0] == plain[1]
        return one


def _without_times(outcome: dict[str, Any]) -> dict[str, Any]:
    del outcome["timings"]
    if outcome["result"]:
        del outcome["result"]["latency_us"]
    return outcome
