"""The model at the other end: what is ordered from it, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_router.errors import RemoteMalformedError
from edge_router.remote.answer import Answer, Choice, Messages
from edge_router.remote.attempt import Tell
from edge_router.remote.budget import Usage
from edge_router.remote.completion import Call
from edge_router.remote.line import Answered, Line, Order
from edge_router.remote.menu import Menu
from edge_router.remote.question import Report, Request
from edge_router.remote.token_count import count_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of one server."""

    line: Line
    """The way to it."""
    name: str
    """As the server knows it."""
    timeout_s: float
    """The bound of one answer or choice."""
    max_answer_tokens: int
    """The most that one answer may have."""
    answer_limit_field: str
    """What the API calls this limit."""
    options: Mapping[str, Any]
    """Fields that every request has besides."""

    async def tell(self, report: Report, listen: Tell | None = None) -> Answer:
        """The final words for ``report``, streamed where someone listens; raises a RemoteError."""
        starts_s = self._now_s()
        restorer = report.redaction.show_stream()

        def tell(words: str) -> None:
            if listen and (certain := restorer.feed(words)):
                listen(certain)

        order = self._order(report.messages, None, is_streamed=listen is not None)
        answered = await self._place(order, starts_s, tell if listen else None)
        if listen and (rest := restorer.finish()):
            listen(rest)
        text = report.redaction.show(answered.completion.text)
        if not text.strip():
            raise RemoteMalformedError(
                "the model answered without a word; ask again, or raise max_answer_tokens"
            )
        return Answer(
            text=text,
            tokens_in=answered.usage.tokens_in,
            tokens_out=answered.usage.tokens_out,
            sent=report.messages,
            latency_ms=self._since_ms(starts_s),
            is_truncated=answered.completion.is_truncated,
            estimated_tokens_in=order.most.tokens_in,
            estimated_tokens_all_tools=report.estimated_tokens_all_tools,
        )

    async def choose(self, request: Request) -> Choice:
        """The tool for ``request``, or none; raises a RemoteError."""
        starts_s = self._now_s()
        menu, spent, estimated = request.short_menu, Usage(0, 0), 0
        while True:
            order = self._order(request.messages, menu)
            answered = await self._place(order, starts_s, None)
            spent = spent.plus(answered.usage)
            estimated += order.most.tokens_in
            if not menu.wants_all(answered.completion.calls):
                break
            menu = request.full_menu  # of which nobody can want more: this happens once
        calls = [
            menu.read_call(Call(call.tool, request.redaction.show_value(call.arguments)))
            for call in answered.completion.calls
        ]
        first, further = (calls[0], calls[1:]) if calls else (None, [])
        return Choice(
            tool=first.tool if first else None,
            arguments=first.arguments if first else {},
            text=request.redaction.show(answered.completion.text),
            further=tuple(further),
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            sent=request.messages,
            tools_sent=menu.names,
            is_from_all=menu is not request.short_menu,
            latency_ms=self._since_ms(starts_s),
            estimated_tokens_in=estimated,
            estimated_tokens_all_tools=request.estimated_tokens_all_tools,
            missing=first.missing if first else (),
        )

    async def _place(self, order: Order, starts_s: float, tell: Tell | None) -> Answered:
        left_s = self.timeout_s - (self._now_s() - starts_s)
        return await self.line.place(order, timeout_s=left_s, tell=tell)

    def _order(self, messages: Messages, menu: Menu | None, *, is_streamed: bool = False) -> Order:
        fields: dict[str, Any] = {"model": self.name, "messages": list(messages)}
        tools = menu.schemas() if menu else []
        if tools:
            fields["tools"] = tools
        if is_streamed:
            fields |= {"stream": True, "stream_options": {"include_usage": True}}
        fields |= {self.answer_limit_field: self.max_answer_tokens, **self.options}
        return Order(fields, Usage(count_request(messages, tools), self.max_answer_tokens))

    def _now_s(self) -> float:
        return self.line.clock.monotonic_s()

    def _since_ms(self, starts_s: float) -> float:
        return (self._now_s() - starts_s) * 1_000
