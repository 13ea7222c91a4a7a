"""What a chat request asks, read so strictly that whatever is not understood goes upstream."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import parse_json

MAX_TOOLS = 256
"""More tools in one request are not taught; it goes upstream."""
MAX_TEXT_CHARS = 2_000
"""Arguments are looked for in so many characters; a longer text is no command."""
MAX_READ_BYTES = 4_000_000
"""Of a body; a larger one holds pictures, and is not read but passed on."""
LEAST_TOKENS = 64
"""A limit of tokens below this might cut a call off; what that leads to only a model can say."""


class Why(StrEnum):
    """Why a request was answered here, or was not; a closed set."""

    SURE = "sure"
    """The router is sure of the tool, and its arguments are complete and valid."""
    NOT_UNDERSTOOD = "not_understood"
    """It is no chat request, or has a part that means something only to a model."""
    NO_TOOLS = "no_tools"
    """There is no tool to call, or none may be called."""
    NOT_ASKED = "not_asked"
    """The last message is no user's: a tool's result, mostly, which a model puts into words."""
    FOLLOW_UP = "follow_up"
    """The text answers a question or points back to what was said before."""
    SEVERAL = "several"
    """The text seems to ask for several things."""
    LIMITED = "limited"
    """The text says *not*, *if* or the like, of which a router makes nothing."""
    TOO_LONG = "too_long"
    """Only the beginning of such a text is read."""
    TOOLS_UNFIT = "tools_unfit"
    """The tools cannot be taught: they are too many, or not described as functions are."""
    UNSURE = "unsure"
    """The router abstains, or prefers a tool that is not offered."""
    ARGUMENTS = "arguments"
    """The text does not give all arguments clearly, or gives some that are not allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A request whose every part is understood, or whose ``obstacle`` says what stands in the way
    of an answer from here.
    """

    whole: dict[str, Any]
    """All of it, as sent."""
    model: str
    """The model that it names."""
    text: str
    """The user's last words; empty where the request has none that can be read."""
    tools: list[Any]
    """Its tools, as sent."""
    obstacle: Why | None = None
    """Why it cannot be answered here, where that is certain without the router."""
    is_follow_up: bool = False
    """The user's last words, whatever came after them, seem to need what was said before."""
    named: str | None = None
    """The one tool that ``tool_choice`` allows."""
    is_streamed: bool = False
    """The answer is to come in chunks."""
    wants_usage: bool = False
    """A streamed answer is to end with the tokens used."""
    may_be_cut: bool = True
    """Some of its tools may be left out."""


def read_chat(body: bytes) -> ChatRequest | None:
    """The request in ``body``; ``None`` for what is no chat request, or too large for a command."""
    if len(body) > MAX_READ_BYTES:
        return None
    try:
        whole = parse_json(body)
    except RemoteMalformedError:
        return None
    if not isinstance(whole, dict):
        return None
    # a null says no more than a field that is missing
    said = {key: value for key, value in whole.items() if value is not None}
    messages: Any = said.get("messages")
    tools, model = said.get("tools", []), said.get("model")
    if not (_is_conversation(messages) and isinstance(tools, list) and isinstance(model, str)):
        return None
    named = _name_choice(said.get("tool_choice"))
    return ChatRequest(
        whole=whole,
        model=model,
        text=_last_words(messages),
        tools=tools,
        obstacle=_find_obstacle(said, messages, tools, named),
        is_follow_up=_points_back(messages),
        named=named,
        is_streamed=said.get("stream", False) is True,
        wants_usage=said.get("stream_options", {}) == {"include_usage": True},
    )


def is_text(value: Any) -> TypeGuard[str]:
    """Whether it is one: half a surrogate pair can be said in JSON, but is none."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _find_obstacle(
    said: dict[str, Any], messages: list[dict[str, Any]], tools: list[Any], named: str | None
) -> Why | None:
    if not all(_is_understood(key, value) for key, value in said.items()):
        return Why.NOT_UNDERSTOOD
    choice = said.get("tool_choice", "auto")
    if not tools or choice == "none":
        return Why.NO_TOOLS
    if choice not in ("auto", "required") and named is None:
        return Why.NOT_UNDERSTOOD
    if len(tools) > MAX_TOOLS:
        return Why.TOOLS_UNFIT
    if messages[-1]["role"] != "user":
        return Why.NOT_ASKED
    if not _read_words(messages[-1]).strip() or messages[-1].keys() - {"role", "content", "name"}:
        return Why.NOT_UNDERSTOOD
    if len(_read_words(messages[-1])) > MAX_TEXT_CHARS:
        return Why.TOO_LONG
    return Why.FOLLOW_UP if _points_back(messages) else None


def _is_conversation(messages: Any) -> bool:
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, dict) and isinstance(m.get("role"), str) for m in messages)
    )


def _read_words(message: dict[str, Any]) -> str:
    """A message's text, given as it is or as its only part; empty for anything else."""
    content = message.get("content")
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        part = content[0]
        content = part.get("text") if part.keys() == {"type", "text"} else None
        content = content if part.get("type") == "text" else None
    return content if is_text(content) else ""


def _last_words(messages: list[dict[str, Any]]) -> str:
    return next((_read_words(m) for m in reversed(messages) if m["role"] == "user"), "")


_BACK = re.compile(
    r"\b(it|its|that|this|these|those|them|they|one|ones|same|again|instead|also|too|other|another"
    r"|else|there|then|he|him|his|she|her|yes|no|ok|okay)\b",
    re.IGNORECASE,
)
"""Words that may mean something said before: with a history, only a model knows what."""


def _points_back(messages: list[dict[str, Any]]) -> bool:
    """Whether the user's last text cannot be understood by itself, as far as words tell."""
    said = [m for m in messages if m["role"] not in ("system", "developer")]
    while said and said[-1]["role"] != "user":
        said.pop()
    if len(said) < 2:
        return False
    if said[-2]["role"] != "assistant" or _read_words(said[-2]).rstrip().endswith("?"):
        return True  # it may answer the question, or go on with what the user said before
    return _BACK.search(_read_words(said[-1])) is not None


def _name_choice(choice: Any) -> str | None:
    """The tool in ``{"type": "function", "function": {"name": ...}}``."""
    if not isinstance(choice, dict) or choice.keys() != {"type", "function"}:
        return None
    function = choice["function"]
    if choice["type"] != "function" or not isinstance(function, dict) or set(function) != {"name"}:
        return None
    return function["name"] if isinstance(function["name"], str) else None


def _is_understood(key: str, value: Any) -> bool:
    return key in _UNDERSTOOD and _UNDERSTOOD[key](value)


def _anything(_: Any) -> bool:
    return True


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _among(allowed: list[Any]) -> Callable[[Any], bool]:
    # 1 == True in Python, but not in JSON
    return lambda value: any(type(value) is type(one) and value == one for one in allowed)


def _is_room_enough(value: Any) -> bool:
    return type(value) is int and (value >= LEAST_TOKENS or value < 0)  # llama.cpp's -1: no limit


_UNDERSTOOD: dict[str, Callable[[Any], bool]] = {
    "messages": _anything,
    "tools": _anything,
    "model": _anything,
    "tool_choice": _anything,
    "parallel_tool_calls": _among([True, False]),
    "stream": _among([True, False]),
    "stream_options": _among([{}, {"include_usage": True}, {"include_usage": False}]),
    "n": _among([1]),
    "max_tokens": _is_room_enough,
    "max_completion_tokens": _is_room_enough,
    "response_format": _among([{"type": "text"}]),
    "modalities": _among([["text"]]),
    "logprobs": _among([False]),
    "store": _among([False]),
    # how a model draws its words, and who pays for it
    **dict.fromkeys(
        (
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "presence_penalty",
            "frequency_penalty",
        ),
        _is_number,
    ),
    **dict.fromkeys(
        (
            "reasoning_effort",
            "verbosity",
            "service_tier",
            "user",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
        ),
        _is_string,
    ),
}
"""The fields that do not change what a sure call is, and the values that may be theirs."""
