"""What a dispatch ends with: frozen values, whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from edge_router.decision import Decision
from edge_router.errors import EdgeRouterError
from edge_router.remote.all_tools import AllTools
from edge_router.tools.arguments import Argument
from edge_router.tools.runner import ToolResult
from edge_router.tools.value import to_json


class Status(StrEnum):
    """How a dispatch ended; a closed set."""

    DONE = "done"
    """The tool ran: ``text`` is its answer."""
    ANSWERED = "answered"
    """No tool ran: ``text`` is what the remote model said."""
    NEEDS_ARGUMENT = "needs_argument"
    """``text`` asks for an argument: go on with ``Dispatcher.resume``."""
    NEEDS_CONFIRMATION = "needs_confirmation"
    """``text`` asks whether to run the tool: go on with ``Dispatcher.resume``."""
    ABSTAINED = "abstained"
    """No tool is clear enough; ``decision`` has the candidates."""
    NO_PROGRAM = "no_program"
    """The router decided for a tool that the dispatcher was not given."""
    FAILED = "failed"
    """The tool did not do it: ``result`` says why."""
    CANCELLED = "cancelled"
    """The user does not want it any more."""
    GIVEN_UP = "given_up"
    """The user's replies did not say what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What an outcome waits for; ``Dispatcher.resume`` goes on from it."""

    tool: str
    """The tool that will run."""
    arguments: tuple[Argument, ...]
    """What is known of its arguments."""
    awaited: str | None
    """The parameter that was asked for; ``None``: whether to run the tool."""
    readings: Mapping[str, tuple[Argument, ...]] = field(default_factory=dict)
    """What the words for a parameter may mean, where they mean several things."""
    unhelpful_replies: int = 0
    """Replies so far that did not say what was asked for."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time went, in microseconds."""

    routing_us: int = 0
    """The router's decision."""
    arguments_us: int = 0
    """Finding and checking the arguments."""
    tool_us: int = 0
    """The tool, retries included."""
    remote_us: int = 0
    """The remote model."""
    total_us: int = 0
    """From the call to its end; what is in none of the above is overhead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a text led to."""

    text: str
    """What to show or say to the user."""
    status: Status
    """How it ended."""
    query: str
    """What the user asked."""
    decision: Decision
    """What the router decided."""
    tool: str | None = None
    """The tool that ran or is to run; ``None`` where there is none."""
    arguments: tuple[Argument, ...] = ()
    """Its arguments, as far as they are known; each with the words of the query, or of a reply,
    that say so.
    """
    result: ToolResult | None = None
    """What came of running it; ``None`` where it did not run."""
    pending: Pending | None = None
    """What is waited for, where ``text`` is a question."""
    tokens_in: int = 0
    """Tokens sent to the remote model; 0: nothing left the device."""
    tokens_out: int = 0
    """Tokens that it answered."""
    estimated_tokens_in: int = 0
    """Our estimate of ``tokens_in``, to stand beside ``estimated_tokens_all_tools``, which is made
    alike.
    """
    sent: tuple[dict[str, str], ...] = ()
    """The messages, exactly as they left the device."""
    tools_sent: tuple[str, ...] = ()
    """The tools whose schemas left the device, where the remote model was asked for a tool."""
    left_out: tuple[str, ...] = ()
    """Tools that the remote model called besides; they are not run."""
    remote_error: EdgeRouterError | None = field(default=None, compare=False)
    """Why the remote model was of no help, where it was asked and was not."""
    timings: Timings = field(default=Timings(), compare=False)
    """Where the time went."""
    record: str | None = field(default=None, compare=False)
    """Its id in the journal, for feedback; ``None`` without one."""
    all_tools: AllTools = field(default=AllTools(()), repr=False, compare=False)
    """What an assistant without a router would show a model of the dispatcher's tools."""

    @property
    def is_question(self) -> bool:
        """Whether ``text`` waits for a reply."""
        return self.pending is not None

    @property
    def estimated_tokens_all_tools(self) -> int:
        """What an assistant without a router would have sent for this answer: every tool in the
        request that calls one, and again in the request that tells its result, where it ran. 0
        where there is no answer: no tool was found, and nobody was asked.
        """
        if self.result is not None and self.result.is_done:
            return self.all_tools.count_told(self.query, plain(self.result.value))
        is_answer = self.tool is not None or bool(self.sent)
        return self.all_tools.count_asked(self.query) if is_answer else 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "text": self.text,
            "status": self.status.value,
            "query": self.query,
            "decision": self.decision.to_dict(),
            "tool": self.tool,
            "arguments": [_argument_to_dict(argument) for argument in self.arguments],
            "result": None if self.result is None else _result_to_dict(self.result),
            "awaited": None if self.pending is None else self.pending.awaited,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "estimated_tokens_in": self.estimated_tokens_in,
            "estimated_tokens_all_tools": self.estimated_tokens_all_tools,
            "sent": list(self.sent),
            "tools_sent": list(self.tools_sent),
            "left_out": list(self.left_out),
            "remote_error": None if self.remote_error is None else str(self.remote_error),
            "timings": asdict(self.timings),
            "record": self.record,
        }


def plain(value: Any) -> Any:
    """A tool's value as JSON has it; what JSON has no word for, as Python shows it."""
    try:
        return to_json(value)
    except TypeError:
        return str(value)


def _argument_to_dict(argument: Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        "value": argument.value,
        "text": argument.text,
        "start": argument.start,
        "end": argument.end,
        "confidence": argument.confidence,
        "source": argument.source.value,
    }


def _result_to_dict(result: ToolResult) -> dict[str, Any]:
    return {
        "status": result.status.value,
        "value": plain(result.value),
        "problem": result.problem,
        "argument": result.argument,
        "attempts": result.attempts,
        "latency_us": result.latency_us,
    }
