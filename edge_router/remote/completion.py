"""Chat completions as a server sends them, whole or in pieces, read strictly into values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.events import EventReader

_LIMIT_REACHED = "length"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants to be run."""

    tool: str
    """Its name."""
    arguments: dict[str, Any]
    """Its arguments."""
    missing: tuple[str, ...] = ()
    """Required parameters that the model left out."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said."""

    text: str
    """Its words; empty where it only calls."""
    calls: tuple[Call, ...] = ()
    """Its calls, under the names that were sent."""
    is_truncated: bool = False
    """It stopped at the limit of tokens."""
    usage: Any = None
    """The server's own count, as sent, unchecked."""

    @property
    def written(self) -> str:
        """All that the model wrote, calls included."""
        calls = (f"{call.tool} {json.dumps(call.arguments)}" for call in self.calls)
        return "\n".join((self.text, *calls))


def parse_json(data: bytes | str) -> Any:
    """The value of ``data``; raises RemoteMalformedError for what is no strict JSON: also NaN, a
    key that stands twice, nesting without end.
    """
    try:
        return json.loads(
            data,
            parse_float=_parse_float,
            parse_constant=_refuse_constant,
            object_pairs_hook=_to_object,
        )
    except (ValueError, RecursionError):
        pass  # raised below: the cause would hold the whole text
    raise _malformed("it is not JSON")


def read_completion(body: bytes) -> Completion:
    """The first choice of a whole answer; raises RemoteMalformedError."""
    answer = _need(parse_json(body), dict, "an object")
    choice = _first_choice(answer)
    if choice is None:
        raise _malformed("choices must be a list with one entry")
    message = _need(choice.get("message"), dict, "a message")
    return Completion(
        text=_read_text(message.get("content")),
        calls=_read_calls(message.get("tool_calls")),
        is_truncated=choice.get("finish_reason") == _LIMIT_REACHED,
        usage=answer.get("usage"),
    )


class CompletionStream:
    """The words of a streamed answer as they come, and at the end the whole."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self._events = EventReader()
        self._said: list[str] = []
        self._finish_reason: Any = None
        self._usage: Any = None
        self.is_done = False
        """The server said that this is all."""

    def feed(self, piece: bytes) -> Iterator[str]:
        """The words of each event that ``piece`` completes; raises RemoteMalformedError."""
        for data in self._events.feed(piece):
            if data.strip() == b"[DONE]":
                self.is_done = True
            if self.is_done:
                return
            if data.strip():
                words = self._read_chunk(_need(parse_json(data), dict, "an object"))
                if words:
                    self._said.append(words)
                    yield words

    @property
    def text(self) -> str:
        """The words so far."""
        return "".join(self._said)

    def finish(self) -> Completion | None:
        """The whole answer; ``None`` where the stream ended before the model did."""
        if not self.is_done and self._finish_reason is None:
            return None
        is_truncated = self._finish_reason == _LIMIT_REACHED
        return Completion(self.text, is_truncated=is_truncated, usage=self._usage)

    def _read_chunk(self, chunk: dict[str, Any]) -> str:
        if "error" in chunk:
            raise _malformed("it reports an error in mid-stream; ask again")
        if chunk.get("usage") is not None:
            self._usage = chunk["usage"]
        choice = _first_choice(chunk)
        if choice is None:  # the last chunk, which holds the usage
            return ""
        self._finish_reason = choice.get("finish_reason") or self._finish_reason
        delta = choice.get("delta")
        return "" if delta is None else _read_text(_need(delta, dict, "a delta").get("content"))


def _first_choice(answer: dict[str, Any]) -> dict[str, Any] | None:
    choices = answer.get("choices")
    if not choices and (choices is None or isinstance(choices, list)):
        return None
    choice: dict[str, Any] = _need(_need(choices, list, "a list")[0], dict, "a choice")
    return choice


def _read_text(content: Any) -> str:
    text: str = "" if content is None else _need(content, str, "a text")
    # half a surrogate pair can be said in JSON, but neither printed nor stored
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_calls(calls: Any) -> tuple[Call, ...]:
    if calls is None:
        return ()
    return tuple(_read_call(call) for call in _need(calls, list, "a list of calls"))


def _read_call(call: Any) -> Call:
    function = _need(_need(call, dict, "a call").get("function"), dict, "a function")
    name = _need(function.get("name"), str, "a function's name")
    written = function.get("arguments")
    # a tool without parameters is often called with an empty text
    text = "" if written is None else _need(written, str, "arguments as a text")
    try:
        arguments = parse_json(text) if text.strip() else {}
    except RemoteMalformedError:
        arguments = None
    return Call(name, _need(arguments, dict, "a JSON object of arguments"))


def _need(value: Any, kind: type, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise _malformed(f"{wanted} is missing")
    return value


def _malformed(problem: str) -> RemoteMalformedError:
    return RemoteMalformedError(
        f"the server's answer is not a chat completion: {problem}; see that base_url is the "
        "address of an OpenAI-compatible API"
    )


def _parse_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number without end")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value
